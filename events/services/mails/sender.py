"""The sender: takes due mails from the outbox, renders each, and sends each once.

1. Claim a batch: SKIP LOCKED, a lease, a token and one more attempt for each row; commit.
2. For each mail: still within the lease, and still due by services/mails/due.py?
3. Render it; None means that it is no longer due.
4. Send it over one connection, with the row's fixed Message-ID.
5. Mark it sent where the token still matches.

Dying between 4 and 5 sends that one mail once more after the lease, with the identical Message-ID;
the rest of the batch was not begun. When the server itself is down, the rest is put back as if it
had never been claimed, and every sender rests for a while.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.module_loading import import_string

from events.models import Message, SharedMoment
from events.services.mails import batches, caps, claims, due, problems, provider
from events.services.mails.emails import TEST_HEADER
from events.services.mails.mail_server import DEADLINE, MailServer, RefusedError, ServerDownError
from events.states import MessageState
from fundraiser.core import clock
from fundraiser.core.failpoints import reached
from fundraiser.core.logs import cleaned

logger = logging.getLogger(__name__)

BATCH: Final = 50
#: With the pauses below, mails are tried for about a day.
MAXIMUM_ATTEMPTS: Final = 30
_FIRST_PAUSE: Final = 30
_LONGEST_PAUSE: Final = 3600
#: Seconds after which a round claims no more: Celery ends a task at CELERY_TASK_TIME_LIMIT.
ROUND: Final = 200.0
#: Seconds after which what is known of a batch is read again.
FRESH: Final = 1.0
#: How long no sender tries after the server was down.
REST: Final = timedelta(seconds=15)
_RESTS_UNTIL: Final = "mail server rests until"

#: Renders a message row, or returns None when it is no longer due.
Renderer = Callable[[Message], EmailMultiAlternatives | None]


def send_due(limit: int = 1_000_000) -> int:
    """Send what is due, at most ``limit`` mails, for a few minutes; return how many it dealt with.

    Safe at any time, several at once.
    """
    if SharedMoment.objects.filter(name=_RESTS_UNTIL, at__gt=clock.now()).exists():
        return 0
    ends = time.monotonic() + ROUND
    count = 0
    with MailServer() as server:
        while count < limit and time.monotonic() < ends:
            batch = claims.take(min(BATCH, limit - count))
            if not batch:
                break
            try:
                count += _send_batch(batch, server)
            except ServerDownError as error:
                _rest(error)
                break
    return count


def _send_batch(batch: list[Message], server: MailServer) -> int:
    """Deal with each mail; return with how many. What was not begun is put back."""
    reached("sender:claimed")
    count = 0
    waiting = list(batch)
    stopped = problems.stopped(
        due.address_of(one) for one in batch if due.class_of(one.kind) in due.OPTIONAL
    )
    try:
        with batches.batch():
            loaded_at = time.monotonic()
            while waiting and _has_time(waiting[0]):
                if time.monotonic() - loaded_at > FRESH:
                    # A slow server: meanwhile it may have been rescheduled, or a seat given back.
                    waiting = claims.load(waiting)
                    loaded_at = time.monotonic()
                    continue
                try:
                    _deal_with(waiting.pop(0), server, stopped)
                except ServerDownError as error:
                    # A mail that the server never heard of was not begun, either.
                    count += error.begun
                    raise
                count += 1
    finally:
        with suppress(DatabaseError):  # the lease ends by itself
            claims.put_back(waiting)
    return count


def _has_time(message: Message) -> bool:
    """Whether a mail begun now ends within its lease, before another sender may take it."""
    lease_until = message.lease_until
    return lease_until is not None and clock.now() + timedelta(seconds=DEADLINE) < lease_until


def _deal_with(message: Message, server: MailServer, stopped: set[str]) -> None:
    """Send, drop, hold or put off one mail. Raises ServerDownError where no other would go."""
    if message.attempts > MAXIMUM_ATTEMPTS:
        _set_aside(message, "its senders died, again and again")
        return
    against = due.verdict(message, now=clock.now(), stopped=stopped)
    if against is not None:
        logger.info("mail %s (%s) %s: %s", message.pk, message.kind, *_told(against))
        claims.finish(message, against.state, error=against.reason)
        return
    try:
        is_sent = _send(message, server)
    except (OperationalError, InterfaceError):
        raise  # the database is away: leases keep everything safe
    except ServerDownError as error:
        if error.begun:
            _later(message, error)
        else:
            claims.put_back([message])
        raise
    except RefusedError as error:
        _set_aside(message, str(error))
    except Exception as error:  # noqa: BLE001 -- one bad mail must not stop the others; it is kept
        _later(message, error)
    else:
        if is_sent:
            reached("sender:sent")
            claims.mark_sent(message)
            reached("sender:marked")


def _send(message: Message, server: MailServer) -> bool:
    """Render a mail and hand it over; return whether it was: otherwise it is dropped or put off."""
    try:
        mail = _rendered(message)
    except _PutOffError as error:
        claims.finish(message, MessageState.QUEUED, due_at=error.until)
        return False
    if mail is None or not mail.recipients():  # whose address was erased gets none
        logger.info("mail %s (%s) dropped: no longer due", message.pk, message.kind)
        claims.finish(message, MessageState.DROPPED)
        return False
    reached("sender:rendered")
    server.send(mail)
    return True


class _PutOffError(Exception):
    """The mail may go later: its address had its number for today."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def _told(against: due.Verdict) -> tuple[str, str]:
    return str(against.state), against.reason


def _rendered(message: Message) -> EmailMultiAlternatives | None:
    render: Renderer = import_string(settings.MAIL_KINDS[message.kind].renderer)
    mail = render(message)
    key = message.message_id.hex
    is_test = mail is not None and TEST_HEADER in mail.extra_headers
    for one in mail.recipients() if mail is not None else []:
        if not caps.allows(message.kind, one, key=key, is_test=is_test):
            logger.warning("mail %s (%s): its address had its number", message.pk, message.kind)
            until = caps.later(message.kind, one, key=key, since=message.created_at)
            if until is None:
                return None
            raise _PutOffError(until)
    if mail is not None:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        mail.extra_headers["Message-ID"] = f"<{message.message_id.hex}@{domain}>"
        provider.identify(mail, message.message_id.hex)
    return mail


def _later(message: Message, error: Exception) -> None:
    """Put a failed mail off, for longer each time, or aside when it failed too often."""
    logger.warning("mail %s (%s) failed: %s", message.pk, message.kind, type(error).__name__)
    text = cleaned(f"{type(error).__name__}: {error}")[:300]
    if message.attempts >= MAXIMUM_ATTEMPTS:
        _set_aside(message, text)
        return
    pause = min(_FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), _LONGEST_PAUSE)
    retry_at = clock.now() + timedelta(seconds=pause)
    claims.finish(message, MessageState.QUEUED, error=text, retry_at=retry_at)


def _set_aside(message: Message, reason: str) -> None:
    logger.error("mail %s (%s) set aside, attempt %s", message.pk, message.kind, message.attempts)
    claims.finish(message, MessageState.SET_ASIDE, error=cleaned(reason)[:300])


def _rest(error: ServerDownError) -> None:
    """Let no sender try for a while: each would wait for the server's silence in its turn."""
    logger.warning("the mail server is down: %s", cleaned(str(error))[:300])
    SharedMoment.objects.update_or_create(name=_RESTS_UNTIL, defaults={"at": clock.now() + REST})
