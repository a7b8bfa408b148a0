"""What all of an organizer's pages about one workshop share: who may, and the way between them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from donations.services import pages
from donations.views import page_names
from donations.views.language import language
from events.models import Workshop
from events.services import access


def workshop_context(request: HttpRequest, workshop: Workshop, current: str) -> dict[str, Any]:
    """Return what templates/organize/workshop.html wants; ``current`` is the tab's name."""
    return {
        "workshop": pages.workshop_page(workshop, language()),
        "workshop_id": workshop.public_id,
        "campaign": pages.campaign_page(workshop.campaign, language()),
        "accent_url": pages.accent_url(workshop.campaign),
        "may_edit": access.may_edit(request.user, workshop.campaign),
        "current": current,
        "page_name": page_names.OF_WORKSHOP.get(current, ""),
        "campaign_page_url": reverse("organize_campaign", args=[workshop.campaign.public_id]),
    }


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what a form was filled in with, even if that is nothing; None where it is shown."""
    return request.POST if request.method == "POST" else None
