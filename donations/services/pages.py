"""What the public pages show: plain values, in one language, without another query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from donations.models import CampaignUpdate, Remittance
from donations.services import account_readiness, sharing, social_cards, totals, walls
from donations.services.abuse import pausing
from donations.services.declaring import claims
from donations.services.remitting import proof
from events import charities
from events.models import Campaign, Workshop
from events.querysets import CampaignQuerySet, somebody_waits
from events.services import access, content
from events.services.campaign_pictures import Picture, picture_of
from events.services.seating import seats
from events.states import CampaignState, Destination, TeamState
from fundraiser.core import clock
from fundraiser.core.money import Money
from fundraiser.core.prepared import Question


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A campaign as its visitors see it."""

    slug: str
    title: str
    picture: Picture | None
    story_html: SafeString
    organizer_name: str
    charity_name: str
    charity_site: str
    charity_country: str
    charity_fact: str
    goal: Money | None
    currency: str
    closes_at: datetime | None
    send_by: date | None
    destination: str
    external_url: str
    fees_paid_by_organizer: bool
    #: Whether its receipts carry a wording for taxes: then they do not say that they have none.
    has_tax_wording: bool
    state: str
    url: str
    test_mode: bool  # every page of it says so


@dataclass(frozen=True, slots=True)
class WorkshopPage:
    """A workshop as its visitors see it. ``starts_at`` is UTC, ``time_zone`` its own."""

    slug: str
    title: str
    summary: str
    description_html: SafeString
    speakers: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    duration_minutes: int
    capacity: int | None
    seats_left: int | None
    registration_opens_at: datetime | None
    status: str
    url: str
    moderated: bool
    captions: Sequence[str]  # the languages of live captions, by their names
    accessibility_html: SafeString
    test_mode: bool


def accent_url(campaign: Campaign) -> str:
    """Return the address of the campaign's own colour, as a style sheet of one rule."""
    return reverse("accent", args=[campaign.accent])


def campaign_page(campaign: Campaign, language: str) -> CampaignPage:
    """Return what a campaign's pages show of it in ``language``."""
    return CampaignPage(
        slug=campaign.slug,
        title=campaign.text("title", language),
        picture=picture_of(campaign, language),
        story_html=content.markdown(campaign.text("story", language)),
        organizer_name=campaign.organizer_name,
        charity_name=campaign.charity_name,
        charity_site=campaign.charity_site,
        charity_country=campaign.charity_country,
        charity_fact=charities.fact(campaign.charity_key),
        goal=campaign.goal,
        currency=campaign.currency,
        closes_at=campaign.closes_at,
        send_by=campaign.send_by,
        destination=campaign.destination,
        external_url=campaign.external_url,
        fees_paid_by_organizer=campaign.fees_paid_by_organizer,
        has_tax_wording=any(campaign.receipt_tax_wording.values()),
        state=campaign.state,
        url=reverse("campaign", args=[campaign.slug]),
        test_mode=campaign.test_mode,
    )


def workshop_page(workshop: Workshop, language: str) -> WorkshopPage:
    """Return what a workshop's pages show of it in ``language``; its campaign is loaded.

    Where people wait, no seat is left for a visitor: what is free is on its way to them.
    """
    status = seats.registration_status(workshop, clock.now())
    return WorkshopPage(
        slug=workshop.slug,
        title=workshop.text("title", language),
        summary=workshop.text("summary", language),
        description_html=content.markdown(workshop.text("description", language)),
        speakers=tuple(workshop.speakers),
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
        time_zone=workshop.time_zone,
        duration_minutes=workshop.duration_minutes,
        capacity=workshop.capacity,
        seats_left=0 if status == "full" else workshop.seats_left,
        registration_opens_at=workshop.registration_opens_at,
        status=status,
        url=reverse("workshop", args=[workshop.campaign.slug, workshop.slug]),
        moderated=workshop.moderated,
        captions=[get_language_info(code)["name_translated"] for code in workshop.captions],
        accessibility_html=content.markdown(workshop.text("accessibility", language)),
        test_mode=workshop.campaign.test_mode,
    )


_SUSPENDED = ("suspended_at", "team__suspended_at")


def _campaign_question(slug: str) -> QuerySet[Campaign, tuple[Any, ...]]:
    rows = Campaign.objects.visible().filter(slug=slug)
    return rows.values_list("content_version", "total__version", "state", *_SUSPENDED)


def _workshop_question(campaign_slug: str, slug: str) -> QuerySet[Workshop, tuple[Any, ...]]:
    rows = Workshop.objects.visible().filter(campaign__slug=campaign_slug, slug=slug)
    return rows.values_list(
        "campaign__content_version",
        "schedule_version",
        "state",
        "campaign__state",
        "capacity",
        "seats_taken",
        somebody_waits(),
        "campaign__team__state",
        *(f"campaign__{name}" for name in _SUSPENDED),
    )


