"""The sender: claims one mail of the outbox at a time, renders it, and sends it once.

1. Claim: one row, SKIP LOCKED, with a lease and a token; attempts + 1; commit.
2. Render; None means that the mail is no longer due.
3. Send over one SMTP connection, with the row's fixed Message-ID.
4. Mark it sent where the token still matches.

Dying between 3 and 4 sends it once more after the lease, with the identical Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from events.models import Message
from events.states import MessageState
from fundraiser.core import clock
from fundraiser.core.failpoints import reached
from fundraiser.core.logs import cleaned

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=2)
MAXIMUM_ATTEMPTS: Final = 12

#: Renders a message row, or returns None when it is no longer due.
Renderer = Callable[[Message], EmailMultiAlternatives | None]


def claim() -> Message | None:
    """Take one due mail, or one whose sender died; None when nothing is due."""
    now = clock.now()
    due = Q(state=MessageState.QUEUED, due_at__lte=now) | Q(
        state=MessageState.SENDING, lease_until__lte=now
    )
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True).filter(due)
        pk = rows.order_by("due_at").values_list("pk", flat=True).first()
        if pk is None:
            return None
        Message.objects.filter(pk=pk).update(
            state=MessageState.SENDING,
            attempts=F("attempts") + 1,
            claim_token=uuid.uuid4(),
            lease_until=now + LEASE,
        )
    return Message.objects.select_related("booking__workshop__campaign__team").get(pk=pk)


def _finish(message: Message, state: MessageState, **values: object) -> None:
    """Write the end of a claim, unless another sender took the row over meanwhile."""
    rows = Message.objects.filter(pk=message.pk, claim_token=message.claim_token)
    rows.update(state=state, claim_token=None, lease_until=None, **values)


def _later(message: Message, error: Exception) -> None:
    """Put a failed mail back with growing pauses, or aside when it failed for good."""
    text = cleaned(f"{type(error).__name__}: {error}")[:300]
    refused = isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _ in error.recipients.values()
    )
    if refused or message.attempts >= MAXIMUM_ATTEMPTS:
        logger.error("mail %s set aside after %s attempts", message.pk, message.attempts)
        _finish(message, MessageState.SET_ASIDE, error=text)
        return
    pause = timedelta(seconds=min(30 * 2 ** (message.attempts - 1), 3600))
    _finish(message, MessageState.QUEUED, error=text, due_at=clock.now() + pause)


def _identified(mail: EmailMultiAlternatives, message: Message) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    mail.extra_headers["Message-ID"] = f"<{message.message_id.hex}@{domain}>"
    return mail


def send_one(connection: BaseEmailBackend) -> bool:
    """Send one due mail over ``connection``; return whether there was one."""
    message = claim()
    if message is None:
        return False
    reached("sender:claimed")
    try:
        render: Renderer = import_string(settings.MAIL_KINDS[message.kind].renderer)
        mail = render(message)
        if mail is None:
            _finish(message, MessageState.DROPPED)
            return True
        mail.connection = connection
        reached("sender:rendered")
        connection.open()  # else Django's backend opens and closes one for each mail
        _identified(mail, message).send()
    except Exception as error:  # noqa: BLE001 -- one bad mail must not stop the others; it is kept
        logger.warning("mail %s failed: %s", message.pk, type(error).__name__)
        with suppress(OSError, smtplib.SMTPException):
            connection.close()
        _later(message, error)
        return True
    reached("sender:sent")
    _finish(message, MessageState.SENT, sent_at=clock.now(), error="")
    reached("sender:marked")
    return True


def send_due(limit: int = 1000) -> int:
    """Send what is due, at most ``limit`` mails, over one reused connection; return how many."""
    connection = get_connection()
    count = 0
    try:
        while count < limit and send_one(connection):
            count += 1
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()
    return count
