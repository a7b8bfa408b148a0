"""An attendee gives a seat back; what was given stays as a gift."""

from __future__ import annotations

from django.db import transaction

from donations.gateway import Gateway
from donations.models import Donation
from donations.services import checkout
from donations.states import DonationState, Purpose
from events.models import Booking
from events.services import seats
from events.states import BookingState


def cancel_seat(booking: Booking, *, gateway: Gateway) -> Booking:
    """End a booking on its payer's wish and return it; doing it twice changes nothing.

    A hold whose session may still be paid ends on Stripe's word (DESIGN.md, "The nouns"): it is
    asked to make the session unpayable first. Raises GatewayError or BusyError.
    """
    for donation in Donation.objects.live().filter(booking=booking):
        checkout.end(donation, gateway=gateway)
    with transaction.atomic():
        # Locked whatever its state: a debit that arrives now is settled before this, or after.
        rows = Donation.objects.select_for_update(of=("self",)).filter(booking=booking)
        given = list(rows.filter(purpose=Purpose.SEAT).order_by("pk"))
        locked = Booking.objects.select_for_update().get(pk=booking.pk)
        if locked.state not in {BookingState.CONFIRMED, BookingState.HELD}:
            return locked
        if locked.state == BookingState.HELD and locked.hold_expires_at is None:
            return locked
        seats.release(locked, BookingState.CANCELLED)
        for paid in (one for one in given if one.state == DonationState.PAID):
            paid.purpose = Purpose.GIFT
            paid.save(update_fields=["purpose"])
    return locked