_CAMPAIGN = Question(_campaign_question, slug=str)
_WORKSHOP = Question(_workshop_question, campaign_slug=str, slug=str)


def campaign_version(slug: str) -> tuple[int, int, str]:
    """Return what changes whenever a visible campaign's page must: one query; Http404 if none.

    Raises SuspendedError: what was made before is shown to nobody any more.
    """
    row = _CAMPAIGN.first(slug=slug)
    if row is None:
        raise Http404
    if row[3] or row[4]:
        raise access.SuspendedError
    return row[0], row[1] or 0, row[2]


def workshop_version(campaign_slug: str, slug: str) -> tuple[int, int, str, str, bool]:
    """Return what changes whenever a visible workshop's page must: one query; Http404 if none.

    That the last seat went, or came back, or that somebody waits, counts at once; how many are left
    may be seconds old, so that a rush of buyers does not make the page anew for each of them.
    Raises SuspendedError as well.
    """
    row = _WORKSHOP.first(campaign_slug=campaign_slug, slug=slug)
    if row is None or row[3] == CampaignState.DRAFT or row[7] == TeamState.PENDING:
        raise Http404
    if any(row[8:]):
        raise access.SuspendedError
    content, schedule, state, campaign_state, capacity, taken, has_line = row[:7]
    is_full = capacity is not None and taken >= capacity
    return content, schedule, state, campaign_state, has_line or is_full


def takes_gifts(campaign: Campaign) -> bool:
    """Return whether a visitor can give to the campaign here now, through Stripe."""
    if campaign.state != CampaignState.PUBLISHED or campaign.is_suspended:
        return False
    if campaign.destination == Destination.EXTERNAL or campaign.team.state == TeamState.PENDING:
        return False
    is_over = campaign.closes_at is not None and campaign.closes_at <= clock.now()
    return not (is_over or pausing.is_on_for(campaign) or account_readiness.is_paused(campaign))


def is_paused(campaign: Campaign) -> bool:
    """Return whether it would take gifts, if the site took any and its Stripe account could."""
    if campaign.destination == Destination.EXTERNAL:  # its gifts are taken elsewhere
        return False
    is_stopped = pausing.is_on_for(campaign) or account_readiness.is_paused(campaign)
    return campaign.state == CampaignState.PUBLISHED and is_stopped


def give_url(campaign: Campaign) -> str:
    """Return where one gives to the campaign, or shows what one gave elsewhere; empty: nowhere."""
    is_open = takes_gifts(campaign) or claims.are_taken(campaign)
    return reverse("give", args=[campaign.slug]) if is_open else ""


def read_at_once() -> CampaignQuerySet:
    """Return campaigns with what their page asks of other tables, in one query.

    Their total, whether the site takes money, and whether there is a transfer or an update.
    """
    own = {"campaign": OuterRef("pk")}
    return Campaign.objects.select_related("total").annotate(
        site_paused=pausing.open_ones(),
        has_transfers=Exists(Remittance.objects.filter(**own)),
        has_updates=Exists(CampaignUpdate.objects.filter(**own, published_at__isnull=False)),
    )


def campaign_context(campaign: Campaign, language: str) -> dict[str, Any]:
    """Return everything that the campaign's page and its live part show: a few queries.

    Less of them for a row of ``read_at_once``; two or three more where gifts were given elsewhere,
    or are promised.
    """
    workshops = campaign.workshops.visible().order_by("starts_at")
    for workshop in workshops:
        workshop.campaign = campaign
    total = totals.read(campaign, getattr(campaign, "total", None))
    gifts = walls.latest(campaign, declared=bool(total.declared))
    closes = campaign.closes_at
    return {
        "campaign": campaign_page(campaign, language),
        "total": total,
        "workshops": sorted(
            (workshop_page(workshop, language) for workshop in workshops),
            key=lambda shown: shown.status == "past",
        ),
        "gifts": gifts,
        "pledges": walls.pledges(campaign) if total.pledged else [],
        "more_gifts": max(total.donors - len(gifts), 0),
        "days_left": None if closes is None else max((closes - clock.now()).days, 0),
        "give_url": give_url(campaign),
        "paused": is_paused(campaign),
        "site_paused": pausing.is_on_for(campaign),
        "csv_url": reverse("entries_csv", args=[campaign.slug]),
        "total_url": reverse("campaign_total", args=[campaign.slug]),
        "accent_url": accent_url(campaign),
        **proof.context(campaign, total, language),
        "share_image": social_cards.url(campaign, language, total.together),
        **sharing.of_path(reverse("campaign", args=[campaign.slug])),
    }
