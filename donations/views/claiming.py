"""Gifts given on the charity's own page: telling of one, and its giver's own page.

Like the give form, the forms act for nobody's session, so they need no CSRF token and no cookie.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.declared_forms import ClaimForm
from donations.services import pages
from donations.services.declaring import claims
from donations.services.declaring.claim_links import claim_for_link, claim_link
from donations.views import giving, guarding
from donations.views.addresses import at_old_addresses
from donations.views.language import language
from events.models import Campaign, Workshop
from events.services import access
from events.services.seating import seats
from events.states import BookingState
from fundraiser.core.http import client_hash


@at_old_addresses
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def show_for_seat(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """Show a gift and get a provisional seat: POST; the form stands on the workshop's page."""
    found = access.workshop_for_visitor(slug, workshop_slug)
    if request.method != "POST":
        return redirect("workshop", slug=slug, workshop_slug=workshop_slug)
    context = giving.workshop_context(found)
    return _show(request, found.campaign, found, "workshops/workshop.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def show_gift(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a gift without a workshop: POST; the form stands on the page to give."""
    found = access.campaign_for_visitor(slug)
    if request.method != "POST":
        return redirect("give", slug=slug)
    context = giving.page_context(found)
    return _show(request, found, None, "campaigns/give.html", context)


def _show(
    request: HttpRequest,
    campaign: Campaign,
    workshop: Workshop | None,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    if not claims.are_taken(campaign):
        return render(request, "checkout/closed.html", context, status=409)
    form = ClaimForm(request.POST, request.FILES, campaign=campaign, workshop=workshop)
    again = {**context, **giving.claim_context(campaign, workshop, form)}
    if not form.is_valid():
        return render(request, template, again, status=422)
    shown = replace(form.to_shown(), client_hash=client_hash(request))
    try:
        guarding.refuse_blocked(request, shown.payer.email)
        claim = claims.show(campaign=campaign, workshop=workshop, shown=shown)
    except seats.FullError:
        return render(request, "checkout/full.html", context, status=409)
    except guarding.REFUSALS as refusal:
        return guarding.refused(request, template, again, refusal)
    except claims.TooManyError:
        said = _("We have several receipts of this address already. Wait for the answer, please.")
        form.add_error("email", said)
        return render(request, template, again, status=422)
    return redirect("claim", token=claim_link(claim))


@never_cache
@require_safe
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a gift that was shown, and what its giver can do."""
    found = claim_for_link(token)
    booking = found.booking
    confirmed = booking is not None and booking.state == BookingState.CONFIRMED
    retry = ["workshop", found.campaign.slug, found.workshop.slug] if found.workshop else []
    context = {
        "claim": found,
        "booking": booking,
        "workshop": pages.workshop_page(found.workshop, language()) if found.workshop else None,
        "campaign": pages.campaign_page(found.campaign, language()),
        "accent_url": pages.accent_url(found.campaign),
        "booking_url": reverse("booking", args=[access.booking_link(booking)])
        if booking and confirmed
        else "",
        "retry_url": reverse(retry[0], args=retry[1:])
        if retry
        else reverse("give", args=[found.campaign.slug]),
        "withdraw_url": reverse("claim_withdraw", args=[token]) if found.is_open else "",
    }
    return render(request, "claims/claim.html", context)


@csrf_exempt
@require_POST
def claim_withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take a claim back, as long as nobody has decided about it; its seat is free again."""
    withdrawn = claims.withdraw(claim_for_link(token).pk)
    if withdrawn.state != "withdrawn":
        messages.info(request, _("That was answered already."))
    return redirect("claim", token=token)
