"""The waiting list: to join it, to take an offered seat, and to have more time."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from donations.forms import GiveForm, WaitForm
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import offers, pages
from donations.services.abuse import blocking, limits, places
from donations.states import DonationState, Purpose
from donations.views import giving, guarding
from donations.views.addresses import at_old_addresses
from donations.views.language import language
from events.models import Booking
from events.services import access
from events.services.seating import seats, waiting_list
from events.states import BookingState
from fundraiser.core import clock
from fundraiser.core.http import client_hash

_SEAT = "bookings/seat.html"


@at_old_addresses
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """Join the line of a full workshop: POST; what was asked for by GET is on the workshop's page.

    The answer is the same whether the address waits already, has a seat, or is new.
    """
    found = access.workshop_for_visitor(slug, workshop_slug)
    if request.method != "POST":
        return redirect("workshop", slug=slug, workshop_slug=workshop_slug)
    context = giving.workshop_context(found)
    if not pages.takes_gifts(found.campaign):
        return render(request, "checkout/closed.html", context, status=409)
    form = WaitForm(request.POST, workshop=found)
    if not form.is_valid():
        context |= {"wait_form": form, "status": "by_request" if found.moderated else "full"}
        return render(request, "workshops/workshop.html", context, status=422)
    payer = form.to_payer()
    try:
        guarding.refuse_blocked(request, payer.email)
        places.join_line(
            workshop=found,
            payer=payer,
            nonce=form.cleaned_data["nonce"],
            client_hash=client_hash(request),
        )
    except waiting_list.NotFullError:
        return redirect("workshop", slug=slug, workshop_slug=workshop_slug)
    except (blocking.BlockedError, limits.TooManyError, seats.ClosedError) as refusal:
        context |= {"wait_form": form, "status": "by_request" if found.moderated else "full"}
        return guarding.refused(request, "workshops/workshop.html", context, refusal)
    return render(request, "bookings/waiting.html", {**context, "email": payer.email})


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """An offered seat: GET shows the ordinary form to give, POST takes the seat and goes to pay."""
    found = access.booking_for_link(token)
    if not is_offered(found):
        return redirect("booking", token=token)
    if request.method == "POST":
        return _take(request, found, token)
    return render(request, _SEAT, _seat_page(found, token, _form(found)))


def is_offered(booking: Booking) -> bool:
    """Whether a booking is an offer that can still be taken."""
    if booking.state != BookingState.HELD or booking.offered_at is None:
        return False
    end = booking.hold_expires_at
    return end is None or end > clock.now()


def only_waited(booking: Booking) -> bool:
    """Whether a booking that is no more never had a seat: it left the line, or the line ended."""
    return booking.offered_at is None and booking.hold_expires_at is None


def _form(booking: Booking, typed: dict[str, Any] | None = None) -> GiveForm:
    workshop = booking.workshop
    known: dict[str, Any] = {"name": booking.name, "nonce": uuid.uuid4()}
    for person in booking.registrations.order_by("position"):
        if person.position == 1:
            known |= {f"question_{key}": answer for key, answer in person.answers.items()}
            continue
        known[f"person_{person.position}_name"] = person.name
        known[f"person_{person.position}_email"] = person.email
    initial = known | (typed or {})
    return GiveForm(campaign=workshop.campaign, workshop=workshop, booking=booking, initial=initial)


def _seat_page(booking: Booking, token: str, form: GiveForm) -> dict[str, Any]:
    workshop = pages.workshop_page(booking.workshop, language())
    return {
        **giving.page_context(booking.workshop.campaign),
        **state(booking, token),
        "workshop": workshop,
        "booking": booking,
        "form": form,
        "form_action": reverse("offer", args=[token]),
        "manage_url": reverse("booking", args=[token]),
    }


def state(booking: Booking, token: str) -> dict[str, Any]:
    """Return what a booking's pages say of waiting, of an offer, and of more time."""
    offered = is_offered(booking)
    in_line = booking.state == BookingState.WAITING and not booking.awaits_approval
    attempt = _payable(booking) if booking.state == BookingState.HELD else None
    kept = attempt.session_expires_at if attempt else booking.hold_expires_at
    return {
        "asks": booking.state == BookingState.WAITING and booking.awaits_approval,
        "declined": booking.decline_reason if booking.declined_at else None,
        "place": waiting_list.place(booking) if in_line else 0,
        "kept_until": kept if booking.state == BookingState.HELD else None,
        "was_offer": booking.state == BookingState.EXPIRED and booking.offered_at is not None,
        "line_ended": booking.state == BookingState.EXPIRED
        and only_waited(booking)
        and not booking.donations.exists(),
        "offer_url": reverse("offer", args=[token]) if offered else "",
        "pay_url": attempt.session_url if attempt else "",
        "extend_url": reverse("extend", args=[token]) if offers.can_extend(booking) else "",
    }


def _payable(booking: Booking) -> Donation | None:
    rows = Donation.objects.filter(booking=booking, purpose=Purpose.SEAT, quarantine="")
    return rows.filter(state=DonationState.OPEN).first()


def _take(request: HttpRequest, booking: Booking, token: str) -> HttpResponse:
    form = GiveForm(
        request.POST,
        campaign=booking.workshop.campaign,
        workshop=booking.workshop,
        booking=booking,
    )
    context = _seat_page(booking, token, form)
    if not pages.takes_gifts(booking.workshop.campaign):
        return render(request, "checkout/closed.html", context, status=409)
    if not form.is_valid():
        return render(request, _SEAT, context, status=422)
    gift = form.to_gift(client_hash(request))
    gateway = for_visitors()
    try:
        guarding.refuse_blocked(request, booking.email)
        if not gift.amount:
            seated = offers.take_without_gift(booking=booking, payer=gift.payer, gateway=gateway)
            return redirect("booking", token=access.booking_link(seated))
        donation = offers.start(booking=booking, gift=gift, gateway=gateway)
    except seats.OverError:
        return redirect("booking", token=token)
    except guarding.REFUSALS as refusal:
        return guarding.refused(request, _SEAT, context, refusal)
    return giving.after_start(donation)


@csrf_exempt
@require_POST
def extend(request: HttpRequest, token: str) -> HttpResponse:
    """More time, once. From the form of an offer, what was typed there is shown again."""
    found = access.booking_for_link(token)
    try:
        attempt = offers.extend(found, gateway=for_visitors())
    except guarding.REFUSALS as refusal:
        return guarding.refused(request, _SEAT, _seat_page(found, token, _form(found)), refusal)
    if attempt is not None:
        return giving.after_start(attempt)
    found.refresh_from_db()
    if "nonce" in request.POST and is_offered(found):
        typed = request.POST.dict()
        return render(request, _SEAT, _seat_page(found, token, _form(found, typed)))
    return redirect("booking", token=token)
