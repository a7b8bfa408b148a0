"""An organizer cancels a workshop, and watches how what people choose is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import Cancellation, CancellationChoice
from donations.services import cancellations, refund_run, refund_words
from donations.views.cancelling_forms import CancelForm
from donations.views.language import language
from donations.views.organize_workshop import typed, workshop_context
from events.models import Workshop
from events.services import access
from events.services.seating import moving
from events.states import Destination, WorkshopState
from fundraiser.core import zones


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Tell what cancelling means, ask what to offer; POST cancels and asks everybody."""
    workshop = access.workshop_for_member(request.user, public_id)
    if _asked(workshop) is not None:
        return redirect("workshop_cancelled", public_id=public_id)
    dates = moving.dates(workshop)
    form = CancelForm(
        typed(request), workshop=workshop, dates=dates, labels=[date_label(one) for one in dates]
    )
    if request.method != "POST" or not form.is_valid():
        context = {
            **workshop_context(request, workshop, "cancel"),
            "form": form,
            "affected": cancellations.affected(workshop),
            "is_elsewhere": workshop.campaign.destination == Destination.EXTERNAL,
            "is_cancelled": workshop.state == WorkshopState.CANCELLED,
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "organize/cancel.html", context, status=status)
    cancellations.cancel(
        workshop,
        note=form.cleaned_data["note"],
        default=form.default_choice(),
        deadline=form.cleaned_data["deadline"],
        offered=form.offered(),
    )
    messages.success(request, _("It is cancelled, and everybody is being told."))
    return redirect("workshop_cancelled", public_id=public_id)


def date_label(one: moving.Date) -> str:
    """Return a date as one chooses it: title, time and seats."""
    title = one.workshop.text("title", language())
    when = zones.long_text(one.workshop.starts_at, one.workshop.time_zone, language())
    if one.seats_left is None:
        return f"{title}, {when}"
    seats = ngettext("%(n)d seat left", "%(n)d seats left", one.seats_left)
    return f"{title}, {when} ({seats % {'n': one.seats_left}})"


def _asked(workshop: Workshop) -> Cancellation | None:
    """Return the cancellation of a workshop whose people have been asked."""
    rows = Cancellation.objects.select_related("workshop__campaign")
    found = rows.filter(workshop=workshop).first()
    return found if found is not None and cancellations.is_asked(found) else None


def _cancellation(workshop: Workshop) -> Cancellation:
    found = _asked(workshop)
    if found is None:
        raise Http404
    return found


@never_cache
@login_required
@require_safe
def workshop_cancelled(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far it is: what people chose, and how many refunds are done."""
    workshop = access.workshop_for_member(request.user, public_id)
    context = {
        **workshop_context(request, workshop, "cancel"),
        **_progress(_cancellation(workshop)),
    }
    return render(request, "organize/cancelled.html", context)


def _progress(found: Cancellation) -> dict[str, Any]:
    zone = found.workshop.time_zone
    aside = found.choices.filter(set_aside_at__isnull=False, done_at=None)
    return {
        "progress": cancellations.progress(found),
        "default": found.default,
        "deadline": zones.long_text(found.deadline, zone, language()),
        "stuck": [_stuck(one) for one in aside.select_related("booking").order_by("pk")[:100]],
    }


def _stuck(one: CancellationChoice) -> dict[str, str]:
    """Return whose refund did not go through, and why; no name where it would tell who gave."""
    hidden = one.cancellation.workshop.hides_carried
    name = _("Somebody") if hidden else one.booking.name
    return {"name": name, "why": refund_words.why(one.error)}


@login_required
@require_POST
def cancellation_retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try the refunds again that were set aside."""
    workshop = access.workshop_for_member(request.user, public_id)
    refund_run.try_again(_cancellation(workshop))
    messages.success(request, _("They are tried again now."))
    return redirect("workshop_cancelled", public_id=public_id)
