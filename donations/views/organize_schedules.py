"""Exports that make themselves: added, paused, gone on with, removed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.models import ExportSchedule
from donations.services.exports import schedules
from donations.views.organize_exports import frame_of, only_admins, only_entitled
from donations.views.organize_workshop import typed
from donations.views.schedule_forms import CampaignScheduleForm, ScheduleForm
from events.models import Campaign, Team
from events.services import access, access_teams


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_schedule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Schedule an export of a campaign."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = CampaignScheduleForm(typed(request), campaign=campaign, user=request.user.pk or 0)
    return _added(request, form, campaign=campaign)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_schedule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same of all campaigns of a team."""
    team = access_teams.team_for_member(request.user, public_id, access.EDITORS)
    form = ScheduleForm(typed(request), team=team, user=request.user.pk or 0)
    return _added(request, form, team=team)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site_schedule(request: HttpRequest) -> HttpResponse:
    """The same of the whole site, for its admins alone."""
    only_admins(request)
    return _added(request, ScheduleForm(typed(request), team=None, user=request.user.pk or 0))


def _added(
    request: HttpRequest,
    form: ScheduleForm,
    *,
    campaign: Campaign | None = None,
    team: Team | None = None,
) -> HttpResponse:
    frame = frame_of(request, campaign, team)
    if form.is_bound and form.is_valid():
        schedule = ExportSchedule(
            campaign=campaign,
            team=team,
            of_site=campaign is None and team is None,
            created_by_id=request.user.pk,
            **form.values(),
        )
        schedules.add(schedule, form.cleaned_data["recipients"])
        messages.success(request, _("Saved."))
        return redirect(frame["exports_url"])
    status = 422 if form.is_bound else 200
    return render(request, "organize/schedule.html", {**frame, "form": form}, status=status)


@login_required
@require_POST
def schedule_pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make nothing until it is gone on with."""
    return _changed(request, public_id, schedules.pause)


@login_required
@require_POST
def schedule_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on with a paused one."""
    return _changed(request, public_id, schedules.resume)


@login_required
@require_POST
def schedule_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget it; the files that it made are kept as long as others."""
    answer = _changed(request, public_id, ExportSchedule.delete)
    messages.success(request, _("Removed."))
    return answer


def _changed(
    request: HttpRequest, public_id: UUID, change: Callable[[ExportSchedule], object]
) -> HttpResponse:
    """Change a schedule of what one may export; Http404 or PermissionDenied otherwise."""
    rows = ExportSchedule.objects.select_related("campaign__team", "team")
    schedule = get_object_or_404(rows, public_id=public_id)
    only_entitled(request, schedule)
    back = frame_of(request, schedule.campaign, schedule.team)["exports_url"]
    change(schedule)
    return redirect(back)
