"""The organizer's first page: money, seats, and what needs attention."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from donations.models import CampaignTotal
from donations.services import attention, attention_words, pages, totals
from donations.views import attention_actions
from donations.views.language import language
from events.models import Campaign
from events.services import access
from fundraiser.core import clock


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The campaigns of the person's teams (all of them for an admin) and what they need."""
    is_admin = bool(getattr(request.user, "is_superuser", False))
    rows = list(access.campaigns_of(request.user, is_admin=is_admin).prefetch_related("workshops"))
    found = {row.campaign_id: row for row in CampaignTotal.objects.filter(campaign__in=rows)}
    mine = access.edited_teams(request.user, is_admin=is_admin)
    context = {
        "create_url": reverse("campaign_create") if mine else "",
        "campaigns": [_campaign(row, found.get(row.pk)) for row in rows],
        "attention": [_item(one, mine) for one in attention.of_campaigns(rows, is_admin=is_admin)],
    }
    return render(request, "organize/dashboard.html", context)


def _campaign(row: Campaign, total: CampaignTotal | None) -> dict[str, Any]:
    workshops = sorted(row.workshops.all(), key=lambda one: one.starts_at)
    upcoming = [one for one in workshops if one.ends_at > clock.now()]
    for workshop in upcoming[:1]:
        workshop.campaign = row
    return {
        "title": row.text("title", language()),
        "charity_name": row.charity_name,
        "destination": row.destination,
        "url": reverse("campaign", args=[row.slug]),
        "overview_url": reverse("organize_campaign", args=[row.public_id]),
        "state": row.state,
        "total": totals.read(row, total),
        "goal": row.goal,
        "next_workshop": pages.workshop_page(upcoming[0], language()) if upcoming else None,
        "workshops": [
            {
                "title": one.text("title", language()),
                "url": reverse("workshop_people", args=[one.public_id]),
                "seats": one.seats_taken,
                "is_past": one.ends_at <= clock.now(),
            }
            for one in workshops
        ],
    }


def _item(one: attention.Item, teams: Container[int]) -> dict[str, Any]:
    """An item as the page shows it: its words in the organizer's language.

    ``teams``: those whose money the person may move.
    """
    is_mine = one.campaign is None or one.campaign.team_id in teams
    told = attention_words.told(one, language(), names_all=is_mine)
    return {
        "kind": one.kind,
        "title": told.title,
        "detail": told.detail,
        "actions": attention_actions.of_item(one, teams),
    }
