"""People with seats, and what an SMTP sink must have received of their mails."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from events.models import Booking, Message, Registration, Workshop
from events.states import BookingState
from fundraiser.core import clock
from tests.support.mail import SmtpSink


def seat(workshop: Workshop, count: int, **values: Any) -> list[Registration]:
    """Seat ``count`` people, confirmed a month before the start, each with their own booking."""
    confirmed_at = workshop.starts_at - timedelta(days=30)
    defaults: dict[str, Any] = {
        "workshop": workshop,
        "state": BookingState.CONFIRMED,
        "seats": 1,
        "name": "Dora",
        "language": "en",
        "confirmed_at": confirmed_at,
        "created_at": confirmed_at,
    }
    bookings = Booking.objects.bulk_create(
        Booking(**{"email": f"{uuid.uuid4().hex[:12]}@example.org", **defaults, **values})
        for _ in range(count)
    )
    people = Registration.objects.bulk_create(
        Registration(booking=one, position=1, name=one.name, created_at=confirmed_at)
        for one in bookings
    )
    Workshop.objects.filter(pk=workshop.pk).update(seats_taken=count)
    return people


def queue_reminders(people: list[Registration], *, due_at: datetime | None = None) -> None:
    """Put a reminder for each into the outbox, as the planner does."""
    Message.objects.bulk_create(
        Message(
            key=f"reminder:{one.pk}:60:0",
            kind="reminder",
            booking=one.booking,
            registration=one,
            workshop=one.booking.workshop,
            ids={"minutes": 60},
            schedule_version=0,
            due_at=due_at or clock.now(),
        )
        for one in people
    )


def addressees(sink: SmtpSink) -> Counter[str]:
    """Return how many mails each address received."""
    return Counter(address for one in sink.recipients for address in one)


def wrong(sink: SmtpSink, wanted: set[str], *, duplicates: int = 0) -> list[str]:
    """Return what is lost, too much, doubled unrecognisably, or not marked as sent."""
    got = addressees(sink)
    ids = Counter(str(mail["Message-ID"]) for mail in sink.messages)
    unsent = Message.objects.exclude(state="sent").count()
    doubled = sum(got.values()) - len(got)
    found = {
        f"{len(wanted - set(got))} lost": bool(wanted - set(got)),
        f"{len(set(got) - wanted)} to others": bool(set(got) - wanted),
        f"{doubled} doubled": doubled > duplicates,
        "a duplicate has another Message-ID": len(ids) != len(got),
        f"{unsent} not marked as sent": unsent > 0,
    }
    return [text for text, is_so in found.items() if is_so]
