"""Who asks to come to a moderated workshop, and the organizers' answers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations.views.language import language
from donations.views.organize_workshop import workshop_context
from events.forms.requests import DeclineForm
from events.models import Workshop
from events.services import access, access_workshops, people
from events.services.seating import requests


@never_cache
@login_required
@require_safe
def workshop_requests(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everybody who asked and has no answer yet, with what they wrote."""
    workshop = access.workshop_for_member(request.user, public_id)
    return _page(request, workshop)


@login_required
@require_POST
def request_approve(request: HttpRequest, public_id: UUID, booking_id: UUID) -> HttpResponse:
    """Say yes: a seat is offered now, or when one is free."""
    workshop = access.workshop_for_member(request.user, public_id)
    booking = access_workshops.request_of(workshop, booking_id)
    try:
        offered = requests.approve(booking.pk)
    except requests.AnsweredError:
        messages.info(request, _("This request was answered or taken back already."))
    else:
        told = {"name": booking.name}
        if offered:
            text = _("A seat is kept for %(name)s, and the offer is on its way by e-mail.")
        else:
            text = _("%(name)s is in the line: a seat is offered as soon as one is free.")
        messages.success(request, text % told)
    return redirect("workshop_requests", public_id=public_id)


@never_cache
@login_required
@require_POST
def request_decline(request: HttpRequest, public_id: UUID, booking_id: UUID) -> HttpResponse:
    """Say no, with a reason."""
    workshop = access.workshop_for_member(request.user, public_id)
    booking = access_workshops.request_of(workshop, booking_id)
    form = DeclineForm(request.POST, auto_id=f"id_%s_{booking.public_id}")
    if not form.is_valid():
        return _page(request, workshop, (booking.public_id, form))
    try:
        requests.decline(booking.pk, reason=form.cleaned_data["reason"])
    except requests.AnsweredError:
        messages.info(request, _("This request was answered or taken back already."))
    else:
        told = {"name": booking.name}
        messages.success(request, _("%(name)s is told by e-mail, with your reason.") % told)
    return redirect("workshop_requests", public_id=public_id)


def _page(
    request: HttpRequest, workshop: Workshop, sent: tuple[UUID, DeclineForm] | None = None
) -> HttpResponse:
    rows = []
    for one in people.asking(workshop, language()):
        number = one.booking.public_id
        is_sent = sent is not None and sent[0] == number
        arguments = [workshop.public_id, number]
        rows.append(
            {
                "one": one,
                "form": sent[1] if sent and is_sent else DeclineForm(auto_id=f"id_%s_{number}"),
                "approve_url": reverse("request_approve", args=arguments),
                "decline_url": reverse("request_decline", args=arguments),
            }
        )
    context = {
        **workshop_context(request, workshop, "requests"),
        "rows": rows,
        "form": sent[1] if sent else None,
    }
    return render(request, "organize/requests.html", context, status=422 if sent else 200)
