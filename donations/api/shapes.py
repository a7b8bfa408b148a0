"""What the API shows. Amounts are integer minor units with their currency; moments are UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from ninja import Schema

from donations.models import Donation
from donations.services.totals import Totals
from events.models import Campaign, Registration, Workshop
from events.services.attendees import attendee
from fundraiser.core.money import Money


class Amount(Schema):
    """Money: ``minor`` 2050 and ``currency`` USD are $20.50. Never a fraction."""

    minor: int
    currency: str


def amount(money: Money) -> Amount:
    """Return an amount."""
    return Amount(minor=money.minor, currency=money.currency)


def _minor(minor: int | None, currency: str) -> Amount | None:
    return None if minor is None else Amount(minor=minor, currency=currency)


class Charity(Schema):
    """For whom a campaign is. ``key`` is empty for one that is not of the catalogue."""

    key: str
    name: str
    site: str
    country: str
    registration: str


class CampaignShape(Schema):
    """A campaign."""

    id: UUID
    slug: str
    url: str
    state: str
    is_suspended: bool
    title: str
    story: str
    language: str
    translations: dict[str, dict[str, str]]
    organizer_name: str
    charity: Charity
    currency: str
    destination: str
    goal: Amount | None
    suggested: list[Amount]
    minimum: Amount | None
    maximum: Amount | None
    closes_at: datetime | None
    send_by: date | None
    accent: str
    fees_paid_by_organizer: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Campaign) -> CampaignShape:
        """Return a campaign as it is shown."""
        same = "slug state title story language organizer_name currency destination closes_at"
        more = "send_by accent fees_paid_by_organizer is_suspended created_at"
        return cls(
            **{name: getattr(row, name) for name in f"{same} {more}".split()},
            id=row.public_id,
            url=settings.SITE_URL + reverse("campaign", args=[row.slug]),
            translations=row.translations,
            charity=Charity(
                key=row.charity_key,
                name=row.charity_name,
                site=row.charity_site,
                country=row.charity_country,
                registration=row.charity_registration,
            ),
            goal=_minor(row.goal_minor, row.currency),
            suggested=[Amount(minor=one, currency=row.currency) for one in row.suggested_minor],
            minimum=_minor(row.minimum_minor, row.currency),
            maximum=_minor(row.maximum_minor, row.currency),
        )


class WorkshopShape(Schema):
    """A workshop. Its room is not in it: that is shown to those who come, and to nobody else."""

    id: UUID
    campaign: UUID
    slug: str
    url: str
    state: str
    title: str
    summary: str
    description: str
    translations: dict[str, dict[str, str]]
    speakers: list[str]
    starts_at: datetime
    time_zone: str
    duration_minutes: int
    capacity: int | None
    seats_taken: int
    suggested: list[Amount]
    minimum: Amount | None
    maximum: Amount | None
    zero_allowed: bool
    moderated: bool
    waiting_list: bool
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    accessibility: str
    created_at: datetime

    @classmethod
    def of(cls, row: Workshop) -> WorkshopShape:
        """Return a workshop as it is shown; its campaign is loaded."""
        campaign = row.campaign
        same = "slug state title summary description translations speakers starts_at time_zone"
        more = "duration_minutes capacity seats_taken zero_allowed moderated waiting_list"
        last = "registration_opens_at registration_closes_at accessibility created_at"
        currency = campaign.currency
        return cls(
            **{name: getattr(row, name) for name in f"{same} {more} {last}".split()},
            id=row.public_id,
            campaign=campaign.public_id,
            url=settings.SITE_URL + reverse("workshop", args=[campaign.slug, row.slug]),
            suggested=[Amount(minor=one, currency=currency) for one in row.suggested_minor],
            minimum=_minor(row.minimum_minor, currency),
            maximum=_minor(row.maximum_minor, currency),
        )


class RegistrationShape(Schema):
    """One person of a booking. Names, addresses and answers are null for who may not see them.

    So is when they registered, for everybody, where seats are carried by others’ gifts.
    """

    id: UUID
    booking: UUID
    campaign: UUID
    workshop: UUID
    state: str
    position: int
    language: str
    attended: bool | None
    registered_at: datetime | None
    confirmed_at: datetime | None
    name: str | None
    email: str | None
    answers: dict[str, Any] | None

    @classmethod
    def of(cls, row: Registration, *, personal: bool) -> RegistrationShape:
        """Return a person as a token sees them; ``personal``: with the name and all."""
        booking, person = row.booking, attendee(row)
        workshop = booking.workshop
        hides = workshop.hides_carried
        return cls(
            id=row.public_id,
            booking=booking.public_id,
            campaign=workshop.campaign.public_id,
            workshop=workshop.public_id,
            state=booking.state,
            position=row.position,
            language=person.language,
            attended=row.attended,
            registered_at=None if hides else row.created_at,
            confirmed_at=None if hides else booking.confirmed_at,
            name=person.name if personal else None,
            email=person.email if personal else None,
            answers=row.answers if personal else None,
        )


class DonationShape(Schema):
    """One attempt to pay. ``left`` is what is left of it: gift − refunds − disputes.

    Who gave is null for who may not see it, and where seats are carried by others’ gifts.
    """

    id: UUID
    campaign: UUID
    workshop: UUID | None
    state: str
    purpose: str
    amount: Amount
    fee_cover: Amount
    left: Amount
    hides_name: bool
    hides_amount: bool
    created_at: datetime
    paid_at: datetime | None
    name: str | None
    email: str | None
    message: str | None

    @classmethod
    def of(cls, row: Donation, *, personal: bool) -> DonationShape:
        """Return a donation as a token sees it."""
        workshop = row.workshop
        shown = personal and not (workshop is not None and workshop.hides_carried)
        return cls(
            id=row.public_id,
            campaign=row.campaign.public_id,
            workshop=workshop.public_id if workshop else None,
            state=row.state,
            purpose=row.purpose,
            amount=amount(row.amount),
            fee_cover=Amount(minor=row.fee_cover_minor, currency=row.currency),
            left=Amount(minor=row.net_minor, currency=row.currency),
            hides_name=row.hide_name,
            hides_amount=row.hide_amount,
            created_at=row.created_at,
            paid_at=row.paid_at,
            name=row.name if shown else None,
            email=row.email if shown else None,
            message=row.message if shown else None,
        )


class TotalsShape(Schema):
    """A campaign's money in its one currency, as its public page has it."""

    campaign: UUID
    currency: str
    gifts: Amount
    refunds: Amount
    disputes: Amount
    raised: Amount
    fees: Amount
    owed: Amount
    sent: Amount
    outstanding: Amount
    declared: Amount
    pledged: Amount
    donors: int
    goal: Amount | None
    goal_percent: int | None

    @classmethod
    def of(cls, row: Campaign, totals: Totals) -> TotalsShape:
        """Return a campaign's totals as they are shown."""
        names = "gifts refunds disputes raised fees owed sent outstanding declared pledged".split()
        return cls(
            **{name: amount(getattr(totals, name)) for name in names},
            campaign=row.public_id,
            currency=row.currency,
            donors=totals.donors,
            goal=_minor(row.goal_minor, row.currency),
            goal_percent=totals.goal_percent,
        )
