"""Coming back from Stripe: the page that turns from "confirming" to the ticket.

It is no proof of payment. GET only shows; applying is a POST, by a script or a button.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from donations.gateway import GatewayError
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import (
    checkout,
    offers,
    pages,
    parameters,
    seating,
    settlement,
    sharing,
    totals,
    watching,
)
from donations.services.links import donation_for_link, gift_link, retry_page
from donations.services.papers import receipts
from donations.states import DonationState, Kind, Purpose
from donations.views.language import language
from events.models import Booking
from events.services import access, calendar
from events.services.mails.emails import absolute
from events.services.seating import holds
from events.states import BookingState


def shown_state(donation: Donation, *, asked: bool) -> str:
    """Return what the page says: the donation's state as its giver understands it.

    A visitor who comes from Stripe has just paid, so an open session means that we have not heard
    of it yet; after we asked Stripe (``asked``) it means that nothing was paid.
    """
    booking = donation.booking if donation.purpose == Purpose.SEAT else None
    if donation.quarantine:
        return "quarantined"
    if booking is not None and booking.state == BookingState.NEEDS_ATTENTION:
        return "needs_attention"
    if _went_back(donation):
        return "given_back"
    if donation.state == DonationState.FAILED and donation.session_id is None:
        return "refused"
    if donation.state in {DonationState.CREATED, DonationState.OPEN}:
        unpaid = "declined" if donation.decline_code else "open"
        return unpaid if asked else "confirming"
    return str(donation.state)


def _went_back(donation: Donation) -> bool:
    """Whether money came that gave no seat, or was not asked for, and all of it was refunded."""
    if donation.state == DonationState.FAILED:
        return donation.paid_at is not None
    if donation.state != DonationState.PAID or donation.net_minor > 0:
        return False
    seated = donation.booking is not None and donation.booking.state == BookingState.CONFIRMED
    return not seated and donation.entries.filter(kind=Kind.REFUND).exists()


def _context(donation: Donation, *, asked: bool = False) -> dict[str, Any]:
    token = parameters.token(donation)
    seated = donation.purpose == Purpose.SEAT
    booking = donation.booking if seated else None
    workshop = donation.seat_workshop
    context: dict[str, Any] = {
        "state": shown_state(donation, asked=asked),
        "fee": receipts.exact_fee(donation),
        "donation": donation,
        "booking": booking,
        "campaign": pages.campaign_page(donation.campaign, language()),
        "workshop": pages.workshop_page(workshop, language()) if workshop else None,
        "total": totals.of_campaign(donation.campaign),
        "accent_url": pages.accent_url(donation.campaign),
        **sharing.of_path(reverse("campaign", args=[donation.campaign.slug])),
        "status_url": reverse("checkout_status", args=[token]),
        "apply_url": reverse("checkout_apply", args=[token]),
        "retry_url": _retry_url(donation),
        "manage_url": reverse("gift", args=[gift_link(donation)]),
        "watch_url": watching.page_of(donation),
        "has_twin": seating.gave_way_to_twin(donation),
    }
    if booking is not None:
        context |= _ticket(donation)
        if context["state"] in {"open", "declined"}:
            context |= _kept(donation, booking)
    return context


def _kept(donation: Donation, booking: Booking) -> dict[str, Any]:
    """Return until when a seat is kept for who has not paid yet, and the way to more time."""
    can_extend = offers.can_extend(booking)
    token = access.booking_link(booking)
    return {
        "kept_until": donation.session_expires_at,
        "extend_url": reverse("extend", args=[token]) if can_extend else "",
    }


def _ticket(donation: Donation) -> dict[str, Any]:
    booking = donation.booking
    assert booking is not None  # noqa: S101 -- the caller has looked
    token = access.booking_link(booking)
    manage = reverse("booking", args=[token])
    page = reverse("workshop", args=[donation.campaign.slug, booking.workshop.slug])
    return {
        "manage_url": manage,
        "calendar_url": reverse("booking_calendar", args=[token]),
        **calendar.web_links(booking.workshop, language(), absolute(page)),
    }


def _retry_url(donation: Donation) -> str:
    if donation.state == DonationState.OPEN:
        return donation.session_url
    return retry_page(donation)


@never_cache
@require_safe
def checkout_return(request: HttpRequest, token: str) -> HttpResponse:
    """Where Stripe sends the visitor after paying."""
    donation = donation_for_link(token)
    context = _context(donation, asked="asked" in request.GET)
    if "released" in request.GET and context["state"] == DonationState.EXPIRED:
        context["state"] = "released"
    return render(request, "checkout/return.html", context)


@never_cache
@require_safe
def checkout_status(request: HttpRequest, token: str) -> HttpResponse:
    """The part of the return page that polls."""
    return render(request, "checkout/_state.html", _context(donation_for_link(token)))


@csrf_exempt
@require_POST
def checkout_apply(request: HttpRequest, token: str) -> HttpResponse:
    """Ask Stripe now, in case its webhook is late; then show the page again."""
    donation = donation_for_link(token)
    if donation.session_id is not None:
        # If Stripe cannot be asked now, the webhook or the sweeper will; the page goes on asking.
        with suppress(GatewayError, settlement.BusyError):
            settlement.apply(donation.pk, gateway=for_visitors())
    del request
    return redirect(reverse("checkout_return", args=[token]) + "?asked")


@never_cache
@require_safe
def checkout_cancelled(request: HttpRequest, token: str) -> HttpResponse:
    """Where Stripe sends the visitor who turns back without paying."""
    donation = donation_for_link(token)
    if donation.state not in {DonationState.CREATED, DonationState.OPEN}:
        return redirect("checkout_return", token=token)
    context = _context(donation)
    if donation.booking is not None and donation.purpose == Purpose.SEAT:
        context |= _kept(donation, donation.booking)
    context |= {
        "session_url": donation.session_url,
        "release_url": reverse("checkout_release", args=[token]),
    }
    return render(request, "checkout/cancelled.html", context)


@csrf_exempt
@require_POST
def checkout_release(request: HttpRequest, token: str) -> HttpResponse:
    """Let the seat go: the session is made unpayable, then the hold ends."""
    del request
    donation = donation_for_link(token)
    try:
        ended = checkout.end(donation, gateway=for_visitors())
    except (GatewayError, settlement.BusyError):
        return redirect("checkout_cancelled", token=token)
    if ended.state == DonationState.EXPIRED and ended.booking_id is not None:
        holds.let_go(ended.booking_id, offers=True)
    return redirect(reverse("checkout_return", args=[token]) + "?released")
