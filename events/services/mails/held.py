"""What an operator decides about mails that do not go out by themselves."""

from __future__ import annotations

import logging
from typing import Final

from django.db.models import QuerySet

from events.models import Message
from events.states import MessageState
from fundraiser.core import clock, jobs

logger = logging.getLogger(__name__)

#: These wait for an operator: too late after an outage, or failed for good.
WAITING: Final = (MessageState.HELD, MessageState.SET_ASIDE)


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
