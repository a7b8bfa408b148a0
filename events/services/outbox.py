"""The outbox: mails are queued in the transaction that makes them due."""

from __future__ import annotations

from events.models import Booking, Message, Registration, Workshop
from fundraiser.core import clock, jobs


def queue(
    *,
    key: str,
    kind: str,
    booking: Booking | None = None,
    registration: Registration | None = None,
    workshop: Workshop | None = None,
    **ids: int | str,
) -> None:
    """Queue one mail, once for ever by its ``key``, and wake a sender after commit.

    ``ids`` name the rows that the renderer reads. A registration brings its booking, a booking
    its workshop. Call it within the transaction that makes the mail due: then both happen, or
    neither.
    """
    booking = booking or (registration.booking if registration else None)
    workshop_id = booking.workshop_id if booking else workshop.pk if workshop else None
    Message.objects.bulk_create(
        [
            Message(
                key=key,
                kind=kind,
                booking=booking,
                registration=registration,
                workshop_id=workshop_id,
                ids=ids,
                due_at=clock.now(),
                created_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    jobs.enqueue("events.send_due_messages")
