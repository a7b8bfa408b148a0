"""Campaigns: begun, given another address, closed, opened again, put away; what an edit does."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from events.models import Campaign, CampaignAddress, Team
from events.services.webhooks import outbox as webhooks
from events.states import CAMPAIGN_TABLE, TEST_ACCOUNT, CampaignState
from fundraiser.core import clock, transitions
from fundraiser.core.errors import ServiceError

_LONGEST_SLUG: Final = 60
_ATTEMPTS: Final = 5


class AddressTakenError(ServiceError):
    """Another campaign has, or once had, this address."""

    code = "address_taken"
    retryable: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class CharityFacts:
    """For whom a campaign is. ``key``: of the catalogue (events/charities.py), or empty."""

    name: str
    site: str = ""
    country: str = ""
    registration: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The few things with which a campaign begins. Amounts are minor units of ``currency``."""

    title: str
    language: str
    charity: CharityFacts
    currency: str
    destination: str
    goal_minor: int | None
    suggested_minor: list[int]
    closes_at: datetime | None
    send_by: date | None
    #: Whether it runs on Stripe's test keys, for ever.
    test_mode: bool = False


def set_external(campaign_id: int, *, external_url: str, claim_days: int) -> None:
    """Set the charity's own giving page (https), and for how many days a seat waits."""
    Campaign.objects.filter(pk=campaign_id).update(external_url=external_url, claim_days=claim_days)
    content_changed(campaign_id)


def content_changed(campaign_id: int) -> None:
    """Raise the version of a campaign's content, so that nobody is shown its old pages."""
    Campaign.objects.filter(pk=campaign_id).update(content_version=F("content_version") + 1)


def create(*, team: Team, begin: Beginning) -> Campaign:
    """Return a new draft; its address is made from its title."""
    for attempt in range(_ATTEMPTS):
        slug = free_slug(begin.title, certain=attempt > 0)
        try:
            with transaction.atomic():
                return _insert(team, slug, begin)
        except IntegrityError:  # somebody took the address in this moment
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _insert(team: Team, slug: str, begin: Beginning) -> Campaign:
    charity = begin.charity
    return Campaign.objects.create(
        team=team,
        slug=slug,
        title=begin.title,
        language=begin.language,
        organizer_name=team.name,
        charity_key=charity.key,
        charity_name=charity.name,
        charity_site=charity.site,
        charity_country=charity.country,
        charity_registration=charity.registration,
        currency=begin.currency,
        destination=begin.destination,
        goal_minor=begin.goal_minor,
        suggested_minor=begin.suggested_minor,
        closes_at=begin.closes_at,
        send_by=begin.send_by,
        test_mode=begin.test_mode,
        stripe_account=TEST_ACCOUNT if begin.test_mode else "",
    )


def free_slug(title: str, *, certain: bool = False) -> str:
    """Return an address that nobody has or had; ``certain`` adds letters that nobody guesses."""
    base = slugify(title)[:_LONGEST_SLUG].strip("-") or "campaign"
    if not certain and not is_taken(base):
        return base
    return f"{base}-{secrets.token_hex(4 if certain else 2)}"


def is_taken(slug: str, but_by: Campaign | None = None) -> bool:
    """Return whether another campaign has this address, or had it."""
    own = but_by.pk if but_by else 0
    return (
        Campaign.objects.filter(slug=slug).exclude(pk=own).exists()
        or CampaignAddress.objects.filter(slug=slug).exclude(campaign_id=own).exists()
    )


@transaction.atomic
def change_address(campaign: Campaign, slug: str) -> None:
    """Give a campaign another address; one that was public leads to it for ever.

    1. The row is locked, so that it is not published meanwhile.
    2. Write first: whoever leaves this address in the same moment has left it then.
    3. Only then look at the old addresses: those of everybody who committed before are seen.

    Raises AddressTakenError.
    """
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if row.slug == slug:
        return
    CampaignAddress.objects.filter(campaign=row, slug=slug).delete()
    try:
        with transaction.atomic():
            Campaign.objects.filter(pk=row.pk).update(slug=slug)
            if row.state != CampaignState.DRAFT:
                CampaignAddress.objects.create(campaign=row, slug=row.slug)
    except IntegrityError as error:
        raise AddressTakenError(slug) from error
    if is_taken(slug, but_by=row):
        raise AddressTakenError(slug)
    content_changed(row.pk)
    campaign.slug = slug


def move(campaign: Campaign, to: CampaignState) -> None:
    """Close, put away, or take out again, by the table; publishing has a service of its own.

    Raises TransitionError and StaleStateError.
    """
    if to == CampaignState.PUBLISHED:
        raise transitions.TransitionError(campaign, campaign.state, to)
    was_public = campaign.state == CampaignState.PUBLISHED
    with transaction.atomic():
        transitions.advance(campaign, to, CAMPAIGN_TABLE)
        content_changed(campaign.pk)
        if was_public:
            moved("campaign.closed", campaign)


def moved(kind: str, campaign: Campaign) -> None:
    """Tell the team's programs that a campaign opened or closed, in the transaction that does."""
    key = f"{campaign.pk}:{clock.now():%Y%m%d%H%M%S%f}"
    webhooks.tell(kind, campaign_id=campaign.pk, key=key, campaign=campaign.pk)


def moves(campaign: Campaign) -> list[str]:
    """Return the states to which the table lets a campaign go from where it stands."""
    return sorted(CAMPAIGN_TABLE[CampaignState(campaign.state)])
