"""The outbox: mails are queued in the transaction that makes them due."""

from __future__ import annotations

from events.models import Booking, Message
from fundraiser.core import clock, jobs


def queue(*, key: str, kind: str, booking: Booking | None = None, **ids: int | str) -> None:
    """Queue one mail, once for ever by its ``key``, and wake a sender after commit.

    ``ids`` name the rows that the renderer reads. Call it within the transaction that makes the
    mail due: then both happen, or neither.
    """
    Message.objects.bulk_create(
        [
            Message(
                key=key,
                kind=kind,
                booking=booking,
                workshop_id=booking.workshop_id if booking else None,
                ids=ids,
                due_at=clock.now(),
                created_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    jobs.enqueue("events.send_due_messages")
