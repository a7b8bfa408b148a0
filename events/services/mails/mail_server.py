"""One connection to the mail server, reused for many mails, with a total deadline for each.

smtplib's time-out counts for each read of the socket: a server that sends a byte now and then
could hang a sender for ever. So a watching thread cuts the connection at the deadline.
"""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, Final, Self

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

#: Seconds that one mail may take from its first word to the server's last.
DEADLINE: Final = 30.0
_WATCH_EVERY: Final = 0.5


_sanitized = lru_cache(maxsize=64)(sanitize_address)


class ServerDownError(Exception):
    """No mail can be sent now. ``begun``: the server has heard of this one, and may have taken it.

    Raised where the server does not answer, hangs, breaks the connection off, says 421 (closing,
    RFC 5321 section 3.8), or refuses the sender: that would meet every other mail, too.
    """

    def __init__(self, error: Exception, *, begun: bool) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.begun = begun


class RefusedError(Exception):
    """The server refuses this mail for ever (5xx for its recipient or its content)."""


class MailServer:
    """Opened at the first mail; EHLO, TLS and signing in happen once. Use it in a ``with``."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._cut_at: float | None = None
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._close()

    def send(self, mail: EmailMultiAlternatives) -> None:
        """Send one mail. Raises ServerDownError, RefusedError, or what went wrong for now."""
        with self._watched():
            try:
                # Else Django's backend opens and closes one connection for each mail.
                self._backend.open()
            except OSError as error:  # every smtplib.SMTPException is one
                self._close()
                raise ServerDownError(error, begun=False) from error
            try:
                self._hand_over(mail)
            except Exception as error:
                raise self._judged(error) from error

    def _hand_over(self, mail: EmailMultiAlternatives) -> None:
        smtp = self._backend.connection if isinstance(self._backend, EmailBackend) else None
        if smtp is None or any("<" in address for address in mail.recipients()):
            mail.connection = self._backend
            mail.send()
            return
        # As Django's backend does, which takes the sender's address apart again for each mail.
        sender = _sanitized(mail.from_email, settings.DEFAULT_CHARSET)
        recipients = [
            sanitize_address(("", address), settings.DEFAULT_CHARSET)
            for address in mail.recipients()
        ]
        if recipients:
            message: Any = mail.message()  # Django's own, whose as_bytes knows line ends
            smtp.sendmail(sender, recipients, message.as_bytes(linesep="\r\n"))

    def _judged(self, error: Exception) -> Exception:
        """Return the error as the caller knows it; the connection is closed where it is dead."""
        codes = _codes(error)
        late = self._cut_at is not None and time.monotonic() > self._cut_at
        down = (
            late  # cut off in the middle of an answer, of which a part may look like a code
            or 421 in codes
            or isinstance(error, smtplib.SMTPSenderRefused)
            or (isinstance(error, OSError) and not codes)
        )
        if down:
            self._close()
            return ServerDownError(error, begun=True)
        if codes and min(codes) >= 500:
            return RefusedError(f"{type(error).__name__}: {error}")
        return error

    def _close(self) -> None:
        with suppress(OSError):
            self._backend.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="mail deadline", daemon=True)
            self._watcher.start()
        self._cut_at = time.monotonic() + DEADLINE
        try:
            yield
        finally:
            self._cut_at = None

    def _watch(self) -> None:
        while not self._closing.wait(_WATCH_EVERY):
            cut_at = self._cut_at
            if cut_at is not None and time.monotonic() > cut_at:
                connected = getattr(getattr(self._backend, "connection", None), "sock", None)
                if connected is not None:
                    with suppress(OSError):
                        connected.shutdown(socket.SHUT_RDWR)


#: What providers' APIs answer to a mail that they will never take (django-anymail's errors).
_REFUSED_BY_API: Final = (400, 406, 413, 422)


def _codes(error: Exception) -> list[int]:
    """Return the codes that the server answered, one for each recipient where it told them."""
    if isinstance(error, AnymailRecipientsRefused) or (
        isinstance(error, AnymailError) and error.status_code in _REFUSED_BY_API
    ):
        return [550]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [error.smtp_code]
    return []
