"""An attendee gives a seat back; what was given stays as a gift, or is asked back."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from donations.gateway import Gateway
from donations.models import Donation
from donations.services import checkout, locking, refund_requests
from donations.states import DonationState, Purpose
from events.models import Booking, Workshop
from events.services.seating import confirmations, seats
from events.states import BookingState, WorkshopState
from fundraiser.core.errors import ServiceError

#: These a payer may end: a place in the line, a hold, a seat.
CAN_END: Final = frozenset({BookingState.WAITING, BookingState.HELD, BookingState.CONFIRMED})


class CalledOffError(ServiceError):
    """The workshop was cancelled: what becomes of the seat's money is its payer's choice."""

    code = "called_off"


def can_end(booking: Booking) -> bool:
    """Return whether its payer may end a booking: not a seat in a workshop that was cancelled."""
    called_off = booking.workshop.state == WorkshopState.CANCELLED
    return booking.state in CAN_END and not (called_off and booking.state == BookingState.CONFIRMED)


def cancel_seat(booking: Booking, *, gateway: Gateway, ask_back: bool = False) -> Booking:
    """End a booking on its payer's wish and return it; doing it twice changes nothing.

    A hold whose session may still be paid ends on Stripe's word (DESIGN.md, "The nouns"): it is
    asked to make the session unpayable first. ``ask_back``: the payer wants the gift back, and an
    organizer decides. Raises CalledOffError, GatewayError or BusyError.
    """
    for donation in Donation.objects.live().filter(booking=booking):
        checkout.end(donation, gateway=gateway)
    with transaction.atomic():
        # Locked whatever its state: a debit that arrives now is settled before this, or after.
        given = [one for one in locking.of_booking(booking.pk) if one.purpose == Purpose.SEAT]
        locked = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
        if locked.state not in CAN_END:
            return locked
        if locked.state == BookingState.HELD and locked.hold_expires_at is None:
            return locked
        rows = Workshop.objects.select_for_update(no_key=True)
        locked.workshop = rows.get(pk=locked.workshop_id)
        if not can_end(locked):
            raise CalledOffError(str(locked.pk))
        if locked.state == BookingState.CONFIRMED:
            confirmations.queue_given_back(locked)
        seats.release(locked, BookingState.CANCELLED)
        for paid in (one for one in given if one.state == DonationState.PAID):
            paid.purpose = Purpose.GIFT
            paid.save(update_fields=["purpose"])
            if ask_back and refund_requests.can_ask(paid):
                refund_requests.note(paid)
    return locked
