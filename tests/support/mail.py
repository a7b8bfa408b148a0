"""A real SMTP server for tests, which keeps what it received."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django.fixtures import Settings


@dataclass
class SmtpSink:
    """What arrived, in order. ``refuse_with`` makes it answer that line instead ("421 busy")."""

    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuse_with: str = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse_with:
            return self.refuse_with
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"

    def clear(self) -> None:
        self.messages.clear()
        self.recipients.clear()


@pytest.fixture(scope="session")
def _smtp_server() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    port = int(os.environ["TEST_SMTP_PORT"])
    controller = Controller(sink, hostname="127.0.0.1", port=port, data_size_limit=2**25)
    controller.start()
    yield sink
    controller.stop()


@pytest.fixture
def smtp_sink(_smtp_server: SmtpSink, settings: Settings) -> SmtpSink:
    """The SMTP server that EMAIL_URL names, emptied; Django sends to it instead of to memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    _smtp_server.clear()
    _smtp_server.refuse_with = ""
    return _smtp_server
