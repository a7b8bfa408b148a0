"""A campaign's texts and facts edited; what money depends on stays once it is public."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import F

from donations.models import Donation, LedgerEntry, OfflineGift
from events.models import Campaign
from events.models.translated import merged
from events.services.campaigns import CharityFacts
from events.states import CampaignState, Destination
from fundraiser.core.errors import ServiceError


class MoneyFixedError(ServiceError):
    """Currency or destination were to change though the campaign was public, or has money."""

    code: ClassVar[str] = "money_fixed"


class PromiseError(ServiceError):
    """What people were promised when they gave was to be taken back; ``field`` says what."""

    code: ClassVar[str] = "promise"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written: title and story in the first language, and in others by language."""

    language: str
    title: str
    story: str
    organizer_name: str
    translated: dict[str, dict[str, str]]
    receipt_tax_wording: dict[str, str]
    receipt_tax_country: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What may change at any time. Amounts are minor units, ``accent`` is rrggbb."""

    goal_minor: int | None
    suggested_minor: list[int]
    minimum_minor: int | None
    maximum_minor: int | None
    closes_at: datetime | None
    send_by: date | None
    accent: str
    fees_paid_by_organizer: bool


@dataclass(frozen=True, slots=True)
class MoneyPlace:
    """What money depends on: fixed once the campaign is published, or money came."""

    currency: str
    destination: str
    charity: CharityFacts


def is_money_fixed(campaign: Campaign) -> bool:
    """Return whether currency, charity and destination can no longer change."""
    return (
        campaign.state != CampaignState.DRAFT
        or Donation.objects.filter(campaign=campaign).exists()
        or LedgerEntry.objects.filter(campaign=campaign).exists()
        or OfflineGift.objects.filter(campaign=campaign).exists()
    )


def is_currency_fixed(campaign: Campaign) -> bool:
    """Return whether the currency cannot change: amounts of workshops are written in it, too."""
    return is_money_fixed(campaign) or campaign.workshops.exists()


@transaction.atomic
def edit(campaign: Campaign, *, texts: Texts, facts: Facts, place: MoneyPlace | None) -> None:
    """Write an edit; ``place`` None leaves where the money goes as it is.

    The row is locked first, so that nobody publishes it between the check and the writing.
    Raises MoneyFixedError, or PromiseError.
    """
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    _keep_promises(row, facts)
    values: dict[str, object] = {
        **asdict(facts),
        "language": texts.language,
        "title": texts.title,
        "story": texts.story,
        "organizer_name": texts.organizer_name,
        "translations": merged(row.translations, texts.translated),
        "receipt_tax_wording": texts.receipt_tax_wording,
        "receipt_tax_country": texts.receipt_tax_country,
    }
    if texts.language != row.language:
        values |= _alt_values(row, texts)
    if place is not None:
        values |= _place_values(row, place)
    Campaign.objects.filter(pk=row.pk).update(**values, content_version=F("content_version") + 1)


def _keep_promises(row: Campaign, facts: Facts) -> None:
    """Refuse a later day of sending on, and fees that are no longer paid, once people may give."""
    if not is_money_fixed(row):
        return
    if row.send_by and (facts.send_by is None or facts.send_by > row.send_by):
        raise PromiseError("send_by")
    if row.fees_paid_by_organizer and not facts.fees_paid_by_organizer:
        raise PromiseError("fees_paid_by_organizer")


def _alt_values(row: Campaign, texts: Texts) -> dict[str, object]:
    """Return what the picture shows in words, where another language is the first one now."""
    given = row.translations.get(texts.language, {}).get("picture_alt", "")
    alts = {row.language: {"picture_alt": row.picture_alt}, texts.language: {"picture_alt": ""}}
    translated = merged(merged(row.translations, texts.translated), alts)
    return {"translations": translated, "picture_alt": given or row.picture_alt}


def _place_values(row: Campaign, place: MoneyPlace) -> dict[str, object]:
    """Return the columns of where the money goes; an account belongs to one destination.

    A charity's account is that charity's alone: for another one it has to be connected anew.
    """
    if is_money_fixed(row):
        raise MoneyFixedError(str(row.pk))
    if place.currency != row.currency and is_currency_fixed(row):
        raise MoneyFixedError(str(row.pk))
    if row.test_mode and place.destination == Destination.EXTERNAL:
        raise MoneyFixedError(str(row.pk))  # there is no Stripe in it, so nothing to test
    charity = place.charity
    moved = not row.test_mode and place.destination != row.destination
    is_theirs = row.destination == Destination.CHARITY and not row.test_mode
    if is_theirs and charity.name != row.charity_name:
        moved = True
    return {
        "currency": place.currency,
        "destination": place.destination,
        "stripe_account": "" if moved else row.stripe_account,
        "charity_key": charity.key,
        "charity_name": charity.name,
        "charity_site": charity.site,
        "charity_country": charity.country,
        "charity_registration": charity.registration,
    }
