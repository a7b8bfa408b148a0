"""Checkout: from the form to a payable page at Stripe, at most one for each booking.

Numbers are those of DESIGN.md, "The paid way, one direction".
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction

from donations.gateway import (
    AccountGoneError,
    CheckoutSession,
    Gateway,
    GatewayError,
    InProgressError,
    SessionImpossibleError,
)
from donations.models import Donation
from donations.services import (
    account_readiness,
    attempt_numbers,
    kept_seats,
    modes,
    parameters,
    settlement,
)
from donations.services.abuse import limits
from donations.states import LIVE, DonationState, Purpose
from events.models import Booking, Campaign, Workshop
from events.services import origins
from events.services.seating import seats
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.failpoints import reached
from fundraiser.core.money import Money

logger = logging.getLogger(__name__)

#: A hold's length. Stripe takes 30 minutes to 24 hours from the call on, and the end is stored
#: before it: after half an hour without Stripe the rest must still be long enough, with some
#: minutes for the sweeper to come round (PROMISES.md 15).
SESSION_TIME: Final = timedelta(minutes=65)
#: How long a second click waits for the session that the first one is making, in seconds.
PATIENCE_SECONDS: Final = 2.5


class UnreachableError(ServiceError):
    """Stripe did not answer; the seat stays held, and sending the form again goes on."""

    code = "unreachable"
    retryable = True


@dataclass(frozen=True, slots=True)
class Gift:
    """What a visitor asked for on the form. ``amount`` is what is charged, ``cover`` included."""

    amount: Money
    cover: Money
    payer: seats.Payer
    visit: uuid.UUID
    message: str = ""
    hide_name: bool = False
    hide_amount: bool = False
    client_hash: str = ""
    #: The form came by a link that was mailed to its address: others' open payments do not count.
    is_proven: bool = False
    #: The past workshop whose replay this gift, without a seat, lets its giver watch.
    replay: Workshop | None = None
    #: By which link or invitation the visitor came.
    origin: origins.Origin = field(default_factory=origins.Origin)

    @property
    def limited_email(self) -> str:
        """The address whose open payments are counted; empty: none is."""
        return "" if self.is_proven else self.payer.email

    def nonce(self, place: str) -> uuid.UUID:
        """Return what names this very gift: the same form sent twice gives the same one.

        A changed form is another gift; one sent again after its attempt ended: attempt_numbers.py.
        """
        payer = self.payer
        others = [(one.name, one.email.lower()) for one in payer.companions]
        typed = (place, self.amount.minor, payer.email.lower(), payer.seats, payer.name, others)
        shown = (self.message, self.hide_name, self.hide_amount, sorted(payer.answers.items()))
        return uuid.uuid5(self.visit, repr((*typed, *shown)))


def start(
    *, campaign: Campaign, workshop: Workshop | None, gift: Gift, gateway: Gateway
) -> Donation:
    """Hold seats if there is a workshop, and return a donation with a payable session.

    The same form sent again returns the same donation, in whatever state it is by now.
    Raises account_readiness.PausedError where the campaign's account takes no payments now,
    limits.TooManyError, seats.FullError, seats.ClosedError, or UnreachableError (the hold stays).
    """
    account_readiness.refuse_paused(campaign)
    attempts = attempt_numbers.of_form(gift.visit)
    # Attempts at another amount do not count: a second click comes while this one ends them.
    place = f"{campaign.pk}:{workshop.pk if workshop else ''}"
    nonce = attempt_numbers.unused(gift, place, attempts)
    donation = next((one for one in attempts if one.nonce == nonce), None)
    # Also where this one is known: tabs that were sent at the same moment did not see each other.
    replaced = [one for one in attempts if one.state in LIVE and one.nonce != nonce]
    if workshop is not None and not attempts:
        seats.refuse_full(workshop)
    if donation is None:  # A refusal leaves what is open as it is.
        limits.check(client_hash=gift.client_hash, email=gift.limited_email, visit=gift.visit)
    held = None if donation else kept_seats.reserve(attempts, workshop, gift.payer.seats)
    replace(replaced, gateway)
    kept_seats.let_go(replaced, but=held)
    if donation is None:
        try:
            donation = _hold(campaign, workshop, gift, nonce, held)
        except (IntegrityError, seats.FullError, limits.TooManyError):
            # The same form was sent twice and the other one was quicker, perhaps for the last seat.
            donation = attempt_numbers.under(nonce)
            if donation is None:
                raise
    reached("checkout:held")
    return open_session(donation, gateway=gateway)


def replace(others: Iterable[Donation], gateway: Gateway) -> None:
    """End the unpaid attempts of a form that were typed otherwise: back button, other amount.

    Raises UnreachableError.
    """
    for other in others:
        try:
            end(other, gateway=gateway)
        except (GatewayError, settlement.BusyError) as error:
            raise UnreachableError(str(error)) from error


def end(donation: Donation, *, gateway: Gateway) -> Donation:
    """End an unpaid attempt: make its session unpayable, then do what Stripe says.

    Returns the donation as it stands then: it may turn out to be paid. Raises GatewayError or
    BusyError.
    """
    ensure_session(donation, gateway=gateway)
    donation.refresh_from_db()
    if donation.session_id is None:
        return donation
    gateway.expire_session(donation.session_id, account=donation.stripe_account)
    return settlement.apply(donation.pk, gateway=gateway)


def _hold(
    campaign: Campaign, workshop: Workshop | None, gift: Gift, nonce: uuid.UUID, held: int | None
) -> Donation:
    """Step 2: seats, booking, registrations and donation in one transaction.

    ``held`` is a booking whose seats were kept for this.
    """
    with transaction.atomic():
        limits.take(client_hash=gift.client_hash, email=gift.limited_email)
        booking = kept_seats.take_over(held, gift.payer) if held is not None else None
        if workshop is not None and booking is None:
            booking = seats.hold(
                workshop=workshop, payer=gift.payer, nonce=nonce, hold_expires_at=None
            )
        donation = attempt(campaign, workshop, booking, gift, nonce)
        donation.save(force_insert=True)
    return donation


def attempt(
    campaign: Campaign,
    workshop: Workshop | None,
    booking: Booking | None,
    gift: Gift,
    nonce: uuid.UUID,
) -> Donation:
    """Return a new attempt to pay, not saved yet; its session may last SESSION_TIME from now on.

    Within the transaction that saves it. Raises account_readiness.PlaceMovedError.
    """
    account_readiness.hold_place(campaign)
    donation = Donation(
        campaign=campaign,
        workshop=workshop or gift.replay,
        booking=booking,
        purpose=Purpose.SEAT if booking else Purpose.GIFT,
        amount_minor=gift.amount.minor,
        fee_cover_minor=gift.cover.minor,
        currency=gift.amount.currency,
        name=gift.payer.name,
        email=gift.payer.email,
        language=gift.payer.language,
        message=gift.message,
        hide_name=gift.hide_name,
        hide_amount=gift.hide_amount,
        wants_news=gift.payer.wants_news,
        visit=gift.visit,
        nonce=nonce,
        client_hash=gift.client_hash,
        referral=gift.origin.referral,
        invitation=gift.origin.invitation,
        utm=dict(gift.origin.utm),
        stripe_account=campaign.stripe_account,
        livemode=modes.livemode_of(campaign.stripe_account),
        session_expires_at=clock.now().replace(microsecond=0) + SESSION_TIME,
        created_at=clock.now(),
    )
    donation.session_parameters = parameters.build(donation)
    return donation


def open_session(donation: Donation, *, gateway: Gateway) -> Donation:
    """Steps 3 and 4: make the session under the donation's own key, outside any transaction.

    Raises UnreachableError, or account_readiness.PausedError where Stripe shows us the account
    no more.
    """
    if donation.state != DonationState.CREATED:
        return donation
    try:
        ensure_session(donation, gateway=gateway)
    except AccountGoneError as error:
        raise account_readiness.PausedError(str(error)) from error
    except GatewayError as error:
        # Waiting helps only where the other request is known to be under way: a visitor who has
        # waited for Stripe's silence already gets the page that says so (PROMISES.md 15).
        patience = PATIENCE_SECONDS if isinstance(error, InProgressError) else 0
        if not _made_by_another(donation, seconds=patience):
            raise UnreachableError(str(error)) from error
    if donation.session_id is None:
        donation.refresh_from_db()
    return donation


def ensure_session(donation: Donation, *, gateway: Gateway) -> None:
    """Create, or learn again, the donation's session; abandon an attempt that can have none.

    The same key with the same parameters gives the same session, whoever asks and how often.
    Raises GatewayError.
    """
    if donation.session_id is not None:
        return
    try:
        session = gateway.create_session(
            parameters.complete(donation),
            idempotency_key=donation.idempotency_key,
            account=donation.stripe_account,
        )
    except SessionImpossibleError as error:
        logger.error("donation %s can have no session: %s", donation.pk, error)  # noqa: TRY400 -- no bug
        settlement.abandon(donation.pk, error)
        return
    reached("checkout:session_created")
    _save_session(donation, session)
    reached("checkout:opened")


def learn_session(donation: Donation, session_id: str, *, gateway: Gateway) -> None:
    """Take over the session that an event names for an attempt whose own call got no answer.

    Stripe may have forgotten the idempotency key by then (it keeps keys for 24 hours), so asking
    for the session under it would prove nothing. Raises GatewayError.
    """
    session = gateway.fetch_session(session_id, account=donation.stripe_account)
    if session.reference == str(donation.public_id):
        _save_session(donation, session)


def _save_session(donation: Donation, session: CheckoutSession) -> None:
    ids = {"session_id": session.id, "payment_intent_id": session.payment_intent_id}
    told = {**ids, "session_url": session.url}
    unknown = Donation.objects.filter(pk=donation.pk, session_id__isnull=True)
    opened = {**told, "state": DonationState.OPEN}
    if unknown.filter(state=DonationState.CREATED).update(**opened):
        for name, value in opened.items():
            setattr(donation, name, value)
        return
    # The webhook was quicker: only the ids are new, or nothing is.
    unknown.update(**told)
    donation.refresh_from_db()


def _made_by_another(donation: Donation, *, seconds: float) -> bool:
    """Look, for so long, for the session that a parallel request of the same form makes."""
    until = time.monotonic() + seconds
    while True:
        if Donation.objects.filter(pk=donation.pk, session_id__isnull=False).exists():
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.1)
