"""A booking goes to another date, and what was given for it goes along."""

from __future__ import annotations

from django.db import transaction

from donations.models import Donation
from donations.services import locking
from events.models import Booking
from events.services.seating import moving
from fundraiser.core.retrying import tried_again


@tried_again
def move(booking_id: int, target_id: int) -> Booking:
    """Move a confirmed booking to another workshop of its campaign; return the new booking.

    One transaction with the locks in the one order: donations, booking, both workshops. Sent twice
    it is done once: who was moved already stays where they are.
    Raises moving.CannotMoveError or seats.FullError.
    """
    with transaction.atomic():
        return move_locked(booking_id, target_id)


def move_locked(booking_id: int, target_id: int) -> Booking:
    """As ``move``, within the caller's transaction, which holds no lock of a later kind."""
    locking.of_booking(booking_id)
    locked = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
    known = Booking.objects.filter(moved_from=locked, workshop=target_id).first()
    if known is not None:
        return known
    moved = moving.move(locked, target_id)
    Donation.objects.filter(booking=locked).update(booking=moved, workshop=target_id)
    return moved
