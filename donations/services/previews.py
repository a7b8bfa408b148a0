"""Drafts as they will read once they are public: shown to their team, and never saved.

What is returned are copies, so that nothing which is written later takes them for the truth.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from donations.services import pages
from events.models import Campaign, Workshop
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
    rows = list(campaign.workshops.order_by("starts_at"))
    for one in rows:
        one.campaign = campaign
    shown = [pages.workshop_page(as_public(one), language) for one in rows]
    return {
        "workshops": sorted(shown, key=lambda one: one.status == "past"),
        "drafts": [one.slug for one in rows if one.state == WorkshopState.DRAFT],
    }
