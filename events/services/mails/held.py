"""What an operator decides about mails that do not go out by themselves."""

from __future__ import annotations

import logging
from typing import Final

from django.db.models import Q, QuerySet

from events.models import Message
from events.services.mails import due
from events.states import MailClass, MessageState
from fundraiser.core import clock, jobs

logger = logging.getLogger(__name__)

#: These wait for an operator: too late after an outage, or failed for good.
WAITING: Final = (MessageState.HELD, MessageState.SET_ASIDE)
_LEAVING: Final = (MessageState.QUEUED, MessageState.SENDING)


def release(messages: QuerySet[Message]) -> int:
    """Let held and set-aside mails go, with all attempts anew; return how many.

    A reminder for a workshop that has started meanwhile is dropped all the same.
    """
    count = messages.filter(state__in=WAITING).update(
        state=MessageState.QUEUED, due_at=clock.now(), retry_at=None, attempts=0, error=""
    )
    logger.info("%s mails let go by an operator", count)
    jobs.enqueue("events.send_due_messages")
    return count


def drop(messages: QuerySet[Message]) -> int:
    """Drop held and set-aside mails; return how many."""
    count = messages.filter(state__in=WAITING).update(
        state=MessageState.DROPPED, error="dropped by an operator"
    )
    logger.info("%s mails dropped by an operator", count)
    return count


def hold_stale() -> int:
    """Hold every reminder and news that is over an hour late, as the sender would; return how many.

    For a restored backup: an operator sees them before anything is sent. Reminders for a workshop
    that has started are left to the sender, who drops them.
    """
    now = clock.now()
    stale = Message.objects.filter(
        state__in=_LEAVING,
        kind__in=due.kinds_of(*due.OPTIONAL),
        due_at__lt=now - due.TOO_LATE,
    )
    started = Q(kind__in=due.kinds_of(MailClass.REMINDER), workshop__starts_at__lte=now)
    held = stale.exclude(started)
    return held.update(
        state=MessageState.HELD, claim_token=None, lease_until=None, error="over an hour late"
    )


def waiting() -> int:
    """Return how many mails leave by themselves as soon as they are due."""
    return Message.objects.filter(state__in=_LEAVING).count()
