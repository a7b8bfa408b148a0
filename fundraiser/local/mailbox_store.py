"""The local mailbox's mails: one .eml file each in a folder, named by the time of its arrival."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from fundraiser.local.places import make_private

_ENVELOPE_FROM = "X-Envelope-From"
_ENVELOPE_TO = "X-Envelope-To"


@dataclass(frozen=True)
class Attachment:
    """A file in a mail."""

    name: str
    content_type: str
    content: bytes


class StoredMail:
    """One kept mail."""

    def __init__(self, file: Path) -> None:
        self.id = file.stem
        self.source = file.read_bytes()
        message = message_from_bytes(self.source, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 -- what the policy makes
        self.message: EmailMessage = message

    @property
    def received_at(self) -> datetime:
        """When it arrived, in UTC."""
        return datetime.fromtimestamp(int(self.id.partition("-")[0]) / 1e9, UTC)

    @property
    def subject(self) -> str:
        """The subject line; empty where there is none."""
        return str(self.message.get("Subject", ""))

    @property
    def sender(self) -> str:
        """The From line."""
        return str(self.message.get("From", self.message.get(_ENVELOPE_FROM, "")))

    @property
    def recipients(self) -> str:
        """Who really got it, blind copies too: the envelope's addresses."""
        return str(self.message.get(_ENVELOPE_TO, self.message.get("To", "")))

    @property
    def text(self) -> str | None:
        """The plain text, where there is one."""
        return self._body("plain")

    @property
    def html(self) -> str | None:
        """The HTML, where there is one."""
        return self._body("html")

    @cached_property
    def attachments(self) -> list[Attachment]:
        """The files: everything that is not the mail's own text or HTML."""
        bodies = [self.message.get_body((kind,)) for kind in ("plain", "html")]
        found: list[Attachment] = []
        for part in self.message.walk():
            if part.is_multipart() or any(part is body for body in bodies):
                continue
            content = part.get_payload(decode=True)
            name = part.get_filename() or f"part-{len(found) + 1}"
            found.append(
                Attachment(
                    name=name,
                    content_type=part.get_content_type(),
                    content=content if isinstance(content, bytes) else b"",
                )
            )
        return found

    def _body(self, kind: str) -> str | None:
        part = self.message.get_body((kind,))
        if part is None:
            return None
        content = part.get_content()
        return content if isinstance(content, str) else None


class Mailbox:
    """The folder."""

    def __init__(self, directory: Path) -> None:
        make_private(directory, mode=0o700)
        self._directory = directory

    def keep(self, content: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """Write one mail as it came, with the envelope's addresses before it."""
        envelope = f"{_ENVELOPE_FROM}: {sender}\r\n{_ENVELOPE_TO}: {', '.join(recipients)}\r\n"
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        draft = self._directory / f"{name}.part"
        draft.write_bytes(envelope.encode() + content)
        draft.rename(draft.with_suffix(".eml"))

    def mails(self) -> list[StoredMail]:
        """Return all mails, newest first."""
        return [StoredMail(file) for file in sorted(self._directory.glob("*.eml"), reverse=True)]

    def mail(self, identifier: str) -> StoredMail | None:
        """Return one mail by its id (letters, digits and dashes), or None."""
        file = self._directory / f"{identifier}.eml"
        return StoredMail(file) if file.exists() else None

    def clear(self) -> None:
        """Delete all mails."""
        for file in self._directory.glob("*.eml"):
            file.unlink(missing_ok=True)
