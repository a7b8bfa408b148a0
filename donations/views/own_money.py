"""What a giver does with one payment: receipts, asking for it back, another gift."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from donations.models import Donation
from donations.services import pages, refund_requests, sharing, watching
from donations.services.links import GIFT_LINK, donation_for_link
from donations.services.papers import receipts
from donations.services.remitting import shares
from donations.states import DonationState
from donations.views import own_context
from donations.views.language import language
from events.services import access


@never_cache
@require_safe
def gift(request: HttpRequest, token: str) -> HttpResponse:
    """A gift's own page."""
    donation = donation_for_link(token, GIFT_LINK)
    actions = own_context.gift_money(donation, token)
    context = {
        "donation": donation,
        "donations": [donation],
        "campaign": pages.campaign_page(donation.campaign, language()),
        "accent_url": pages.accent_url(donation.campaign),
        "attention": None,
        "watch_url": watching.page_of(donation),
        "fee": receipts.exact_fee(donation),
        "money_actions": [actions],
        "journeys": shares.journeys([donation]),
        "asked": [donation] if donation.refund_asked_at and donation.net_minor > 0 else [],
        **sharing.of_path(reverse("campaign", args=[donation.campaign.slug])),
    }
    return render(request, "gifts/manage.html", context)


def _of_booking(token: str, donation: UUID) -> Donation:
    booking = access.booking_for_link(token)
    rows = Donation.objects.select_related("campaign__team", "workshop", "booking")
    return get_object_or_404(rows, booking=booking, public_id=donation)


def _pdf(donation: Donation) -> HttpResponse:
    if donation.state != DonationState.PAID:
        raise Http404
    response = HttpResponse(receipts.pdf(donation, language()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{receipts.file_name(donation)}"'
    return response


@never_cache
@require_safe
def booking_receipt(request: HttpRequest, token: str, donation: UUID) -> HttpResponse:
    """The receipt of a booking's payment, as PDF."""
    del request
    return _pdf(_of_booking(token, donation))


@never_cache
@require_safe
def gift_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt of a gift, as PDF."""
    del request
    return _pdf(donation_for_link(token, GIFT_LINK))


def _mail(request: HttpRequest, donation: Donation) -> None:
    if donation.state == DonationState.PAID:
        receipts.ask_for_mail(donation)
        told = _("Your receipt is on its way to %(email)s.") % {"email": donation.email}
        messages.success(request, told)


@csrf_exempt
@require_POST
def booking_receipt_mail(request: HttpRequest, token: str, donation: UUID) -> HttpResponse:
    """Mail the receipt of a booking's payment to its giver."""
    _mail(request, _of_booking(token, donation))
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def gift_receipt_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Mail the receipt of a gift to its giver."""
    _mail(request, donation_for_link(token, GIFT_LINK))
    return redirect("gift", token=token)


def _ask_back(request: HttpRequest, donation: Donation) -> None:
    """``gift=leave`` takes an unanswered request back."""
    if request.POST.get("gift") == "leave":
        refund_requests.leave(donation.pk)
    else:
        refund_requests.ask(donation.pk)


@csrf_exempt
@require_POST
def booking_ask_back(request: HttpRequest, token: str, donation: UUID) -> HttpResponse:
    """Ask for what a booking's payment left as a gift, or leave it after all."""
    _ask_back(request, _of_booking(token, donation))
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def gift_ask_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a gift back, or leave it after all."""
    _ask_back(request, donation_for_link(token, GIFT_LINK))
    return redirect("gift", token=token)
