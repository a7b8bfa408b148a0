"""A campaign begun, looked over, and led from draft to record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.services import modes, publishing, totals
from donations.views.language import language
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed
from events.forms.campaigns import CreateForm
from events.models import Campaign
from events.services import access, access_campaigns, campaigns
from events.states import CampaignState, Destination
from fundraiser.core.transitions import StaleStateError, TransitionError


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_create(request: HttpRequest) -> HttpResponse:
    """Begin a campaign with a few fields; the rest comes on its own pages."""
    teams = list(access_campaigns.teams_of_editor(request.user))
    if not teams:
        if access.memberships_of(request.user).exists():
            raise PermissionDenied
        return render(request, "organize/campaign_no_team.html", {"team_url": _found("team_open")})
    form = CreateForm(typed(request), teams=teams, offers_test=modes.is_offered())
    if request.method == "POST" and form.is_valid():
        made = campaigns.create(team=form.team_chosen(), begin=form.beginning())
        messages.success(request, _("Your campaign is a draft: only your team sees it."))
        return redirect("organize_campaign", public_id=made.public_id)
    status = 422 if form.errors else 200
    return render(request, "organize/campaign_create.html", {"form": form}, status=status)


def _found(name: str, *args: object) -> str:
    """Return the address of a page, or nothing where this installation has none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@login_required
@require_safe
def organize_campaign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the campaign stands, and what comes next. A viewer sees the numbers."""
    campaign = access.campaign_for_member(request.user, public_id, access.MEMBERS)
    return render(request, "organize/campaign_overview.html", _overview(request, campaign))


def _overview(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    can = campaigns.moves(campaign)
    asks = CampaignState.PUBLISHED in can
    total = totals.of_campaign(campaign)
    return {
        **campaign_context(request, campaign, "overview"),
        "can": can,
        "missing": _told(campaign, publishing.missing(campaign)) if asks else [],
        "total": total,
        "next": _next(campaign, sent=not total.outstanding),
        "workshops": [
            {"row": one, "title": one.text("title", language())}
            for one in campaign.workshops.order_by("starts_at")
        ],
    }


def _told(campaign: Campaign, missing: list[publishing.Missing]) -> list[dict[str, str]]:
    return [{"words": one.words, "url": _page(campaign, one.where)} for one in missing]


def _page(campaign: Campaign, name: str) -> str:
    """Return one of the campaign's own pages, or a page of the person; nothing if there is none."""
    return _found(name, campaign.public_id) or _found(name)


def _next(campaign: Campaign, *, sent: bool) -> dict[str, str]:
    """Return the one next thing to do for a campaign that is or was public."""
    if campaign.state == CampaignState.PUBLISHED:
        if not campaign.workshops.exists() and (url := _page(campaign, "campaign_workshops")):
            return {"words": _("Add a workshop: it is what people come for."), "url": url}
        if not campaign.workshops.visible().exists():
            url = _page(campaign, "campaign_workshops")
            return {"words": _("Publish your workshop: nobody can register yet."), "url": url}
        share = _page(campaign, "campaign_share")
        return {
            "words": _("Share the link: the first gifts come from people you know."),
            "url": share,
        }
    owes = campaign.destination == Destination.TEAM and not (sent or campaign.test_mode)
    url = _page(campaign, "campaign_remittances")
    if owes and url and campaign.state != CampaignState.DRAFT:
        return {"words": _("Send the money on, and show the receipt."), "url": url}
    return {}


_DONE = {
    CampaignState.PUBLISHED: lambda: _("It is public now. Share the link!"),
    CampaignState.CLOSED: lambda: _("It is closed: the page stays, and takes no gifts."),
    CampaignState.ARCHIVED: lambda: _("It is archived: its page stays as a record."),
}


@login_required
@require_POST
def campaign_move(request: HttpRequest, public_id: UUID, to: str) -> HttpResponse:
    """Publish, close, open again, archive: one step by the table."""
    campaign = access.campaign_for_member(request.user, public_id)
    if to not in _DONE:
        raise Http404
    try:
        if to == CampaignState.PUBLISHED:
            publishing.publish(campaign)
        else:
            campaigns.move(campaign, CampaignState(to))
    except publishing.NotReadyError:
        messages.error(request, _("Not yet: a few things are missing. They stand below."))
    except (TransitionError, StaleStateError):
        messages.error(request, _("It stands elsewhere by now. Look where, and decide again."))
    else:
        messages.success(request, _DONE[CampaignState(to)]())
    return redirect("organize_campaign", public_id=public_id)
