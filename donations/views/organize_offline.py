"""Gifts that an organizer enters by hand; a viewer is shown numbers, and no hidden name."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.declared_forms import CorrectionForm, OfflineForm
from donations.services import totals
from donations.services.declaring import offline
from donations.services.declaring.claim_links import offline_for_editor
from donations.services.remitting import overdue
from donations.states import OfflineState
from donations.views.organize_campaign import campaign_context
from events.models import Campaign
from events.services import access

_ON_A_PAGE = 50


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_offline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was entered by hand, and the form for one more."""
    roles = access.EDITORS if request.method == "POST" else access.MEMBERS
    campaign = access.campaign_for_member(request.user, public_id, roles)
    if request.method == "POST":
        form = OfflineForm(request.POST, campaign=campaign)
        if form.is_valid():
            offline.record(campaign=campaign, entry=form.entry(), by=request.user)
            messages.success(request, _("Entered."))
            return redirect("campaign_offline", public_id=public_id)
        context = _context(request, campaign, form)
        return render(request, "organize/offline.html", context, status=422)
    initial = {"received_on": overdue.today(campaign), "nonce": uuid.uuid4()}
    form = OfflineForm(campaign=campaign, initial=initial)
    return render(request, "organize/offline.html", _context(request, campaign, form))


def _context(request: HttpRequest, campaign: Campaign, form: OfflineForm) -> dict[str, Any]:
    context = campaign_context(request, campaign, "offline")
    context["total"] = totals.of_campaign(campaign)
    if context["may_edit"]:
        pages = Paginator(offline.of_campaign(campaign), _ON_A_PAGE)
        context |= {"form": form, "page": pages.get_page(request.GET.get("page"))}
    return context


@login_required
@require_POST
def offline_received(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark a pledge as received today: from now on it counts."""
    gift = offline_for_editor(request.user, public_id)
    try:
        offline.receive(gift.pk, on=overdue.today(gift.campaign))
    except offline.NotNowError:
        messages.info(request, _("That was done already."))
    else:
        messages.success(request, _("It is received, and counts."))
    return redirect("campaign_offline", public_id=gift.campaign.public_id)


@login_required
@require_POST
def offline_forget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erase the name, and the note with it."""
    gift = offline_for_editor(request.user, public_id)
    offline.forget_name(gift.pk)
    messages.success(request, _("The name and the note are erased. The amount stays."))
    return redirect("campaign_offline", public_id=gift.campaign.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offline_take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an entry back: GET asks why, POST posts the counter-entry."""
    gift = offline_for_editor(request.user, public_id)
    can = gift.state in {OfflineState.PLEDGED, OfflineState.RECEIVED}
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if can and not form.is_valid():
        context = {
            **campaign_context(request, gift.campaign, "offline"),
            "gift": gift,
            "form": form,
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "organize/offline_take_back.html", context, status=status)
    if request.method == "POST" and can:
        try:
            offline.take_back(gift.pk, reason=form.cleaned_data["reason"])
        except offline.NotNowError:
            can = False
        else:
            messages.success(request, _("Taken back. The ledger keeps both rows."))
    if not can:
        messages.info(request, _("That was done already."))
    return redirect("campaign_offline", public_id=gift.campaign.public_id)
