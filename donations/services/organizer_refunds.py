"""An organizer gives money back, all or a part, and says why and what becomes of the seat.

1. Write the order under the form's own number, with the donation locked: never more than is left.
2. Ask Stripe under that number: sent twice, or again after dying half-way, it is one refund.
3. Keep Stripe's id of it, so that the mail can name the reason; settle the donation.
4. Free the seat if that was ordered, and write that it is done.

What died in between is finished by the periodic job. Stripe forgets a number after a day
(docs.stripe.com/api/idempotent_requests): then it is asked no more, and an organizer has to look,
as at a refund that its bank did not take (refund_doubts.py).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from donations.gateway import AccountGoneError, Gateway, GatewayError
from donations.models import Donation, LedgerEntry, RefundOrder
from donations.services import locking, refunding, settlement
from donations.states import DonationState, Purpose, SeatAfter
from events.models import Booking
from events.services.seating import confirmations, seats
from events.states import BookingState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.money import Money

logger = logging.getLogger(__name__)

#: The organizer's own request has ended long before.
UNANSWERED: Final = timedelta(minutes=1)
#: After so many calls without an answer a round ends: each one costs its whole time-out.
SILENCES: Final = 3
#: So long after it was first asked Stripe may no longer know the number of an order.
REMEMBERED: Final = timedelta(hours=23)
#: Why an order ended of which nobody knows whether Stripe carried it out.
NO_ANSWER: Final = "no_answer"
#: What is noted of a refund that Stripe made, and of which our rows cannot learn.
UNSETTLED: Final = "unsettled"


class TooMuchError(ServiceError):
    """Less than that is left. ``left``: what is."""

    code = "too_much"

    def __init__(self, left: Money) -> None:
        super().__init__(str(left))
        self.left = left


class RefusedError(ServiceError):
    """Stripe refused, for good; nothing was given back. ``reason``: Stripe's code."""

    code = "refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def left_of(donation: Donation) -> Money:
    """Return what can still be given back: what is left, less what is ordered already.

    Nothing of money that is not at Stripe, or that a person has to look at.
    """
    if donation.state != DonationState.PAID or not donation.payment_intent_id:
        return Money(0, donation.currency)
    if donation.quarantine:
        return Money(0, donation.currency)
    ordered = _open().filter(donation=donation).aggregate(n=Sum("amount_minor"))["n"] or 0
    return Money(max(donation.net_minor - ordered, 0), donation.currency)


def _open() -> QuerySet[RefundOrder]:
    return RefundOrder.objects.filter(done_at=None, refused_at=None)


def refundable(bookings: Iterable[Booking]) -> dict[int, Donation]:
    """Return the payment for each booking's seat that can be given back, by the booking's key."""
    rows = Donation.objects.filter(
        booking__in=[one.pk for one in bookings],
        purpose=Purpose.SEAT,
        state=DonationState.PAID,
        net_minor__gt=0,
        payment_intent_id__isnull=False,
    )
    return {one.booking_id: one for one in rows if one.booking_id is not None}


def has_seat(donation: Donation) -> bool:
    """Return whether the money is for a seat that can be kept or freed."""
    booking = donation.booking
    return (
        booking is not None
        and donation.purpose == Purpose.SEAT
        and booking.state == BookingState.CONFIRMED
        and booking.workshop.state == WorkshopState.PUBLISHED
        and booking.workshop.ends_at > clock.now()
    )


def give_back(
    donation: Donation,
    *,
    nonce: uuid.UUID,
    amount: Money,
    reason: str,
    seat: SeatAfter,
    gateway: Gateway,
) -> RefundOrder:
    """Refund an amount of a donation, once for each ``nonce``; return the order.

    Raises TooMuchError, RefusedError, GatewayError or BusyError; after the last two, asking again
    with the same number is safe, and the job does so.
    """
    order = _ordered(donation.pk, nonce, amount, reason, seat)
    try:
        return carry_out(order, gateway=gateway)
    except RefusedError as error:
        if error.reason != NO_ANSWER:  # Whoever ordered it is told at once.
            RefundOrder.objects.filter(pk=order.pk).update(seen_at=clock.now())
        raise


def _ordered(
    donation_id: int, nonce: uuid.UUID, amount: Money, reason: str, seat: SeatAfter
) -> RefundOrder:
    with transaction.atomic():
        donation = locking.with_siblings(donation_id)
        known = RefundOrder.objects.filter(nonce=nonce, donation=donation).first()
        if known is not None:
            return known
        left = left_of(donation)
        if amount.minor > left.minor:
            raise TooMuchError(left)
        return RefundOrder.objects.create(
            donation=donation, nonce=nonce, amount_minor=amount.minor, reason=reason, seat=seat
        )


