"""What a claim, and what becomes of it, does to its seats. The caller has locked the claim."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from donations.models import Claim
from events.models import Booking, Workshop
from events.services.seating import confirmations, seats
from events.states import BookingState, WorkshopState
from fundraiser.core import clock

#: So long before the start who still waits for an answer is let in.
BEFORE: Final = timedelta(minutes=60)


def kept_until(workshop: Workshop, days: int, now: datetime) -> datetime:
    """Return until when a seat is kept for who showed a gift at ``now`` (aware).

    Not past the start, since who is let in then has a confirmed seat.
    """
    last = workshop.starts_at if workshop.starts_at > now else workshop.ends_at
    return min(now + timedelta(days=days), last)


def is_about_to_begin(claim: Claim, now: datetime) -> bool:
    """Whether the workshop of a claim begins soon, or has begun and not ended."""
    workshop = claim.workshop
    return workshop is not None and workshop.starts_at - BEFORE <= now < workshop.ends_at


def _lock(claim: Claim) -> Booking | None:
    if claim.booking_id is None:
        return None
    booking = Booking.objects.select_for_update(no_key=True).get(pk=claim.booking_id)
    booking.workshop = (
        Workshop.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign")
        .get(pk=booking.workshop_id)
    )
    return booking


def take(claim: Claim) -> bool:
    """Confirm the seats of a claim; return whether that was done, and mailed, just now.

    Seats that were released are taken again if they are free. An address with a seat already gets
    no second one: what it gave is a gift.
    """
    booking = _lock(claim)
    if booking is None or booking.state not in {BookingState.HELD, BookingState.EXPIRED}:
        return False
    twins = Booking.objects.confirmed_for(booking.workshop_id, booking.email)
    if twins.exclude(pk=booking.pk).exists():
        if booking.state == BookingState.HELD:
            seats.release(booking, BookingState.CANCELLED)
        return False
    if booking.state == BookingState.HELD:
        seats.confirm(booking)
    elif not seats.seat_again(booking):
        return False
    confirmations.queue(booking)
    return True


def free(claim: Claim) -> None:
    """Give the seats of a claim back, unless the workshop is over or they are gone already.

    The giver hears of it by the answer; whoever came along is told of their own seat.
    """
    booking = _lock(claim)
    if booking is None or not booking.holds_seats:
        return
    workshop = booking.workshop
    over = workshop.state == WorkshopState.PUBLISHED and workshop.ends_at <= clock.now()
    if booking.state == BookingState.CONFIRMED and over:
        return
    was_confirmed = booking.state == BookingState.CONFIRMED
    seats.release(booking, BookingState.CANCELLED)
    if was_confirmed:
        confirmations.queue_lost(booking)
