"""Settlement: makes our rows say what Stripe says. The only place where a donation moves.

The webhook, the return page, the sweeper, the reconciler and the admin all call ``apply``.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from donations.gateway import Gateway, Payment, SessionImpossibleError
from donations.models import Donation, LedgerEntry
from donations.services import ledger, locking, seating
from donations.states import DONATION_TABLE, LIVE, DonationState, Kind
from events.models import Booking, Workshop
from events.services.mails import outbox
from events.services.webhooks import outbox as webhooks
from fundraiser.core import clock
from fundraiser.core.failpoints import reached
from fundraiser.core.prepared import ModelQuestion
from fundraiser.core.transitions import advance

logger = logging.getLogger(__name__)

_TRIES: Final = 8
#: What was fetched, and what the ledger made of it: written at once, with the state if it moves.
_FETCHED: Final = (
    "payment_intent_id",
    "charge_id",
    "quarantine",
    "decline_code",
    "checked_at",
    "version",
    "net_minor",
)
#: A debit on its way, or one that waits for its giver: small deposits to name, a voucher to pay
#: (docs.stripe.com/payments/payment-methods#customer-actions).
_PROMISED: Final = frozenset({"processing", "requires_action"})


def _locked_workshop(pk: int) -> QuerySet[Workshop]:
    rows = Workshop.objects.select_for_update(no_key=True).filter(pk=pk)
    return rows.only("state", "starts_at", "duration_minutes", "campaign_id")  # its texts are long


def _locked_booking(pk: int) -> QuerySet[Booking]:
    return Booking.objects.select_for_update(no_key=True).filter(pk=pk)


_BOOKING: Final = ModelQuestion[Booking](_locked_booking, pk=int)
_WORKSHOP: Final = ModelQuestion[Workshop](_locked_workshop, pk=int)


class BusyError(Exception):
    """Others kept moving the donation: try again later."""


def apply(donation_id: int, *, gateway: Gateway, known: Donation | None = None) -> Donation:
    """Fetch everything that Stripe knows of a donation and bring our rows to it; return it.

    1. Read the donation's version, unless the caller has just read it (``known``).
    2. Outside any transaction, fetch session, charge, refunds and disputes.
    3. In one transaction lock donation → booking → workshop (→ total, last, by the ledger).
    4. If the version moved meanwhile, what was fetched may be older than what was applied: again.
    5. Post what the ledger lacks, move the states by table, write the outbox, version + 1.

    Raises GatewayError where Stripe cannot be asked, BusyError after too many rounds.
    """
    for _ in range(_TRIES):
        donation = known or Donation.objects.get(pk=donation_id)
        known = None
        if donation.session_id is None:
            raise ValueError("the donation has no session yet: checkout.open_session makes it")
        asked_at = clock.now()
        payment = gateway.fetch_payment(donation.session_id, account=donation.stripe_account)
        reached("apply:fetched")
        with transaction.atomic():
            locked = _locked(donation_id)
            reached("apply:locked")
            if locked.version != donation.version:
                continue
            locked.checked_at = asked_at
            _settle(locked, payment)
            reached("apply:advanced")
        reached("apply:committed")
        return locked
    raise BusyError(f"donation {donation_id}")


def _locked(donation_id: int) -> Donation:
    """Lock donation → booking → workshop, in this order, and return the donation with them."""
    donation = locking.with_siblings(donation_id)
    if donation.booking_id is not None:
        booking = _BOOKING.get(pk=donation.booking_id)
        booking.workshop = _WORKSHOP.get(pk=booking.workshop_id)
        donation.booking = booking
    return donation


def _settle(donation: Donation, payment: Payment) -> None:
    """Bring one locked donation to what was fetched of it."""
    complete = payment.session.status == "complete"
    # Where no money came, and none is on its way, nothing has to be believed.
    brings_money = payment.is_paid or payment.intent_status in _PROMISED
    mismatch = ledger.mismatch(donation, payment) if complete and brings_money else ""
    can_post = not mismatch or ledger.can_post(donation, payment)
    # Nobody needs to look any more at what went back whole, unless our rows still count it.
    is_over = payment.is_given_back and (can_post or donation.state != DonationState.PAID)
    donation.quarantine = "" if is_over else mismatch
    donation.payment_intent_id = payment.session.payment_intent_id or donation.payment_intent_id
    donation.charge_id = payment.charge_id or donation.charge_id
    donation.decline_code = payment.decline_code
    donation.version += 1
    posts = payment.is_paid and can_post and not donation.quarantine
    posted = ledger.post_missing(donation, payment) if posts else ()
    if donation.quarantine:
        _write(donation)
        logger.error("donation %s quarantined: %s", donation.pk, donation.quarantine)
    elif not can_post:
        _end(donation, DonationState.FAILED, paid_at=payment.charged_at)
    elif payment.is_paid:
        _settle_paid(donation, payment, posted)
    elif complete and payment.intent_status in _PROMISED:
        _settle_processing(donation)
    elif complete:
        _settle_failed(donation)
    elif payment.session.status == "expired":
        _end(donation, DonationState.EXPIRED)
    else:
        _write(donation)


def _write(donation: Donation, to: DonationState | None = None, **values: object) -> None:
    """Write what was fetched, and the state with ``values`` where it moves, in one UPDATE."""
    if to is None or to == donation.state:
        donation.save(update_fields=_FETCHED)
        return
    fetched = {name: getattr(donation, name) for name in _FETCHED}
    advance(donation, to, DONATION_TABLE, **fetched, **values)


def _settle_paid(donation: Donation, payment: Payment, posted: Sequence[LedgerEntry]) -> None:
    reached("apply:posted")
    if donation.state == DonationState.PROCESSING:
        seating.after_arrival(donation)
    arrived = donation.state != DonationState.PAID
    if arrived:
        seating.claim_seat(donation)
    _write(donation, DonationState.PAID, **({"paid_at": payment.charged_at} if arrived else {}))
    _tell_programs(donation, posted, arrived=arrived)
    seating.after_payment(donation, arrived=arrived)
    returned = {entry.source_id for entry in posted if entry.kind == "refund_failed"}
    for entry in posted:
        if entry.kind == "refund" and entry.source_id not in returned:
            outbox.queue(
                key=f"refund:{entry.source_id}", kind="refund", donation=donation.pk, entry=entry.pk
            )


def _tell_programs(donation: Donation, posted: Sequence[LedgerEntry], *, arrived: bool) -> None:
    kinds = {str(Kind.REFUND): "donation.refunded", str(Kind.DISPUTE): "donation.disputed"}
    told = [("donation.succeeded", str(donation.pk))] if arrived else []
    told += [(kinds[one.kind], one.source_id) for one in posted if one.kind in kinds]
    for kind, key in told:
        webhooks.tell(kind, campaign_id=donation.campaign_id, key=key, donation=donation.pk)


def _settle_processing(donation: Donation) -> None:
    """A bank debit on its way confirms the seat, never the total (PROMISES.md 9)."""
    if donation.state == DonationState.PROCESSING:
        _write(donation)
        return
    seating.claim_seat(donation)
    _write(donation, DonationState.PROCESSING)
    seating.after_promise(donation)
    outbox.queue(key=f"processing:{donation.pk}", kind="processing", donation=donation.pk)


def _settle_failed(donation: Donation) -> None:
    """The session is complete, but no money came: a bank debit was refused."""
    is_new = donation.state != DonationState.FAILED
    _end(donation, DonationState.FAILED)
    if is_new:
        outbox.queue(
            key=f"payment_failed:{donation.pk}", kind="payment_failed", donation=donation.pk
        )


def _end(donation: Donation, state: DonationState, *, paid_at: datetime | None = None) -> None:
    """End an attempt that brought no money, or whose money went back, and free its seats."""
    was_live = donation.state in LIVE
    _write(donation, state, paid_at=paid_at)
    if was_live:  # else its seats are free already, or another attempt's
        seating.after_failure(donation)


def lose_sight(donation_id: int) -> None:
    """End an unpaid attempt on an account that Stripe shows us no more, once its time is over.

    Its session cannot be paid after that; whether it was before, only the account's owner sees.
    """
    with transaction.atomic():
        donation = _locked(donation_id)
        unpaid = donation.state in {DonationState.CREATED, DonationState.OPEN}
        if unpaid and donation.session_expires_at <= clock.now():
            donation.version += 1
            _end(donation, DonationState.EXPIRED)


def abandon(donation_id: int, why: SessionImpossibleError) -> None:
    """End an attempt of which it is proven that no session exists at Stripe.

    One that took too long expires; one that Stripe refuses fails, with Stripe's reason kept.
    """
    with transaction.atomic():
        donation = _locked(donation_id)
        if donation.state == DonationState.CREATED and donation.session_id is None:
            donation.version += 1
            donation.decline_code = "" if why.out_of_time else why.reason[:60]
            _end(donation, DonationState.EXPIRED if why.out_of_time else DonationState.FAILED)