def carry_out(order: RefundOrder, *, gateway: Gateway) -> RefundOrder:
    """Do what is left to do of an order; see ``give_back`` for what it raises."""
    if order.refused_at is not None:
        raise RefusedError(order.error)
    if order.done_at is not None:
        return order
    now = clock.now()
    if order.refund_id is None and now - (order.asked_at or now) > REMEMBERED:
        _refuse(order, NO_ANSWER)
        raise RefusedError(NO_ANSWER)
    order.asked_at, order.tried_at = order.asked_at or now, now
    order.save(update_fields=["asked_at", "tried_at"])
    if order.refund_id is None:
        _ask_stripe(order, gateway)
    try:
        settlement.apply(order.donation_id, gateway=gateway)
    except AccountGoneError:
        # It went back, and its owner has ended the connection since: Stripe tells us no more of it.
        order.error = UNSETTLED
        order.save(update_fields=["error"])
    _end(order)
    return order


def _ask_stripe(order: RefundOrder, gateway: Gateway) -> None:
    """Have the money given back, and keep Stripe's number of it."""
    donation = Donation.objects.get(pk=order.donation_id)
    try:
        order.refund_id = refunding.give_part_back(
            donation, minor=order.amount_minor, nonce=order.nonce, gateway=gateway
        )
    except GatewayError as error:
        if error.retryable:
            raise
        _refuse(order, error.code or str(error))
        raise RefusedError(order.error) from error
    order.save(update_fields=["refund_id"])


def _refuse(order: RefundOrder, why: str) -> None:
    order.refused_at, order.error = clock.now(), why[:300]
    order.save(update_fields=["refused_at", "error"])


def _end(order: RefundOrder) -> None:
    with transaction.atomic():
        donation = locking.with_siblings(order.donation_id)
        locked = RefundOrder.objects.select_for_update(no_key=True).get(pk=order.pk)
        if locked.done_at is None:
            _decide(donation, SeatAfter(locked.seat))
            locked.done_at = clock.now()
            locked.save(update_fields=["done_at"])
    order.done_at = locked.done_at


def decide_seat(donation_id: int, seat: SeatAfter) -> None:
    """Keep or free the seat of money that went back; doing it twice changes nothing."""
    with transaction.atomic():
        _decide(locking.with_siblings(donation_id), seat)


def _decide(donation: Donation, seat: SeatAfter) -> None:
    """Do with the seat what an organizer decided. The donations are locked; the booking is next.

    Of money that went back in part, the rest stays as a gift where the seat is freed.
    """
    if donation.booking_id is None or donation.purpose != Purpose.SEAT:
        return
    rows = Booking.objects.select_for_update(no_key=True, of=("self",))
    booking = rows.select_related("workshop").get(pk=donation.booking_id)
    donation.booking = booking
    if not has_seat(donation):
        return
    if seat == SeatAfter.KEEP:
        if donation.net_minor <= 0:
            donation.seat_kept_at = clock.now()
            donation.save(update_fields=["seat_kept_at"])
        return
    confirmations.queue_given_back(booking, by_team=True)
    seats.release(booking, BookingState.CANCELLED)
    if donation.net_minor > 0:
        donation.purpose = Purpose.GIFT
        donation.save(update_fields=["purpose"])


def finish_all(*, gateway: Gateway) -> int:
    """Finish the orders whose request died or got no answer; return how many were.

    Those that were tried longest ago come first, so that none stands in the way of the others.
    """
    done = silences = 0
    begun = _open().filter(created_at__lte=clock.now() - UNANSWERED)
    for order in begun.order_by(F("tried_at").asc(nulls_first=True), "pk")[:100]:
        try:
            carry_out(order, gateway=gateway)
            done += 1
        except Exception as error:  # noqa: BLE001 -- one bad order must not stop the others
            logger.warning("refund order %s is not done: %s", order.pk, error)
            silences += isinstance(error, GatewayError) and error.retryable
        if silences >= SILENCES:
            logger.warning(
                "refund orders: Stripe does not answer, the rest waits for the next round"
            )
            break
    return done


def reason_of(entry: LedgerEntry) -> str:
    """Return what the organizer wrote about a refund; empty where nobody ordered it here."""
    mine = RefundOrder.objects.filter(donation=entry.donation_id)
    # Stripe may be quicker to tell of it than its answer is here.
    coming = Q(refund_id=None, refused_at=None, amount_minor=entry.amount_minor)
    named = mine.filter(Q(refund_id=entry.source_id) | coming).order_by("refund_id", "pk")
    return named.values_list("reason", flat=True).first() or ""


def seats_without_money(campaign_ids: list[int]) -> QuerySet[Donation]:
    """Return the payments that went back whole while their seat is still kept, undecided."""
    return Donation.objects.filter(
        campaign_id__in=campaign_ids,
        purpose=Purpose.SEAT,
        state=DonationState.PAID,
        net_minor__lte=0,
        seat_kept_at=None,
        booking__state=BookingState.CONFIRMED,
        booking__workshop__state=WorkshopState.PUBLISHED,
        booking__workshop__starts_at__gt=clock.now(),
    ).select_related("campaign", "booking")
