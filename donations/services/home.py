"""The home page's cards: one campaign each, as plain values, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.urls import reverse

from donations.models import CampaignTotal
from donations.services import totals
from donations.services.pages import WorkshopPage, accent_url, workshop_page
from events.models import Campaign, Workshop
from events.services.campaign_pictures import Picture, picture_of
from events.states import CampaignState
from fundraiser.core import clock
from fundraiser.core.money import Money


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign on the home page."""

    title: str
    url: str
    charity_name: str
    organizer_name: str
    accent_url: str
    picture: Picture | None
    total: totals.Totals
    goal: Money | None
    goal_percent: int | None
    next_workshop: WorkshopPage | None


def cards(language: str) -> list[CampaignCard]:
    """Return the home page's real campaigns, those that take gifts first: three queries."""
    upcoming = Workshop.objects.visible().filter(starts_at__gt=clock.now()).order_by("starts_at")
    rows: Iterable[Campaign] = (
        Campaign.objects.visible()
        .real()
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
        picture=picture_of(campaign, language),
        total=total,
        goal=campaign.goal,
        goal_percent=total.goal_percent,
        next_workshop=workshop_page(upcoming[0], language) if upcoming else None,
    )
