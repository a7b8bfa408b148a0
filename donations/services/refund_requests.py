"""A giver asks for a gift back; an organizer gives it, or leaves it as a gift and says why."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from donations.gateway import Gateway, GatewayError
from donations.models import Donation
from donations.services import attention, settlement
from donations.states import DonationState, Kind, Purpose
from events.models import Booking
from events.services import outbox
from events.states import BookingState
from fundraiser.core import clock

#: Stripe's code where nothing is left to refund (docs.stripe.com/error-codes).
_ALREADY_REFUNDED: Final = "charge_already_refunded"


def can_ask(donation: Donation) -> bool:
    """Return whether its giver may ask for it back: money that is there, and holds no seat."""
    is_left = donation.state == DonationState.PAID and donation.net_minor > 0
    return (
        is_left
        and donation.purpose == Purpose.GIFT
        and donation.refund_asked_at is None
        and donation.payment_intent_id is not None
    )


def is_open(donation: Donation) -> bool:
    """Return whether a request waits for an organizer's answer."""
    return (
        donation.refund_asked_at is not None
        and donation.refund_declined_at is None
        and donation.state == DonationState.PAID
        and donation.net_minor > 0
    )


def ask(donation_id: int) -> None:
    """Note that the giver wants the gift back; where that cannot be, nothing changes."""
    with transaction.atomic():
        donation = _locked(donation_id)
        if can_ask(donation):
            note(donation)


def note(donation: Donation) -> None:
    """Write the wish down. The caller holds the donation's lock."""
    donation.refund_asked_at = clock.now()
    donation.save(update_fields=["refund_asked_at"])


def leave(donation_id: int) -> None:
    """Take an unanswered request back: it stays a gift."""
    with transaction.atomic():
        donation = _locked(donation_id)
        if is_open(donation):
            donation.refund_asked_at = None
            donation.save(update_fields=["refund_asked_at"])


def give_back(donation: Donation, *, gateway: Gateway) -> Donation:
    """Refund what is left of a gift that its giver asked for, and settle it.

    The key is the donation's own: asked twice, or again after dying half-way, it is one refund.
    After a refund that failed it is another one. Late money without a seat goes back as its giver
    could choose. Raises attention.NothingToChooseError, GatewayError or BusyError.
    """
    if late := late_booking(donation):
        return attention.give_back(late, gateway=gateway)
    if not is_open(donation) or donation.payment_intent_id is None:
        raise attention.NothingToChooseError(str(donation.pk))
    failed = donation.entries.filter(kind=Kind.REFUND_FAILED).count()
    try:
        gateway.refund(
            donation.payment_intent_id,
            minor=None,
            idempotency_key=f"refund:asked:{donation.public_id}:{failed}",
            account=donation.stripe_account,
        )
    except GatewayError as error:
        # It went back another way, in Stripe's dashboard perhaps: our rows only have to learn it.
        if error.code != _ALREADY_REFUNDED:
            raise
    return settlement.apply(donation.pk, gateway=gateway)


def decline(donation: Donation, *, reason: str) -> None:
    """Leave it as a gift, and write the reason to its giver; late money is kept with thanks.

    Raises attention.NothingToChooseError.
    """
    if late := late_booking(donation):
        attention.keep(late.pk)
        return
    with transaction.atomic():
        locked = _locked(donation.pk)
        if not is_open(locked):
            raise attention.NothingToChooseError(str(donation.pk))
        locked.refund_declined_at = clock.now()
        locked.refund_answer = reason
        locked.save(update_fields=["refund_declined_at", "refund_answer"])
        outbox.queue(key=f"refund_answer:{locked.pk}", kind="refund_answer", donation=locked.pk)


def late_booking(donation: Donation) -> Booking | None:
    """Return the booking that a late payment waits for, if it does."""
    booking = donation.booking
    waits = booking is not None and booking.state == BookingState.NEEDS_ATTENTION
    return booking if waits and donation.purpose == Purpose.SEAT else None


def _locked(donation_id: int) -> Donation:
    return Donation.objects.select_for_update(of=("self",)).get(pk=donation_id)
