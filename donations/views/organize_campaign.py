"""What all of an organizer's pages about one campaign share: who may, and the way between them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from donations.services import pages
from donations.views import page_names
from donations.views.language import language
from events.models import Campaign
from events.services import access


def campaign_context(request: HttpRequest, campaign: Campaign, current: str) -> dict[str, Any]:
    """Return what templates/organize/campaign.html wants; ``current`` is the tab's name."""
    return {
        "campaign": pages.campaign_page(campaign, language()),
        "campaign_id": campaign.public_id,
        "accent_url": pages.accent_url(campaign),
        "may_edit": access.may_edit(request.user, campaign),
        "current": current,
        "page_name": page_names.OF_CAMPAIGN.get(current, ""),
    }
