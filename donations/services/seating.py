"""What money, or its absence, does to a booking. The caller holds the locks (settlement.apply)."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from donations.models import Donation
from donations.states import LIVE, DonationState, Kind, Purpose
from events.models import Booking
from events.services.mails import outbox
from events.services.seating import confirmations, holds, seats
from events.states import BOOKING_TABLE, BookingState
from fundraiser.core.prepared import Question
from fundraiser.core.transitions import advance

#: The seat belongs to this attempt: its money arrived, or is on its way.
_SETTLED: Final = frozenset({DonationState.PAID, DonationState.PROCESSING})


def _seat_booking(donation: Donation) -> Booking | None:
    return donation.booking if donation.purpose == Purpose.SEAT else None


def _twins(workshop: int, email: str, but: int) -> QuerySet[Booking, tuple[int]]:
    twins = Booking.objects.confirmed_for(workshop, email)
    return twins.exclude(pk=but).values_list("pk")[:1]


_TWINS: Final = Question(_twins, workshop=int, email=str, but=int)


def _has_twin(booking: Booking) -> bool:
    twin = _TWINS.first(workshop=booking.workshop_id, email=booking.email, but=booking.pk)
    return twin is not None


def claim_seat(donation: Donation) -> None:
    """Settle which of several attempts at one booking pays for its seat, before one moves on.

    A booking may have had more than one session, one after the other: an offer, more time. Where
    another attempt has paid or promised already, this one becomes a gift, as a second payment of
    one address does. One that is still unpaid gives way to money; the sweeper ends its session.
    """
    others = _other_attempts(donation)
    if any(one.state in _SETTLED for one in others):
        donation.purpose = Purpose.GIFT
        donation.save(update_fields=["purpose"])
        return
    Donation.objects.filter(pk__in=[one.pk for one in others]).update(purpose=Purpose.GIFT)


def _other_attempts(donation: Donation) -> list[Donation]:
    """Return the other attempts at its booking's seat that may still bring money, or have.

    There is none beside one that may itself (the constraint donation_one_live_per_booking).
    """
    booking = _seat_booking(donation)
    if booking is None or donation.state in LIVE:
        return []
    rows = Donation.objects.filter(booking=booking, purpose=Purpose.SEAT)
    return list(rows.filter(state__in=[*LIVE, DonationState.PAID]).exclude(pk=donation.pk))


def gave_way_to_twin(donation: Donation) -> bool:
    """Whether this payment became a gift because its address had a seat already."""
    booking = donation.booking
    if booking is None or donation.purpose != Purpose.GIFT or booking.confirmed_at is not None:
        return False
    return booking.state == BookingState.CANCELLED and _has_twin(booking)


def after_payment(donation: Donation, *, arrived: bool) -> None:
    """Seat a payer, or offer a way out where no seat is left; a gift gets its thanks.

    ``arrived``: the money came just now. What became a gift later on, or came back since a bank
    did not take a refund, is thanked for by whoever made it a gift, or not at all.
    Money that was wholly given back seats nobody, and needs no choice any more.
    """
    booking = _seat_booking(donation)
    if donation.net_minor <= 0:
        if booking is not None:
            _after_giving_back(booking)
    elif booking is None:
        if arrived:
            _thank(donation)
    elif booking.state == BookingState.HELD:
        _seat_held(donation, booking)
    elif booking.state == BookingState.EXPIRED and not _has_twin(booking):
        _seat_late(donation, booking)
    elif booking.state in {BookingState.EXPIRED, BookingState.CANCELLED}:
        _ask(donation, booking)


def _seat_held(donation: Donation, booking: Booking) -> None:
    if _has_twin(booking):
        # A second payment for a confirmed address becomes a gift and frees its seat.
        seats.release(booking, BookingState.CANCELLED)
        keep_as_gift(donation)
        return
    seats.confirm(booking)
    confirmations.queue(booking)


def _seat_late(donation: Donation, booking: Booking) -> None:
    # Who was seated before a restored backup was taken over is not late, and waits behind nobody.
    if seats.seat_again(booking, from_line=donation.rebuilt_at is not None):
        confirmations.queue(booking)
    else:
        _ask(donation, booking)


def take_again(booking: Booking) -> bool:
    """Seat a late payer who chose a seat that is free again; return whether there was one.

    Whoever had been confirmed before, and gave the seat back, is told so once more.
    """
    before = booking.confirmed_at
    if _has_twin(booking) or not seats.seat_again(booking):
        return False
    confirmations.queue(booking, again=before is not None)
    return True


def _ask(donation: Donation, booking: Booking) -> None:
    """Late money without a seat is never invisible: refund, or keep as a gift (PROMISES.md 7).

    Whoever chose the refund is asked once more where it failed and the money came back.
    """
    advance(booking, BookingState.NEEDS_ATTENTION, BOOKING_TABLE)
    returns = donation.entries.filter(kind__in=[Kind.REFUND_FAILED, Kind.DISPUTE_REINSTATED])
    outbox.queue(
        key=f"payment_problem:{donation.pk}:{returns.count()}",
        kind="payment_problem",
        booking=booking,
        donation=donation.pk,
    )


def _after_giving_back(booking: Booking) -> None:
    if booking.state in {BookingState.HELD, BookingState.NEEDS_ATTENTION}:
        seats.release(booking, BookingState.CANCELLED)


def keep_as_gift(donation: Donation) -> None:
    """Turn a payment for a seat into a gift without one, and thank for it."""
    donation.purpose = Purpose.GIFT
    donation.save(update_fields=["purpose"])
    _thank(donation)


def _thank(donation: Donation) -> None:
    outbox.queue(key=f"gift_thanks:{donation.pk}", kind="gift_thanks", donation=donation.pk)


def after_promise(donation: Donation) -> None:
    """A bank debit on its way confirms the seat that is held for it, or one that is still free."""
    booking = _seat_booking(donation)
    if booking is None or _has_twin(booking):
        return
    if booking.state == BookingState.HELD:
        seats.confirm(booking)
        confirmations.queue(booking)
    elif booking.state == BookingState.EXPIRED and seats.seat_again(booking):
        confirmations.queue(booking)


def after_arrival(donation: Donation) -> None:
    """Tell who was promised it that the money of a bank debit has arrived; the seat is theirs."""
    booking = _seat_booking(donation)
    if booking is not None and booking.state == BookingState.CONFIRMED:
        outbox.queue(key=f"arrived:{donation.pk}", kind="gift_thanks", donation=donation.pk)


def after_failure(donation: Donation) -> None:
    """Free the seats of an attempt that brought no money.

    Not as long as they are kept without a session (holds.py).
    """
    booking = _seat_booking(donation)
    if booking is None or not booking.holds_seats:
        return
    confirmed = booking.state == BookingState.CONFIRMED
    if not confirmed and holds.keep(booking):
        return
    seats.release(booking, BookingState.CANCELLED if confirmed else BookingState.EXPIRED)
    if confirmed:  # The payer hears why from payment_failed.
        confirmations.queue_lost(booking)
