"""Giving and registering: the form, and what its answer leads to.

These forms act for nobody's session (whoever sends one gives their own money), so they need no
CSRF token and no cookie; a nonce in the form makes a repeat harmless.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from donations.carried_forms import CarriedForm
from donations.declared_forms import ClaimForm
from donations.forms import GiveForm, WaitForm
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import (
    checkout,
    fees,
    pages,
    parameters,
    series_pages,
    social_cards,
    watching,
)
from donations.services.abuse import limits, pausing, places
from donations.services.declaring import carried, claims
from donations.states import DonationState
from donations.views import guarding, proving, shared, workshop_preview
from donations.views.addresses import at_old_addresses
from donations.views.language import language
from events.models import Campaign, Workshop
from events.services import access, origins
from events.services.seating import seats, waiting_list
from fundraiser.core.http import TellingError, client_hash

_WORKSHOP = "workshops/workshop.html"


@at_old_addresses
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def workshop(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """A workshop with its form; POST holds the seats and goes on to Stripe."""
    if request.method == "POST":
        try:
            found = access.workshop_for_visitor(slug, workshop_slug)
        except TellingError:
            raise
        except Http404:
            return workshop_preview.refuse(request, slug, workshop_slug)
        return _submit(request, found.campaign, found, _WORKSHOP, lambda: workshop_context(found))

    def filled(found: Workshop) -> dict[str, Any]:
        context = workshop_context(found)
        if context["status"] == "open":
            context |= blank_form(request, found.campaign, found)
        context["carried"] = origins.carried(request.GET)
        if "wait_form" in context and context["carried"]:
            initial = {"nonce": shared.NONCE, **origins.asked(request.GET)}
            context["wait_form"] = WaitForm(workshop=found, initial=initial)
        return context

    try:
        version = pages.workshop_version(slug, workshop_slug)
    except TellingError:
        raise
    except Http404:
        return workshop_preview.page(request, slug, workshop_slug, filled)

    def made() -> HttpResponse:
        return render(request, _WORKSHOP, filled(access.workshop_for_visitor(slug, workshop_slug)))

    return shared.page(request, ("workshop", slug, workshop_slug, version, language()), made)


def workshop_context(found: Workshop) -> dict[str, Any]:
    """Return what a workshop's page shows beside its form."""
    shown = pages.workshop_page(found, language())
    context = {**page_context(found.campaign), "workshop": shown, "status": shown.status}
    context |= series_pages.other_dates(found, language())
    if waiting_list.is_open(found) and pages.takes_gifts(found.campaign):
        context["wait_form"] = WaitForm(workshop=found, initial={"nonce": shared.NONCE})
    if shown.status == "open" and (funded := carried.funded(found)):
        form = CarriedForm(workshop=found, initial={"nonce": shared.NONCE})
        context |= {"carried_form": form, "carried_seats": funded}
    if watching.offered(found):
        context["watch_url"] = reverse("watch", args=[found.campaign.slug, found.slug])
    return context


@at_old_addresses
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """A gift without a workshop; POST goes on to Stripe."""
    found = access.campaign_for_visitor(slug)
    if request.method == "POST":
        return _submit(request, found, None, "campaigns/give.html", lambda: page_context(found))
    context = page_context(found)
    if not pages.give_url(found):
        return render(request, "checkout/closed.html", context)
    key = ("give", slug, pages.campaign_version(slug), language())
    filled = {
        **context,
        **blank_form(request, found, None),
        "carried": origins.carried(request.GET),
    }
    return shared.page(request, key, lambda: render(request, "campaigns/give.html", filled))


