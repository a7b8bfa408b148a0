"""An organizer's page of a workshop's carried seats: whether, and above what amount."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from donations.carried_forms import SurplusForm
from donations.services.declaring import carried
from donations.views.language import language
from donations.views.organize_workshop import workshop_context
from events.models import Workshop
from events.services import access
from events.states import Destination
from fundraiser.core.money import Money


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_carried(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Turn carried seats on or off. Who has one is said nowhere."""
    found = access.workshop_for_member(request.user, public_id)
    if request.method == "POST":
        form = SurplusForm(request.POST, workshop=found)
        if not form.is_valid():
            return _page(request, found, form, status=422)
        data = form.cleaned_data
        least: Money | None = data["least"]
        minimum = least.minor if least else None
        carried.set_up(found, on=data["surplus_seats"], minimum_minor=minimum)
        messages.success(request, _("Saved."))
        return redirect("workshop_carried", public_id=public_id)
    return _page(request, found, SurplusForm(workshop=found, initial=_initial(found)))


def _initial(workshop: Workshop) -> dict[str, Any]:
    minor = workshop.surplus_minimum_minor
    amount = Money(minor, workshop.campaign.currency) if minor else None
    return {
        "surplus_seats": workshop.surplus_seats,
        "minimum": amount.format(language()) if amount else "",
    }


def _page(
    request: HttpRequest, workshop: Workshop, form: SurplusForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **workshop_context(request, workshop, "carried"),
        "form": form,
        "workshop_is_on": carried.is_on(workshop),
        "is_external": workshop.campaign.destination == Destination.EXTERNAL,
        "funded": carried.funded(workshop),
    }
    return render(request, "organize/carried.html", context, status=status)
