"""A workshop's own form. Another time is saved only after it was said who will be told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations.views.organize_workshop import typed, workshop_context
from donations.views.organize_workshops import HINTS, OBSTACLES, limits
from events.forms.workshops import WorkshopForm
from events.models import Workshop
from events.services import access, publishing, workshop_edits, workshops
from events.states import WorkshopState
from fundraiser.core import clock


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The form; POST saves it, or asks first where people will be told of another time."""
    workshop = access.workshop_for_member(request.user, public_id)
    campaign = workshop.campaign
    form = WorkshopForm(
        typed(request), campaign=campaign, workshop=workshop, limits=limits(campaign)
    )
    if request.method != "POST" or not form.is_valid():
        return _form(request, workshop, form, status=422 if form.errors else 200)
    if "back" in request.POST:
        return _form(request, workshop, form, status=200)
    if form.is_moved() and workshop.state == WorkshopState.CANCELLED:
        form.add_error("starts", _("A cancelled workshop has no other time."))
        return _form(request, workshop, form, status=422)
    told = _told(workshop, form)
    if told and "confirmed" not in request.POST:
        return _ask(request, workshop, form, told)
    return _saved(request, workshop, form)


def _told(workshop: Workshop, form: WorkshopForm) -> int:
    """Return how many are written to when the form is saved."""
    time = form.time
    if time is None or not form.is_moved() or time.starts_at <= clock.now():
        return 0
    return workshops.told_of_moving(workshop)


def _saved(request: HttpRequest, workshop: Workshop, form: WorkshopForm) -> HttpResponse:
    time = form.time
    assert time is not None  # noqa: S101 -- a valid form has one
    try:
        workshop_edits.save(workshop_id=workshop.pk, details=form.details())
        workshops.reschedule(
            workshop.pk,
            starts_at=time.starts_at,
            time_zone=time.time_zone,
            duration_minutes=time.duration_minutes,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _form(request, workshop, form, status=422)
    except workshops.CancelledError:
        text = _("It was cancelled a moment ago: the time stays. Everything else is saved.")
        messages.error(request, text)
        return redirect("workshop_edit", public_id=workshop.public_id)
    messages.success(request, _("Saved."))
    return redirect("workshop_edit", public_id=workshop.public_id)


def _ask(request: HttpRequest, workshop: Workshop, form: WorkshopForm, told: int) -> HttpResponse:
    """Show the new time and the number of people who will be told; all that was typed is kept."""
    skipped = {"csrfmiddlewaretoken", "confirmed", "back"}
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in skipped
        for value in values
    ]
    context = {
        **workshop_context(request, workshop, "edit"),
        "moved": form.time,
        "told": told,
        "kept": kept,
    }
    return render(request, "organize/workshop_move.html", context)


def _form(
    request: HttpRequest, workshop: Workshop, form: WorkshopForm, *, status: int
) -> HttpResponse:
    others = [code for code, _name in settings.LANGUAGES if code != workshop.campaign.language[:2]]
    is_draft = workshop.state == WorkshopState.DRAFT
    published = workshop.state == WorkshopState.PUBLISHED
    context: dict[str, Any] = {
        **workshop_context(request, workshop, "edit"),
        "form": form,
        "translations": form.translation_groups(),
        "state": workshop.state,
        "obstacles": [OBSTACLES[one] for one in publishing.obstacles(workshop)] if is_draft else [],
        "hints": [HINTS[one] for one in publishing.hints(workshop, others)],
        "can_hide": published and not publishing.has_bookings(workshop),
    }
    return render(request, "organize/workshop_edit.html", context, status=status)
