"""A booking goes to another date, and what was given for it goes along."""

from __future__ import annotations

from django.db import transaction

from donations.models import CancellationChoice, CarriedSeat, Claim, Donation
from donations.services import locking
from donations.states import Choice
from events.models import Booking
from events.services.seating import moving
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.retrying import tried_again


class GoesBackError(ServiceError):
    """Its money goes back, or has gone: that was chosen when the workshop was cancelled."""

    code = "goes_back"


@tried_again
def move(booking_id: int, target_id: int) -> Booking:
    """Move a confirmed booking to another workshop of its campaign; return the new booking.

    One transaction with the locks in the one order: donations, booking, choice, both workshops.
    Sent twice it is done once: who was moved already stays where they are. A choice that a
    cancelled workshop's payer had left open, or to leave the money, ends with it.
    Raises GoesBackError, moving.CannotMoveError or seats.FullError.
    """
    with transaction.atomic():
        locking.of_booking(booking_id)
        Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
        choices = CancellationChoice.objects.select_for_update(no_key=True)
        asked = choices.filter(booking=booking_id).first()
        if asked is not None and (asked.choice == Choice.REFUND or asked.started_at is not None):
            raise GoesBackError(str(booking_id))
        moved = move_locked(booking_id, target_id)
        if asked is not None and asked.moved_to_id is None:
            asked.choice, asked.moved_to, asked.by_default = Choice.MOVE, moved, False
            asked.done_at, asked.next_try_at = clock.now(), None
            asked.save(update_fields=_CLOSED)
    return moved


_CLOSED = ("choice", "moved_to", "by_default", "done_at", "next_try_at")


def move_locked(booking_id: int, target_id: int) -> Booking:
    """As ``move``, of a booking whose choice the caller has locked, in the caller's transaction.

    The caller holds no lock of a later kind.
    """
    locking.of_booking(booking_id)
    locked = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
    known = Booking.objects.filter(moved_from=locked, workshop=target_id).first()
    if known is not None:
        return known
    moved = moving.move(locked, target_id)
    Donation.objects.filter(booking=locked).update(booking=moved, workshop=target_id)
    Claim.objects.filter(booking=locked).update(booking=moved, workshop=target_id)
    CarriedSeat.objects.filter(booking=locked).update(booking=moved)
    return moved
