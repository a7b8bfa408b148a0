"""The organizer's first page: money, seats, and what needs attention."""

from __future__ import annotations

from collections.abc import Container
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from donations.models import CampaignTotal
from donations.services import attention, attention_words, charts, next_steps, pages, totals
from donations.services.attention_items import Item
from donations.views import attention_actions
from donations.views.language import language
from events.models import Campaign
from events.services import access, teams
from fundraiser.core import clock


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The campaigns of the person's teams (all of them for an admin) and what they need."""
    is_admin = bool(getattr(request.user, "is_superuser", False))
    rows = list(access.campaigns_of(request.user, is_admin=is_admin).prefetch_related("workshops"))
    found = {row.campaign_id: row for row in CampaignTotal.objects.filter(campaign__in=rows)}
    mine = access.edited_teams(request.user, is_admin=is_admin)
    drawn = charts.of_campaigns(rows)
    context = {
        "health_url": reverse("health") if is_admin else "",
        "site_exports_url": reverse("site_exports") if is_admin else "",
        "create_url": reverse("campaign_create") if mine else "",
        **_beginning(request, has_campaigns=bool(rows)),
        "campaigns": [
            {
                **_campaign(row, found.get(row.pk)),
                **_work(row, found.get(row.pk), drawn[row.pk], may_edit=row.team_id in mine),
            }
            for row in rows
        ],
        "attention": [_item(one, mine) for one in attention.of_campaigns(rows, is_admin=is_admin)],
    }
    return render(request, "organize/dashboard.html", context)


def _beginning(request: HttpRequest, *, has_campaigns: bool) -> dict[str, Any]:
    """Where somebody who has nothing yet begins: with a team, opened or joined."""
    if has_campaigns or access.memberships_of(request.user).exists():
        return {}
    may_open = teams.may_open(request.user)
    return {"no_team": True, "open_url": reverse("team_open") if may_open else ""}


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


#: Where each next step is done: the first of these addresses that the site has.
_PLACES: Final = {
    "finish": ("campaign_edit", "organize_campaign"),
    "add_workshop": ("workshop_create", "campaign_workshops"),
    "publish_workshop": ("workshop_edit",),
    "room": ("workshop_room",),
    "replay": ("workshop_room",),
    "send_on": ("campaign_remittances",),
    "thank": ("campaign_updates",),
    "share": ("campaign_share", "campaign_referrals"),
}


def _work(
    row: Campaign, total: CampaignTotal | None, drawn: charts.Charts, *, may_edit: bool
) -> dict[str, Any]:
    """The chart and the next step; a viewer gets everybody's chart, and has nothing to do."""
    if not may_edit:
        return {"chart": drawn.public}
    workshops = sorted(row.workshops.all(), key=lambda one: one.starts_at)
    step = next_steps.of(row, workshops, totals.read(row, total), clock.now())
    shown = {
        "kind": step.kind,
        "title": step.workshop.text("title", language()) if step.workshop else "",
        "url": _place(step, step.workshop.public_id if step.workshop else row.public_id),
    }
    return {"chart": drawn.whole, "step": shown, "public_id": row.public_id}


def _place(step: next_steps.Step, public_id: UUID) -> str:
    for name in _PLACES[step.kind]:
        with suppress(NoReverseMatch):
            return reverse(name, args=[public_id])
    return ""


def _item(one: Item, mine: Container[int]) -> dict[str, Any]:
    """An item as the page shows it: its words in the organizer's language.

    ``mine``: the teams whose money the person may move.
    """
    is_mine = one.campaign is None or one.campaign.team_id in mine
    told = attention_words.told(one, language(), names_all=is_mine)
    return {
        "kind": one.kind,
        "title": told.title,
        "detail": told.detail,
        "actions": attention_actions.of_item(one, mine),
    }
