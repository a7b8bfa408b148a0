"""The seats of an attempt that another one of the same form replaces: kept for it in between."""

from __future__ import annotations

from collections.abc import Iterable

from donations.models import Donation
from donations.states import LIVE, Purpose
from events.models import Booking, Workshop
from events.services.seating import holds, seats
from events.states import BookingState
from fundraiser.core import clock


def reserve(attempts: Iterable[Donation], workshop: Workshop | None, wanted: int) -> int | None:
    """Keep the ``wanted`` seats of a form's attempt for its next one; return their booking.

    Without that, whoever changes the amount would lose the seat to those who wait for one. A
    second click finds what the first one keeps. None: there are none to keep.
    """
    if workshop is None:
        return None
    mine = [one for one in attempts if one.booking_id and one.workshop_id == workshop.pk]
    for one in mine:
        if one.booking_id and one.state in LIVE and holds.reserve(one.booking_id, seats=wanted):
            return one.booking_id
    if not mine:
        return None
    rows = Booking.objects.filter(
        pk__in=[one.booking_id for one in mine if one.booking_id],
        state=BookingState.HELD,
        hold_expires_at__gt=clock.now(),
        offered_at=None,
        seats=wanted,
    )
    return rows.values_list("pk", flat=True).first()


def let_go(replaced: Iterable[Donation], *, but: int | None) -> None:
    """Free the seats that replaced attempts would keep for more time; an offer stays."""
    for one in replaced:
        if one.booking_id is not None and one.booking_id != but:
            holds.let_go(one.booking_id)


def take_over(booking_id: int, payer: seats.Payer) -> Booking | None:
    """Let Stripe decide about a hold that is kept without a session, filled in anew; lock it.

    Within the caller's transaction. None where it is over, or its session has not ended.
    """
    booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
    end = booking.hold_expires_at
    if booking.state != BookingState.HELD or end is None or end <= clock.now():
        return None
    if Donation.objects.live().filter(booking=booking, purpose=Purpose.SEAT).exists():
        return None
    booking.hold_expires_at = None
    seats.fill_in(booking, payer)
    return booking
