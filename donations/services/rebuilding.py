"""Gifts that Stripe knows and we do not: made anew after a backup older than they was restored.

A session carries our own ids in its metadata (parameters.py). From them the donation comes back
under the number that it had, with its booking, whose links in old mails work again, and with as
many registrations. What only we knew (names of people who come along, answers, messages) is gone:
``rebuilt_without`` says so, and the organizers are shown it.

It comes back as an attempt that has expired, holding no seat. ``settlement.apply`` then does what
it does with all late money (PROMISES.md 7 and 13): a seat if one is left, else it asks the giver.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from donations.gateway import CheckoutSession
from donations.models import Donation
from donations.states import DonationState, Purpose
from events.models import Booking, Campaign, Registration, Workshop
from events.states import TEST_ACCOUNT, BookingState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

logger = logging.getLogger(__name__)

_LANGUAGES: Final = ("en", "fr")
_MOST_SEATS: Final = 20


class LostError(ServiceError):
    """It is a gift of this site, but its campaign is unknown here; the text says what is known."""

    code = "lost"


def is_ours(session: CheckoutSession) -> bool:
    """Whether a session was made by a site such as this one."""
    donation = session.metadata.get("donation")
    return _uuid(donation) is not None and donation == session.reference


def rebuild(session: CheckoutSession, *, account: str, site: str) -> Donation | None:
    """Return the donation of a session, made anew if there is none; None: it is somebody else's.

    Raises LostError where this site (SITE_URL) took it for a campaign that it does not know.
    """
    if not is_ours(session):
        return None
    known = Donation.objects.filter(public_id=session.reference).first()
    if known is not None:
        return known if known.stripe_account == account else None
    told = session.metadata
    campaign = Campaign.objects.filter(public_id__in=_uuids(told.get("campaign"))).first()
    if campaign is None or campaign.currency != session.amount.currency:
        if told.get("site") != site:
            return None  # another installation uses the same Stripe account
        raise LostError(f"paid to campaign {told.get('campaign')}, which is not known here")
    if campaign.test_mode != (account == TEST_ACCOUNT):
        raise LostError(f"campaign {told.get('campaign')} is one of Stripe's other mode")
    try:
        with transaction.atomic():
            return _make(session, campaign, account)
    except IntegrityError:  # another run was quicker
        return Donation.objects.filter(public_id=session.reference).first()


def _make(session: CheckoutSession, campaign: Campaign, account: str) -> Donation:
    told = session.metadata
    created = session.created or clock.now()
    workshop = campaign.workshops.filter(public_id__in=_uuids(told.get("workshop"))).first()
    booking, is_new = None, False
    if workshop is not None and told.get("booking"):
        booking, is_new = _booking(session, workshop, created)
    lost = ["workshop"] if told.get("workshop") and workshop is None else []
    lost += ["people"] if is_new else []
    cover = _number(told.get("fee_cover"), most=session.amount.minor - 1)
    donation = Donation.objects.create(
        public_id=UUID(session.reference),
        campaign=campaign,
        workshop=workshop,
        booking=booking,
        purpose=Purpose.SEAT if booking else Purpose.GIFT,
        state=DonationState.EXPIRED,
        amount_minor=session.amount.minor,
        fee_cover_minor=cover,
        currency=session.amount.currency,
        name=_name(session),
        email=session.email[:254],
        language=_language(told),
        # Whether they may be shown, nobody knows any more.
        hide_name=True,
        hide_amount=True,
        stripe_account=account,
        livemode=session.livemode,
        session_id=session.id,
        session_expires_at=session.expires_at,
        created_at=created,
        rebuilt_at=clock.now(),
        rebuilt_without=" ".join(lost),
    )
    logger.warning("donation %s made anew from %s", donation.pk, session.id)
    return donation


def _booking(
    session: CheckoutSession, workshop: Workshop, created: datetime
) -> tuple[Booking, bool]:
    """Return the booking that was paid for, and whether it had to be made anew, without a seat."""
    told = session.metadata
    public_id = _uuid(told["booking"]) or uuid4()
    known = Booking.objects.filter(public_id=public_id, workshop=workshop)
    # What was offered to it and paid since is no place in the line any more.
    waiting = known.filter(state=BookingState.WAITING)
    waiting.update(state=BookingState.EXPIRED, awaits_approval=False)
    if (found := known.first()) is not None:
        return found, False
    seats = max(_number(told.get("seats"), most=_MOST_SEATS), 1)
    booking = Booking.objects.create(
        public_id=public_id,
        workshop=workshop,
        state=BookingState.EXPIRED,
        seats=seats,
        name=_name(session),
        email=session.email[:254],
        language=_language(told),
        created_at=created,
    )
    ids = _uuids(told.get("registrations"))
    for index in range(seats):
        payer = {"name": booking.name, "email": booking.email} if index == 0 else {}
        Registration.objects.create(
            public_id=ids[index] if index < len(ids) else uuid4(),
            booking=booking,
            position=index + 1,
            created_at=created,
            **payer,
        )
    return booking, True


def _name(session: CheckoutSession) -> str:
    return (session.name or session.email.partition("@")[0])[:120]


def _language(told: Mapping[str, str]) -> str:
    language = told.get("language", "")
    return language if language in _LANGUAGES else _LANGUAGES[0]


def _number(text: str | None, *, most: int) -> int:
    return min(int(text), most) if text and text.isdecimal() and len(text) < 16 else 0


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _uuids(texts: str | None) -> list[UUID]:
    """Return the ids in a text that has spaces between them."""
    return [one for text in (texts or "").split() if (one := _uuid(text))]