def give_for_replay(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The gift form of a past workshop's recording, without a seat; POST goes on to Stripe."""
    found = workshop.campaign

    def context() -> dict[str, Any]:
        return {**page_context(found), "replay": pages.workshop_page(workshop, language())}

    if request.method == "POST":
        return _submit(request, found, None, "campaigns/give.html", context, replay=workshop)
    form = GiveForm(campaign=found, workshop=None, initial={"nonce": uuid.uuid4()})
    return render(request, "campaigns/give.html", {**context(), "form": form})


@never_cache
@require_safe
def booking_give(request: HttpRequest, token: str) -> HttpResponse:
    """The form for one more gift, filled in with what a booking knows of its payer."""
    booking = access.booking_for_link(token)
    found = booking.workshop.campaign
    context = page_context(found)
    if not pages.takes_gifts(found):
        return render(request, "checkout/closed.html", context)
    known = {"name": booking.name, "email": booking.email, "nonce": uuid.uuid4()}
    context["form"] = GiveForm(campaign=found, workshop=None, initial=known)
    context["form_action"] = reverse("give", args=[found.slug])
    return render(request, "campaigns/give.html", context)


def page_context(campaign: Campaign) -> dict[str, Any]:
    """Return what every page with a give form shows of its campaign."""
    return {
        "campaign": pages.campaign_page(campaign, language()),
        "accent_url": pages.accent_url(campaign),
        "share_image": social_cards.url(campaign, language()),
        "fee_estimate": fees.estimate(campaign.currency),
        "paused": pages.is_paused(campaign),
        "site_paused": pausing.is_on_for(campaign),
    }


def claim_context(campaign: Campaign, workshop: Workshop | None, form: ClaimForm) -> dict[str, Any]:
    """Return what a page shows on which one tells of a gift given on the charity's own page."""
    place = [campaign.slug, *([workshop.slug] if workshop else [])]
    name = "show_for_seat" if workshop else "show_gift"
    return {"form": form, "is_claim": True, "form_action": reverse(name, args=place)}


def blank_form(
    request: HttpRequest, campaign: Campaign, workshop: Workshop | None
) -> dict[str, Any]:
    """Return the empty form of the campaign's way of giving; nothing where it takes no gifts."""
    if claims.are_taken(campaign):
        initial = {"nonce": shared.NONCE}
        form = ClaimForm(campaign=campaign, workshop=workshop, initial=initial)
        return claim_context(campaign, workshop, form)
    takes = pages.takes_gifts(campaign)
    return {"form": blank(request, campaign, workshop)} if takes else {}


def blank(request: HttpRequest, campaign: Campaign, workshop: Workshop | None) -> GiveForm:
    """Return an empty form; its nonce is put in for each visit (shared.py).

    ``?amount=50`` (major units) fills the amount.
    """
    initial: dict[str, Any] = {"nonce": shared.NONCE, **origins.asked(request.GET)}
    if asked := request.GET.get("amount", "")[:20]:
        initial |= {"amount": "other", "other_amount": asked}
    return GiveForm(campaign=campaign, workshop=workshop, initial=initial)


def _submit(
    request: HttpRequest,
    campaign: Campaign,
    workshop: Workshop | None,
    template: str,
    context: proving.Context,
    *,
    replay: Workshop | None = None,
) -> HttpResponse:
    """Check the form and start; each refusal has a page that says what to do."""
    if not pages.takes_gifts(campaign):
        return render(request, "checkout/closed.html", context(), status=409)
    form = GiveForm(request.POST, campaign=campaign, workshop=workshop)
    if not form.is_valid():
        carried = origins.carried(request.POST)
        return render(
            request, template, {**context(), "form": form, "carried": carried}, status=422
        )
    gift = replace(form.to_gift(client_hash(request)), replay=replay)
    try:
        return _start(request, campaign, workshop, gift, context)
    except seats.FullError:
        return _full(request, workshop, gift)
    except guarding.REFUSALS as refusal:
        again = {**context(), "form": form, "carried": origins.carried(request.POST)}
        return guarding.refused(request, template, again, refusal)


def _start(
    request: HttpRequest,
    campaign: Campaign,
    workshop: Workshop | None,
    gift: checkout.Gift,
    context: proving.Context,
) -> HttpResponse:
    """Hold the seats and go on: to paying, or to proving the address where nothing is paid."""
    guarding.refuse_blocked(request, gift.payer.email)
    nonce = gift.nonce(f"{campaign.pk}:{workshop.pk if workshop else ''}")
    if workshop is not None and not gift.amount:
        places.start_free(
            workshop=workshop, payer=gift.payer, nonce=nonce, client_hash=gift.client_hash
        )
        return render(request, "bookings/check_mail.html", {**context(), "email": gift.payer.email})
    if (proof := proving.step(request, campaign, gift, nonce, context)) is not None:
        return proof
    gift = replace(gift, is_proven=proving.is_address_proven(request, nonce))
    try:
        donation = checkout.start(
            campaign=campaign, workshop=workshop, gift=gift, gateway=for_visitors()
        )
    except limits.AddressBusyError:
        if proving.BY_MAIL not in request.POST:
            raise
        return proving.mail(request, campaign, gift, nonce, context)
    return after_start(donation)


def _full(request: HttpRequest, workshop: Workshop | None, gift: checkout.Gift) -> HttpResponse:
    """No seat is left: the page has the form to wait for one, filled in with what was typed."""
    assert workshop is not None  # noqa: S101 -- a gift without a workshop needs no seat
    seats.look_again(workshop)
    context = workshop_context(workshop)
    if "wait_form" in context:
        payer = gift.payer
        typed = {"name": payer.name, "email": payer.email, "seats": payer.seats}
        initial = {**typed, "nonce": uuid.uuid4(), **origins.asked(request.POST)}
        context["wait_form"] = WaitForm(workshop=workshop, initial=initial)
    return render(request, "checkout/full.html", context, status=409)


def after_start(donation: Donation) -> HttpResponse:
    """Go to Stripe's page, or to our own where there is nothing to pay any more."""
    if donation.state == DonationState.OPEN and donation.session_url:
        return redirect(donation.session_url)
    return redirect(reverse("checkout_return", args=[parameters.token(donation)]))
