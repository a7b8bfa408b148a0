"""An organizer exports money and people: asked for, written by a worker, fetched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import Export, ExportSchedule
from donations.services.accounting import periods
from donations.services.exports import jobs
from donations.services.exports.file_names import name_of
from donations.states import ExportState
from donations.views.export_forms import CampaignExportForm, ExportForm
from donations.views.export_words import shown
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed
from donations.views.schedule_words import shown as shown_schedule
from events.models import Campaign, Team
from events.services import access, access_teams
from events.states import Role
from fundraiser.core import clock

_SHOWN = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_exports(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the form and one's own exports of the campaign; a POST asks for one."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = CampaignExportForm(typed(request), campaign=campaign)
    return _asked(request, form, campaign=campaign)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_exports(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same of all campaigns of a team."""
    team = access_teams.team_for_member(request.user, public_id, access.EDITORS)
    return _asked(request, ExportForm(typed(request), team=team), team=team)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site_exports(request: HttpRequest) -> HttpResponse:
    """The same of the whole site, for its admins alone."""
    only_admins(request)
    return _asked(request, ExportForm(typed(request), team=None))


def only_admins(request: HttpRequest) -> None:
    """Raise Http404 for who is no admin of the site."""
    if not getattr(request.user, "is_superuser", False):
        raise Http404


def _asked(
    request: HttpRequest,
    form: ExportForm,
    *,
    campaign: Campaign | None = None,
    team: Team | None = None,
) -> HttpResponse:
    assert request.user.pk is not None  # noqa: S101 -- signed in
    is_of_site = campaign is None and team is None
    about = {"campaign": campaign, "team": team, "of_site": is_of_site}
    mine = {"owner_id": request.user.pk, **about}
    if form.is_bound and form.is_valid():
        export = Export(**mine, **form.cleaned_data)
        return redirect("export", public_id=jobs.ask(export).public_id)
    exports = Export.objects.filter(**mine).select_related("workshop").order_by("-created_at")
    rows = ExportSchedule.objects.filter(**about).select_related("workshop__campaign")
    schedules = rows.prefetch_related("recipients")
    context = {
        **frame_of(request, campaign, team),
        "form": form,
        "exports": [shown(one) for one in exports[:_SHOWN]],
        "schedules": [shown_schedule(one) for one in schedules.order_by("created_at")],
    }
    status = 422 if form.is_bound else 200
    return render(request, "organize/exports.html", context, status=status)


def frame_of(request: HttpRequest, campaign: Campaign | None, team: Team | None) -> dict[str, Any]:
    """Return what the page's frame wants: the campaign's, the team's, or (neither) the site's."""
    if campaign is not None:
        return {
            **campaign_context(request, campaign, "exports"),
            "frame": "organize/campaign.html",
            "exports_url": reverse("campaign_exports", args=[campaign.public_id]),
            "schedule_url": reverse("campaign_schedule", args=[campaign.public_id]),
        }
    if team is None:
        return {
            "frame": "organize/site_frame.html",
            "exports_url": reverse("site_exports"),
            "schedule_url": reverse("site_schedule"),
        }
    return {
        "frame": "teams/frame.html",
        "team": team,
        "is_owner": access_teams.role_in(request.user, team) == Role.OWNER,
        "closed_until": periods.closed_until(team),
        "exports_url": reverse("team_exports", args=[team.public_id]),
        "schedule_url": reverse("team_schedule", args=[team.public_id]),
    }


def _mine(request: HttpRequest, public_id: UUID) -> Export:
    """Return one's own export, as long as one may see the people in it; Http404 otherwise."""
    rows = Export.objects.select_related("campaign__team", "team", "workshop")
    export = get_object_or_404(rows, public_id=public_id, owner_id=request.user.pk or 0)
    only_entitled(request, export)
    return export


def only_entitled(request: HttpRequest, row: Export | ExportSchedule) -> None:
    """Raise Http404 or PermissionDenied for who may not see the people in it."""
    if row.campaign is not None:
        access.campaign_for_member(request.user, row.campaign.public_id)
    elif row.team is not None:
        access_teams.team_for_member(request.user, row.team.public_id, access.EDITORS)
    else:
        only_admins(request)


@never_cache
@login_required
@require_safe
def export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One export: how far it is, its file, and the way to end it."""
    found = _mine(request, public_id)
    context = {**frame_of(request, found.campaign, found.team), "export": shown(found)}
    return render(request, "organize/export.html", context)


@login_required
@require_POST
def export_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End an export that is still being written."""
    jobs.cancel(_mine(request, public_id))
    return redirect("export", public_id=public_id)


@never_cache
@login_required
@require_safe
def export_file(request: HttpRequest, public_id: UUID) -> HttpResponse | FileResponse:
    """Hand out the file to who asked for it; 404 once it is gone."""
    found = _mine(request, public_id)
    is_over = found.expires_at is None or found.expires_at <= clock.now()
    if found.state != ExportState.DONE or is_over or not jobs.path_of(found).exists():
        raise Http404
    file = jobs.path_of(found).open("rb")
    return FileResponse(file, as_attachment=True, filename=name_of(found))
