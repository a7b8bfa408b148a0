"""The outbox: mails are queued in the transaction that makes them due."""

from __future__ import annotations

from collections.abc import Iterable

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


def queue_for_each(
    people: Iterable[Registration], *, kind: str, version: int | None = None
) -> None:
    """Queue one kind of mail for many persons of one workshop, their bookings loaded.

    Once for ever each, or once for each ``version`` of the workshop's schedule where the mail tells
    the time. Within the transaction that makes it due, like ``queue``.
    """
    now = clock.now()
    suffix = "" if version is None else f":{version}"
    Message.objects.bulk_create(
        [
            Message(
                key=f"{kind}:{person.pk}{suffix}",
                kind=kind,
                booking=person.booking,
                registration=person,
                workshop_id=person.booking.workshop_id,
                schedule_version=version,
                due_at=now,
                created_at=now,
            )
            for person in people
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    jobs.enqueue("events.send_due_messages")


def queue_for_payers(bookings: Iterable[Booking], *, kind: str) -> None:
    """Queue one kind of mail for the payers of many bookings, once for ever each.

    Within the transaction that makes it due, like ``queue``.
    """
    now = clock.now()
    Message.objects.bulk_create(
        [
            Message(
                key=f"{kind}:booking:{booking.pk}",
                kind=kind,
                booking=booking,
                workshop_id=booking.workshop_id,
                due_at=now,
                created_at=now,
            )
            for booking in bookings
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    jobs.enqueue("events.send_due_messages")
