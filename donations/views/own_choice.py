"""The payer of a cancelled workshop chooses: the money back, a gift, or another date."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from donations.models import CancellationChoice
from donations.services import cancellations, pages
from donations.states import Choice
from donations.views.language import language
from events.models import Booking, Workshop
from events.services import access
from events.services.seating import moving, seats
from fundraiser.core import zones


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def booking_choice(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what can be chosen, and what was; POST chooses."""
    booking = access.booking_for_link(token)
    found = cancellations.of_booking(booking)
    if found is None:
        raise Http404
    if request.method == "POST":
        _choose(request, booking, found)
        return redirect("booking_choice", token=token)
    return render(request, "bookings/choice.html", _context(booking, found, token))


def _choose(request: HttpRequest, booking: Booking, found: CancellationChoice) -> None:
    wanted = request.POST.get("choice", "")
    try:
        target = _target(request, found) if wanted == Choice.MOVE else None
        cancellations.choose(booking.pk, wanted, target=target)
    except cancellations.TooLateError:
        messages.warning(request, _("That can no longer be chosen. This is how it stands:"))
    except moving.CannotMoveError as error:
        if error.why == "twin":
            messages.warning(request, _("You have a seat on that date already."))
        else:
            messages.warning(request, _("That date can no longer be chosen."))
    except seats.FullError:
        messages.warning(request, _("Somebody else was quicker: no seat is free any more."))


def _target(request: HttpRequest, found: CancellationChoice) -> Workshop:
    try:
        wanted = UUID(request.POST.get("date", ""))
    except ValueError as error:
        raise cancellations.TooLateError("date") from error
    target = found.cancellation.dates.filter(public_id=wanted).first()
    if target is None:
        raise cancellations.TooLateError("date")
    return target


def _context(booking: Booking, found: CancellationChoice, token: str) -> dict[str, Any]:
    can_choose = cancellations.can_choose(found)
    money = cancellations.money_of(booking)
    zone = booking.time_zone if zones.is_zone(booking.time_zone) else booking.workshop.time_zone
    moved = found.moved_to
    dates = cancellations.offered_dates(found) if can_choose else []
    return {
        "booking": booking,
        "found": found,
        "can_choose": can_choose,
        "amount": money.amount if money else None,
        "options": [
            {
                "id": one.workshop.public_id,
                "workshop": pages.workshop_page(one.workshop, language()),
            }
            for one in dates
        ],
        "deadline": zones.long_text(found.cancellation.deadline, zone, language()),
        "workshop": pages.workshop_page(booking.workshop, language()),
        "campaign": pages.campaign_page(booking.workshop.campaign, language()),
        "accent_url": pages.accent_url(booking.workshop.campaign),
        "note": booking.workshop.cancel_note,
        "manage_url": reverse("booking", args=[token]),
        "moved_url": reverse("booking", args=[access.booking_link(moved)]) if moved else "",
    }
