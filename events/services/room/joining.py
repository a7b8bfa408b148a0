"""When a room is open, and what a person who comes through their own link finds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import TextChoices

from events.models import Registration, Workshop
from events.states import AttendanceSource, BookingState, WorkshopState
from fundraiser.core import clock

#: The room opens so long before the start.
OPENS_BEFORE: Final = timedelta(minutes=15)
#: A workshop that runs over is still let into for so long after its end.
GRACE: Final = timedelta(minutes=60)


class Stage(TextChoices):
    """What a person's link into the room leads to at a moment."""

    NO_SEAT = "no_seat"
    CANCELLED = "cancelled"
    EARLY = "early"
    OPEN = "open"
    OVER = "over"


def opens_at(workshop: Workshop) -> datetime:
    """Return when its room opens (aware)."""
    return workshop.starts_at - OPENS_BEFORE


def closes_at(workshop: Workshop) -> datetime:
    """Return when its room is closed (aware)."""
    return workshop.ends_at + GRACE


def seconds_left(workshop: Workshop, now: datetime) -> float:
    """Return the seconds from ``now`` (aware) until its room opens; 0 once it is open."""
    return max((opens_at(workshop) - now).total_seconds(), 0)


def stage(registration: Registration, now: datetime) -> Stage:
    """Return what the link leads to at ``now`` (aware). Its booking and workshop are loaded."""
    workshop = registration.booking.workshop
    if workshop.state == WorkshopState.CANCELLED:
        return Stage.CANCELLED
    if registration.booking.state != BookingState.CONFIRMED:
        return Stage.NO_SEAT
    if now < opens_at(workshop):
        return Stage.EARLY
    return Stage.OPEN if now < closes_at(workshop) else Stage.OVER


def record_click(registration: Registration) -> None:
    """Record that the person came in: the first click's time, and that they were there."""
    now = clock.now()
    Registration.objects.filter(pk=registration.pk, joined_at=None).update(joined_at=now)
    Registration.objects.filter(pk=registration.pk).exclude(attended=True).update(
        attended=True, attendance_source=AttendanceSource.CLICK
    )
