"""Replays: for those who had a seat, behind their own link; its address is in no page."""

from __future__ import annotations

from django.urls import reverse

from events.models import Registration, Workshop
from events.services import access
from events.states import BookingState, WorkshopState
from fundraiser.core import clock


def exists(workshop: Workshop) -> bool:
    """Return whether there is something to watch: it is over, was not cancelled, and is there."""
    over = workshop.ends_at <= clock.now() and workshop.state != WorkshopState.CANCELLED
    return over and bool(workshop.replay_url)


def may_watch(registration: Registration) -> bool:
    """Return whether a person had a seat there and can watch it again."""
    booking = registration.booking
    return booking.state == BookingState.CONFIRMED and exists(booking.workshop)


def page_of(registration: Registration) -> str:
    """Return the path of a person's own page of the replay, or nothing where there is none."""
    if not may_watch(registration):
        return ""
    return reverse(
        "replay", args=[access.registration_link(registration, access.REGISTRATION_LINK)]
    )
