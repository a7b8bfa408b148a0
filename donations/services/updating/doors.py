"""The doors through which views get updates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString

from donations.models import CampaignUpdate, Donation
from events.models import Campaign
from events.services import content
from fundraiser.core import links

UPDATES_OFF_LINK = "updates-off"


@dataclass(frozen=True, slots=True)
class UpdateShown:
    """A published update, as its campaign's page shows it."""

    public_id: UUID
    title: str
    body_html: SafeString
    published_at: datetime
    anchor: str


def of_campaign(campaign: Campaign) -> QuerySet[CampaignUpdate]:
    """Return a campaign's updates, drafts first, then the latest."""
    return CampaignUpdate.objects.filter(campaign=campaign).order_by("-published_at", "-pk")


def update_of(campaign: Campaign, public_id: UUID) -> CampaignUpdate:
    """Return one of a campaign's updates; Http404 for another's."""
    found = get_object_or_404(CampaignUpdate, public_id=public_id, campaign=campaign)
    found.campaign = campaign
    return found


def shown(update: CampaignUpdate, language: str) -> UpdateShown:
    """Return an update in a language, as it is or would be published."""
    return UpdateShown(
        public_id=update.public_id,
        title=update.text("title", language),
        body_html=content.markdown(update.text("body", language)),
        published_at=update.published_at or update.created_at,
        anchor=f"update-{update.public_id.hex[:8]}",
    )


def published(campaign: Campaign, language: str) -> Sequence[UpdateShown]:
    """Return what a campaign's page shows, latest first: one query."""
    rows = of_campaign(campaign).filter(published_at__isnull=False)
    return [shown(row, language) for row in rows[:20]]


def updates_off_link(donation: Donation) -> str:
    """Return the token that ends a giver's news."""
    return links.make(UPDATES_OFF_LINK, donation.public_id, donation.link_version)
