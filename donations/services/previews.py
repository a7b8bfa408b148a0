"""Drafts as they will read once they are public: shown to their team, and never saved.

What is returned are copies, so that nothing which is written later takes them for the truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from donations.services import pages
from events.models import Campaign, Series, Workshop
from events.states import CampaignState, WorkshopState


def as_public(workshop: Workshop) -> Workshop:
    """Return a copy of a workshop, and of its campaign, as they read once both are public."""
    shown, campaign = copy(workshop), copy(workshop.campaign)
    if campaign.state == CampaignState.DRAFT:
        campaign.state = CampaignState.PUBLISHED
    if shown.state == WorkshopState.DRAFT:
        shown.state = WorkshopState.PUBLISHED
    shown.campaign = campaign
    return shown


def of_workshops(campaign: Campaign, language: str) -> dict[str, Any]:
    """Return the workshops of a draft for its page, and which of them are drafts themselves."""
    return _shown("workshops", campaign.workshops.order_by("starts_at"), campaign, language)


def of_series(series: Series, language: str) -> dict[str, Any]:
    """Return the dates of a series for its page, and which of them are drafts."""
    return _shown("dates", series.workshops.order_by("starts_at"), series.campaign, language)


def _shown(
    name: str, workshops: Iterable[Workshop], campaign: Campaign, language: str
) -> dict[str, Any]:
    rows = list(workshops)
    for one in rows:
        one.campaign = campaign
    shown = [pages.workshop_page(as_public(one), language) for one in rows]
    return {
        name: sorted(shown, key=lambda one: one.status == "past"),
        "drafts": [one.slug for one in rows if one.state == WorkshopState.DRAFT],
    }
