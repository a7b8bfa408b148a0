"""How long a seat is kept for somebody without a payment: an offer's end, and more time, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from events.models import Booking, Workshop
from events.services.seating import seats
from events.states import BookingState
from fundraiser.core import clock

#: What a visitor who needs longer may have on top, once.
MORE_TIME: Final = timedelta(minutes=30)

#: How long seats are kept between two sessions of one visitor: longer than Stripe may take.
RESERVED: Final = timedelta(minutes=2)


def last_moment(workshop: Workshop) -> datetime:
    """Return when nobody can be offered a seat any more: the start, or registration's end."""
    ends = (workshop.starts_at, workshop.registration_closes_at, workshop.campaign.closes_at)
    return min(moment for moment in ends if moment is not None)


def kept_until(booking: Booking) -> datetime | None:
    """Return until when a hold is kept whatever becomes of its sessions; None: not at all.

    That is an offer's end, or the end of the extra time that its holder asked for.
    """
    extra = MORE_TIME if booking.extended_at else timedelta()
    if booking.offered_at is not None:
        end = booking.offered_at + timedelta(minutes=booking.workshop.offer_minutes) + extra
    elif booking.extended_at is not None:
        end = booking.extended_at + extra
    else:
        return None
    return min(end, last_moment(booking.workshop))


def keep(booking: Booking) -> bool:
    """Let a hold whose session ended go on without one; return whether it is kept still.

    The row is locked. Until then Stripe decided about it.
    """
    if booking.state != BookingState.HELD:
        return False
    reserved = booking.hold_expires_at
    if reserved is not None and reserved > clock.now():
        return True
    end = kept_until(booking)
    if end is None or end <= clock.now():
        return False
    booking.hold_expires_at = end
    booking.save(update_fields=["hold_expires_at"])
    return True


def reserve(booking_id: int, *, seats: int) -> bool:
    """Keep the seats of a hold whose session is about to be replaced; return whether it is kept.

    Not where another number of seats is wanted. Nobody else can have them meanwhile: neither a
    newcomer, nor who waits. Until the session has ended, the sweeper leaves it alone.
    """
    rows = Booking.objects.filter(pk=booking_id, state=BookingState.HELD, offered_at=None)
    return rows.filter(seats=seats).update(hold_expires_at=clock.now() + RESERVED) == 1


def let_go(booking_id: int, *, offers: bool = False) -> None:
    """Release a hold that is kept without a session; an offer only where ``offers`` says so."""
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
        kept = booking.state == BookingState.HELD and booking.hold_expires_at is not None
        if kept and (offers or booking.offered_at is None):
            seats.release(booking, BookingState.EXPIRED)


def rest(booking_id: int, until: datetime) -> bool:
    """Keep an offer at least until a moment (aware), as nobody can take it now; return whether so.

    Not beyond the last moment at which anybody can be offered the seat.
    """
    with transaction.atomic():
        rows = Booking.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        booking = rows.select_related("workshop__campaign").filter(pk=booking_id).first()
        if booking is None or booking.state != BookingState.HELD or booking.offered_at is None:
            return False
        end, later = booking.hold_expires_at, min(until, last_moment(booking.workshop))
        if end is None or end >= later:
            return False
        booking.hold_expires_at = later
        booking.save(update_fields=["hold_expires_at"])
    return True


def can_extend(booking: Booking) -> bool:
    """Whether a hold without a session can be extended now."""
    end = booking.hold_expires_at
    if booking.state != BookingState.HELD or booking.extended_at is not None or end is None:
        return False
    return clock.now() < end < last_moment(booking.workshop)


def extend(booking_id: int) -> bool:
    """Keep a hold without a session longer, once; return whether that was done."""
    with transaction.atomic():
        rows = Booking.objects.select_for_update(no_key=True, of=("self",))
        booking = rows.select_related("workshop__campaign").get(pk=booking_id)
        end = booking.hold_expires_at
        if end is None or not can_extend(booking):
            return False
        booking.extended_at = clock.now()
        booking.hold_expires_at = min(end + MORE_TIME, last_moment(booking.workshop))
        booking.save(update_fields=["extended_at", "hold_expires_at"])
        return True
