"""Late money without a seat: its giver chooses the money back, a gift, or a seat that is free."""

from __future__ import annotations

from django.db import transaction

from donations.gateway import Gateway
from donations.models import (
    Donation,
)
from donations.services import (
    locking,
    refunding,
    seating,
)
from donations.states import DonationState, Purpose
from events.models import Booking, Workshop
from events.services.seating import seats
from events.states import BookingState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError


class NothingToChooseError(ServiceError):
    """The choice was made already, or there is none."""

    code = "nothing_to_choose"


def pending_choice(booking: Booking) -> Donation | None:
    """Return the late payment of a booking that waits for "refund" or "keep as a gift"."""
    if booking.state != BookingState.NEEDS_ATTENTION:
        return None
    return booking.donations.filter(purpose=Purpose.SEAT, state=DonationState.PAID).first()


def has_seat(booking: Booking) -> bool:
    """Return whether a late payer could have a seat again now; taking it decides."""
    workshop = booking.workshop
    status = seats.registration_status(workshop, clock.now())
    left = workshop.seats_left
    if Booking.objects.in_line(workshop.pk).exists():
        return False  # who waits comes first
    is_running = (
        status in {"open", "closed", "by_request"} and workshop.state == WorkshopState.PUBLISHED
    )
    return is_running and (left is None or left >= booking.seats)


def take_seat(booking_id: int) -> bool:
    """Seat a late payer again if a seat is free; return whether there was one.

    Raises NothingToChooseError.
    """
    with transaction.atomic():
        _donation, booking = _locked(booking_id)
        booking.workshop = Workshop.objects.select_for_update(no_key=True).get(
            pk=booking.workshop_id
        )
        return seating.take_again(booking)


def keep(booking_id: int) -> Donation:
    """Keep late money as a gift; its booking ends. Raises NothingToChooseError."""
    with transaction.atomic():
        donation, booking = _locked(booking_id)
        seats.release(booking, BookingState.CANCELLED)
        seating.keep_as_gift(donation)
    return donation


def _locked(booking_id: int) -> tuple[Donation, Booking]:
    wanted = (Purpose.SEAT, DonationState.PAID)
    given = locking.of_booking(booking_id)
    donation = next((one for one in given if (one.purpose, one.state) == wanted), None)
    booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
    if donation is None or booking.state != BookingState.NEEDS_ATTENTION:
        raise NothingToChooseError(str(booking_id))
    return donation, booking


def give_back(booking: Booking, *, gateway: Gateway) -> Donation:
    """Refund late money in full; settling ends its booking.

    Asking twice refunds once. Raises NothingToChooseError, GatewayError or BusyError.
    """
    donation = pending_choice(booking)
    if donation is None or donation.payment_intent_id is None:
        raise NothingToChooseError(str(booking.pk))
    payment = donation.payment_intent_id
    return refunding.give_back(donation, payment, occasion="late", gateway=gateway)
