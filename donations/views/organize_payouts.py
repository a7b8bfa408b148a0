"""An organizer's pages of the transfers from Stripe to the bank, with the gifts in each."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.services.paying_out import shown
from donations.views.organize_campaign import campaign_context
from events.services import access

_ON_A_PAGE = 100


@never_cache
@login_required
@require_safe
def campaign_payouts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The transfers that hold money of the campaign."""
    campaign = access.campaign_for_member(request.user, public_id)
    context = {
        **campaign_context(request, campaign, "payouts"),
        "payouts": shown.of_campaign(campaign),
        "most": shown.SHOWN,
    }
    return render(request, "organize/payouts.html", context)


@never_cache
@login_required
@require_safe
def campaign_payout(request: HttpRequest, public_id: UUID, stripe_id: str) -> HttpResponse:
    """One transfer: the gifts and refunds of the campaign that are in it."""
    campaign = access.campaign_for_member(request.user, public_id)
    found = shown.one_of_campaign(campaign, stripe_id)
    rows = shown.lines(campaign, found.payout)
    context = {
        **campaign_context(request, campaign, "payouts"),
        "one": found,
        "page": Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "organize/payout.html", context)
