"""Seats without a gift, where the team allows zero: held until the address is proven."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from events.models import Booking, Workshop
from events.services.mails import outbox
from events.services.seating import confirmations, seats
from events.states import BookingState
from fundraiser.core import clock

#: How long the seat waits for the click in the mail.
PROOF_TIME: Final = timedelta(minutes=60)


def start(*, workshop: Workshop, payer: seats.Payer, nonce: UUID) -> Booking:
    """Hold the seats and mail a link to confirm the address; the same nonce is the same booking.

    Raises seats.FullError or seats.ClosedError.
    """
    known = Booking.objects.filter(nonce=nonce)
    try:
        with transaction.atomic():
            booking = known.first() or seats.hold(
                workshop=workshop,
                payer=payer,
                nonce=nonce,
                hold_expires_at=clock.now() + PROOF_TIME,
            )
            outbox.queue(
                key=f"confirm_address:{booking.pk}", kind="confirm_address", booking=booking
            )
    except (IntegrityError, seats.FullError):
        # The same form was sent twice and the other one was quicker, perhaps for the last seat.
        if (found := known.first()) is None:
            raise
        return found
    return booking


def confirm(booking_id: int) -> Booking:
    """Confirm the booking behind a proven address, once; a released one if a seat is left.

    Returns the booking: its state says what became of it (confirmed, or expired where the seat
    is gone). A second booking of one address gives its seat back.
    """
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
        Workshop.objects.select_for_update(no_key=True).get(pk=booking.workshop_id)
        twins = Booking.objects.confirmed_for(booking.workshop_id, booking.email)
        twin = twins.exclude(pk=booking.pk).select_related("workshop__campaign").first()
        if twin is not None and booking.state != BookingState.CONFIRMED:
            if booking.state == BookingState.HELD:
                seats.release(booking, BookingState.CANCELLED)
            return twin
        if booking.state == BookingState.HELD:
            seats.confirm(booking)
        elif booking.state != BookingState.EXPIRED or not seats.seat_again(booking):
            return booking
        confirmations.queue(booking)
    return booking
