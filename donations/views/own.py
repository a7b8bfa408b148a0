"""A person's own pages, behind signed links: GET shows, POST acts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.gateway import GatewayError
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import attention, cancelling, pages, receipts, settlement
from donations.services.links import GIFT_LINK, donation_for_link
from donations.states import DonationState
from donations.views.language import language
from events.models import Booking
from events.services import access, calendar, free_seats
from events.services.emails import absolute, manage_url
from events.states import BookingState


def _how_it_ended(booking: Booking, donations: list[Donation]) -> str:
    """Return what became of a cancelled booking: "given_back", "kept_as_gift" or "refunded"."""
    if booking.state != BookingState.CANCELLED:
        return ""
    if booking.confirmed_at is not None:
        return "given_back"
    paid = [one for one in donations if one.state == DonationState.PAID]
    if not paid:
        return "given_back"
    return "kept_as_gift" if any(one.net_minor > 0 for one in paid) else "refunded"


def _booking_context(booking: Booking, token: str) -> dict[str, Any]:
    waits = attention.pending_choice(booking)
    donations = list(booking.donations.order_by("pk"))
    workshop = pages.workshop_page(booking.workshop, language())
    can_cancel = booking.state in {BookingState.CONFIRMED, BookingState.HELD}
    return {
        "booking": booking,
        "registrations": list(booking.registrations.order_by("position")),
        "workshop": workshop,
        "ended": _how_it_ended(booking, donations),
        "campaign": pages.campaign_page(booking.workshop.campaign, language()),
        "accent_url": pages.accent_url(booking.workshop.campaign),
        "donations": donations,
        "manage_url": reverse("booking", args=[token]),
        "calendar_url": reverse("booking_calendar", args=[token]),
        "cancel_url": reverse("booking_cancel", args=[token]) if can_cancel else "",
        "attention": waits
        and {
            "amount": waits.amount,
            "refund_url": reverse("booking_refund", args=[token]),
            "keep_url": reverse("booking_keep", args=[token]),
        },
        **calendar.web_links(booking.workshop, language(), absolute(workshop.url)),
    }


@never_cache
@require_safe
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """The ticket, and what its holder can do with it."""
    found = access.booking_for_link(token)
    return render(request, "bookings/manage.html", _booking_context(found, token))


@never_cache
@require_safe
def booking_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The booking's calendar file."""
    del request
    found = access.booking_for_link(token)
    body = calendar.file(found, manage_url=manage_url(found))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="workshop.ics"'
    return response


@csrf_exempt
@require_POST
def booking_cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give the seat back; what was given stays as a gift."""
    found = access.booking_for_link(token)
    try:
        cancelling.cancel_seat(found, gateway=for_visitors())
    except (GatewayError, settlement.BusyError):
        return _try_later(request, found, token)
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def booking_refund(request: HttpRequest, token: str) -> HttpResponse:
    """Late money: give it back in full."""
    found = access.booking_for_link(token)
    try:
        attention.give_back(found, gateway=for_visitors())
    except attention.NothingToChooseError:
        pass  # Chosen already, perhaps by a second click: the page shows what came of it.
    except (GatewayError, settlement.BusyError):
        return _try_later(request, found, token)
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def booking_keep(request: HttpRequest, token: str) -> HttpResponse:
    """Late money: keep it as a gift."""
    del request
    found = access.booking_for_link(token)
    with suppress(attention.NothingToChooseError):  # As above.
        attention.keep(found.pk)
    return redirect("booking", token=token)


def _try_later(request: HttpRequest, found: Booking, token: str) -> HttpResponse:
    """Stripe did not answer: what was asked for may be done or not, and asking again is safe."""
    context = {
        "campaign": pages.campaign_page(found.workshop.campaign, language()),
        "workshop": pages.workshop_page(found.workshop, language()),
        "retry_url": request.path,
        "back_url": reverse("booking", args=[token]),
    }
    return render(request, "checkout/try_later.html", context, status=503)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """A free seat's address: GET shows a button, POST confirms."""
    found = access.booking_for_link(token, access.CONFIRM_LINK)
    if request.method == "POST":
        seated = free_seats.confirm(found.pk)
        return redirect("booking", token=access.booking_link(seated))
    context = _booking_context(found, access.booking_link(found))
    return render(request, "bookings/confirm.html", {**context, "confirm_url": request.path})


@never_cache
@require_safe
def gift(request: HttpRequest, token: str) -> HttpResponse:
    """A gift's own page."""
    donation = donation_for_link(token, GIFT_LINK)
    context = {
        "donation": donation,
        "donations": [donation],
        "campaign": pages.campaign_page(donation.campaign, language()),
        "accent_url": pages.accent_url(donation.campaign),
        "attention": None,
        "fee": receipts.exact_fee(donation),
        **pages.sharing(reverse("campaign", args=[donation.campaign.slug])),
    }
    return render(request, "gifts/manage.html", context)
