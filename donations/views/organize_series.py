"""Further dates of a workshop, and the series that put dates on one page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.services import series_pages
from donations.views.language import language
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed, workshop_context
from events.forms.series import CloneForm, SeriesForm
from events.models import Campaign
from events.services import access, access_workshops, cloning, series_edits

_MORE_ROWS = 5


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_clone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same workshop at other dates."""
    workshop = access.workshop_for_member(request.user, public_id)
    if request.method != "POST":
        form = CloneForm(workshop=workshop)
    elif "more" in request.POST:
        rows = CloneForm.rows_of(request.POST) + _MORE_ROWS
        form = CloneForm(workshop=workshop, rows=rows)
        ticked = {name: name in request.POST for name in ("hosts", "publish")}
        form.initial = {**form.initial, **request.POST.dict(), **ticked}
    else:
        form = CloneForm(request.POST, workshop=workshop, rows=CloneForm.rows_of(request.POST))
        if form.is_valid():
            made = cloning.clone(
                workshop=workshop,
                starts=form.dates,
                with_hosts=form.cleaned_data["hosts"],
                publish=form.cleaned_data["publish"],
                series=form.choice(),
            )
            text = ngettext("%(n)d date is there.", "%(n)d dates are there.", len(made))
            messages.success(request, text % {"n": len(made)})
            return redirect("campaign_workshops", public_id=workshop.campaign.public_id)
    context = {**workshop_context(request, workshop, "clone"), "form": form}
    status = 422 if form.errors else 200
    return render(request, "organize/workshop_clone.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_series_create(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new series of a campaign."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = SeriesForm(typed(request), campaign=campaign)
    if request.method == "POST" and form.is_valid():
        made = series_edits.create(campaign=campaign, **form.values())
        messages.success(request, _("The series is there."))
        return redirect("series_edit", public_id=made.public_id)
    return _form(request, campaign, form, {})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def series_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A series' title, description and dates."""
    series = access_workshops.series_for_member(request.user, public_id)
    form = SeriesForm(typed(request), campaign=series.campaign, series=series)
    if request.method == "POST" and form.is_valid():
        series_edits.save(series=series, **form.values())
        messages.success(request, _("Saved."))
        return redirect("series_edit", public_id=public_id)
    shown = {
        "series": series_pages.series_page(series, language()),
        "series_id": public_id,
        "is_public": access_workshops.is_public_series(series),
    }
    return _form(request, series.campaign, form, shown)


@login_required
@require_POST
def series_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a series away; its workshops stay."""
    series = access_workshops.series_for_member(request.user, public_id)
    series_edits.remove(series)
    messages.success(request, _("The series is gone. Its workshops are still there."))
    return redirect("campaign_workshops", public_id=series.campaign.public_id)


def _form(
    request: HttpRequest, campaign: Campaign, form: SeriesForm, more: dict[str, Any]
) -> HttpResponse:
    context = {
        **campaign_context(request, campaign, "workshops"),
        "form": form,
        "translations": form.translation_groups(),
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "organize/series.html", context, status=status)
