"""Free seats that the surplus of others' gifts carries.

With M as what a seat takes, gifts for a workshop above M for each paid seat carry one seat for each
further M. A carried seat is a seat like any other: nothing that an organizer sees tells which they
are (docs/adr/0043-carried-seats.md). A later refund takes no seat away; it only ends the giving of
further ones.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from donations.models import CarriedSeat, Donation
from donations.states import DonationState, Purpose
from events.models import Booking, Workshop
from events.services.seating import free_seats, seats
from events.states import SEAT_HOLDING, BookingState, Destination
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError


class NoneLeftError(ServiceError):
    """What others gave carries no further seat."""

    code = "none_left"
    retryable = True


def is_on(workshop: Workshop) -> bool:
    """Return whether gifts for a workshop carry seats.

    Not where gifts are shown by receipt: organizers look at each of those by name.
    """
    is_elsewhere = workshop.campaign.destination == Destination.EXTERNAL
    return workshop.surplus_seats and bool(workshop.surplus_minimum_minor) and not is_elsewhere


def funded(workshop: Workshop) -> int:
    """Return how many seats the gifts for a workshop carry by now, taken ones included."""
    least = workshop.surplus_minimum_minor
    if not is_on(workshop) or not least:
        return 0
    given = Donation.objects.filter(
        workshop=workshop, state=DonationState.PAID, net_minor__gt=0
    ).exclude(booking=None)
    paid = given.filter(purpose=Purpose.SEAT, booking__state=BookingState.CONFIRMED)
    minor = given.aggregate(minor=Sum("net_minor"))["minor"] or 0
    paid_seats = paid.aggregate(n=Sum("booking__seats"))["n"] or 0
    return max((int(minor) - least * int(paid_seats)) // least, 0)


def _taken(workshop_id: int) -> int:
    rows = CarriedSeat.objects.filter(
        booking__workshop=workshop_id, booking__state__in=SEAT_HOLDING
    )
    return int(rows.aggregate(n=Sum("booking__seats"))["n"] or 0)


def _locked(workshop_id: int) -> Workshop:
    rows = Workshop.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("campaign").get(pk=workshop_id)


def _require_one(workshop: Workshop) -> None:
    """Refuse where no further seat is carried; the workshop's row is locked."""
    if funded(workshop) - _taken(workshop.pk) < 1:
        raise NoneLeftError(workshop.slug)


def ask(*, workshop: Workshop, payer: seats.Payer, nonce: UUID) -> Booking:
    """Hold a carried seat and mail a link to confirm the address; the same nonce is the same one.

    Raises NoneLeftError, seats.FullError or seats.ClosedError.
    """
    with transaction.atomic():
        locked = _locked(workshop.pk)
        known = Booking.objects.filter(nonce=nonce, workshop=locked).first()
        if known is not None:
            return known
        _require_one(locked)
        booking = free_seats.start(workshop=locked, payer=payer, nonce=nonce)
        CarriedSeat.objects.create(booking=booking, created_at=clock.now())
    return booking


def confirm(booking_id: int) -> Booking:
    """Confirm the booking behind a proven address, as free_seats does, carried or not.

    A carried seat that was released is taken again only as long as one is carried.
    """
    carried = CarriedSeat.objects.filter(booking=booking_id).exists()
    if not carried:
        return free_seats.confirm(booking_id)
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
        workshop = _locked(booking.workshop_id)
        if booking.state == BookingState.EXPIRED:
            try:
                _require_one(workshop)
            except NoneLeftError:
                return booking
        return free_seats.confirm(booking_id)


def set_up(workshop: Workshop, *, on: bool, minimum_minor: int | None) -> None:
    """Turn carried seats on, with what a seat takes, or off; seats that were given stay."""
    rows = Workshop.objects.filter(pk=workshop.pk)
    if on:
        rows.update(surplus_seats=True, surplus_minimum_minor=minimum_minor)
    else:
        rows.update(surplus_seats=False)
