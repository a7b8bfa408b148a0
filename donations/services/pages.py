"""What the public pages show: plain values, in one language, without another query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import segno
from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from donations.models import CampaignTotal, Donation
from donations.services import totals
from donations.services.remitting import proof
from events.models import Campaign, Workshop
from events.querysets import somebody_waits
from events.services import access, content
from events.services.seating import seats
from events.states import CampaignState, Destination, TeamState
from fundraiser.core import clock
from fundraiser.core.money import Money

WALL_LENGTH = 50


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A campaign as its visitors see it."""

    slug: str
    title: str
    story_html: SafeString
    organizer_name: str
    charity_name: str
    charity_site: str
    charity_country: str
    goal: Money | None
    currency: str
    closes_at: datetime | None
    send_by: date | None
    destination: str
    fees_paid_by_organizer: bool
    #: Whether its receipts carry a wording for taxes: then they do not say that they have none.
    has_tax_wording: bool
    state: str
    url: str


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


@dataclass(frozen=True, slots=True)
class WallGift:
    """One gift on the wall; what its giver hid is not in it."""

    display_name: str
    initial: str
    amount: Money | None
    message: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign on the home page."""

    title: str
    url: str
    charity_name: str
    organizer_name: str
    accent_url: str
    total: totals.Totals
    goal: Money | None
    goal_percent: int | None
    next_workshop: WorkshopPage | None


def accent_url(campaign: Campaign) -> str:
    """Return the address of the campaign's own colour, as a style sheet of one rule."""
    return reverse("accent", args=[campaign.accent])


def campaign_page(campaign: Campaign, language: str) -> CampaignPage:
    """Return what a campaign's pages show of it in ``language``."""
    return CampaignPage(
        slug=campaign.slug,
        title=campaign.text("title", language),
        story_html=content.markdown(campaign.text("story", language)),
        organizer_name=campaign.organizer_name,
        charity_name=campaign.charity_name,
        charity_site=campaign.charity_site,
        charity_country=campaign.charity_country,
        goal=campaign.goal,
        currency=campaign.currency,
        closes_at=campaign.closes_at,
        send_by=campaign.send_by,
        destination=campaign.destination,
        fees_paid_by_organizer=campaign.fees_paid_by_organizer,
        has_tax_wording=any(campaign.receipt_tax_wording.values()),
        state=campaign.state,
        url=reverse("campaign", args=[campaign.slug]),
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
    )


_SUSPENDED = ("suspended_at", "team__suspended_at")


def campaign_version(slug: str) -> tuple[int, int, str]:
    """Return what changes whenever a visible campaign's page must: one query; Http404 if none.

    Raises SuspendedError: what was made before is shown to nobody any more.
    """
    row = (
        Campaign.objects.visible()
        .filter(slug=slug)
        .values_list("content_version", "total__version", "state", *_SUSPENDED)
        .first()
    )
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
    row = (
        Workshop.objects.visible()
        .filter(campaign__slug=campaign_slug, slug=slug)
        .values_list(
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
        .first()
    )
    if row is None or row[3] == CampaignState.DRAFT or row[7] == TeamState.PENDING:
        raise Http404
    if any(row[8:]):
        raise access.SuspendedError
    capacity, taken, has_line = row[4:7]
    return *row[:4], has_line or (capacity is not None and taken >= capacity)


def sharing(path: str) -> dict[str, Any]:
    """Return the full address to share, and its QR code as SVG."""
    url = f"{settings.SITE_URL}{path}"
    return {"share_url": url, "qr_svg": _qr(url)}


@lru_cache(maxsize=256)
def _qr(url: str) -> SafeString:
    drawn = segno.make(url, error="m").svg_inline(scale=4, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 -- drawn by segno; holds no text of ours


def takes_gifts(campaign: Campaign) -> bool:
    """Return whether a visitor can give to the campaign now."""
    if campaign.state != CampaignState.PUBLISHED or campaign.is_suspended:
        return False
    if campaign.destination == Destination.EXTERNAL or campaign.team.state == TeamState.PENDING:
        return False
    return campaign.closes_at is None or campaign.closes_at > clock.now()


def wall(campaign: Campaign) -> list[WallGift]:
    """Return the latest gifts of which something is left, without what their givers hid."""
    rows = Donation.objects.filter(campaign=campaign, net_minor__gt=0).order_by("-paid_at", "-pk")
    fields = ("name", "hide_name", "hide_amount", "message", "net_minor", "currency", "paid_at")
    return [_wall_gift(row) for row in rows.values(*fields)[:WALL_LENGTH]]


def _wall_gift(row: dict[str, Any]) -> WallGift:
    name = "" if row["hide_name"] else row["name"].strip()
    return WallGift(
        display_name=name,
        initial=name[:1].upper(),
        amount=None if row["hide_amount"] else Money(row["net_minor"], row["currency"]),
        message=row["message"],
        given_at=row["paid_at"],
    )


def campaign_context(campaign: Campaign, language: str) -> dict[str, Any]:
    """Return everything that the campaign's page and its live part show: a few queries."""
    workshops = campaign.workshops.visible().order_by("starts_at")
    for workshop in workshops:
        workshop.campaign = campaign
    total = totals.of_campaign(campaign)
    gifts = wall(campaign)
    closes = campaign.closes_at
    return {
        "campaign": campaign_page(campaign, language),
        "total": total,
        "workshops": sorted(
            (workshop_page(workshop, language) for workshop in workshops),
            key=lambda shown: shown.status == "past",
        ),
        "gifts": gifts,
        "more_gifts": max(total.donors - len(gifts), 0),
        "days_left": None if closes is None else max((closes - clock.now()).days, 0),
        "give_url": reverse("give", args=[campaign.slug]) if takes_gifts(campaign) else "",
        "csv_url": reverse("entries_csv", args=[campaign.slug]),
        "total_url": reverse("campaign_total", args=[campaign.slug]),
        "accent_url": accent_url(campaign),
        **proof.context(campaign, total, language),
        **sharing(reverse("campaign", args=[campaign.slug])),
    }


def cards(language: str) -> list[CampaignCard]:
    """Return the campaigns of the home page, those that take gifts first: three queries."""
    now = clock.now()
    upcoming = Workshop.objects.visible().filter(starts_at__gt=now).order_by("starts_at")
    rows: Iterable[Campaign] = (
        Campaign.objects.visible()
        .not_suspended()
        .exclude(state=CampaignState.ARCHIVED)
        .select_related("team")
        .prefetch_related(Prefetch("workshops", queryset=upcoming, to_attr="upcoming"))
        .order_by("-state", "-created_at")[:60]
    )
    found = {row.campaign_id: row for row in CampaignTotal.objects.filter(campaign__in=rows)}
    return [_card(campaign, found.get(campaign.pk), language) for campaign in rows]


def _card(campaign: Campaign, row: CampaignTotal | None, language: str) -> CampaignCard:
    total = totals.read(campaign, row)
    upcoming: list[Workshop] = campaign.upcoming  # type: ignore[attr-defined]
    for workshop in upcoming:
        workshop.campaign = campaign
    return CampaignCard(
        title=campaign.text("title", language),
        url=reverse("campaign", args=[campaign.slug]),
        charity_name=campaign.charity_name,
        organizer_name=campaign.organizer_name,
        accent_url=accent_url(campaign),
        total=total,
        goal=campaign.goal,
        goal_percent=total.goal_percent,
        next_workshop=workshop_page(upcoming[0], language) if upcoming else None,
    )
