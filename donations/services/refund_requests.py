"""A giver asks for a gift back; an organizer gives it, or leaves it as a gift and says why."""

from __future__ import annotations

from django.db import transaction

from donations.gateway import Gateway
from donations.models import Donation
from donations.services import late_choices, refunding
from donations.states import DonationState, Purpose
from events.models import Booking
from events.services.mails import outbox
from events.states import BookingState
from fundraiser.core import clock


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

    Asked twice it is one refund. Late money without a seat goes back as its giver could choose.
    Raises late_choices.NothingToChooseError, GatewayError or BusyError.
    """
    if late := late_booking(donation):
        return late_choices.give_back(late, gateway=gateway)
    if not is_open(donation) or donation.payment_intent_id is None:
        raise late_choices.NothingToChooseError(str(donation.pk))
    payment = donation.payment_intent_id
    return refunding.give_back(donation, payment, occasion="asked", gateway=gateway)


def decline(donation: Donation, *, reason: str) -> None:
    """Leave it as a gift, and write the reason to its giver; late money is kept with thanks.

    Raises late_choices.NothingToChooseError.
    """
    if late := late_booking(donation):
        late_choices.keep(late.pk)
        return
    with transaction.atomic():
        locked = _locked(donation.pk)
        if not is_open(locked):
            raise late_choices.NothingToChooseError(str(donation.pk))
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
    return Donation.objects.select_for_update(no_key=True, of=("self",)).get(pk=donation_id)
