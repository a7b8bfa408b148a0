"""Gifts shown by receipt, for the campaign's organizers; a viewer is shown numbers alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.declared_forms import ExternalForm, ReasonForm
from donations.models import Claim
from donations.services import claim_lists, claims, receipt_files
from donations.services.claim_links import claim_for_editor
from donations.states import ClaimState
from donations.views.organize_campaign import campaign_context
from events.models import Campaign
from events.services import access, campaigns
from events.states import Destination

_ON_A_PAGE = 25


@never_cache
@login_required
@require_safe
def campaign_claims(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was shown, with receipts; what waits for an answer stands first, 25 a page."""
    campaign = access.campaign_for_member(request.user, public_id, access.MEMBERS)
    initial = {"external_url": campaign.external_url, "claim_days": campaign.claim_days}
    form = ExternalForm(initial=initial, is_owner=access.is_owner(request.user, campaign))
    return render(request, "organize/claims.html", _context(request, campaign, form))


def _context(request: HttpRequest, campaign: Campaign, form: ExternalForm) -> dict[str, Any]:
    context = campaign_context(request, campaign, "claims")
    context["numbers"] = claim_lists.numbers(campaign)
    context["is_external"] = campaign.destination == Destination.EXTERNAL
    if context["may_edit"]:
        page = Paginator(claim_lists.found(campaign), _ON_A_PAGE).get_page(request.GET.get("page"))
        rows = claim_lists.rows_of(campaign, list(page.object_list))
        context |= {"page": page, "rows": rows, "form": form}
    return context


@login_required
@require_POST
def campaign_claims_settings(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set the charity's giving page, and for how long a seat waits."""
    campaign = access.campaign_for_member(request.user, public_id)
    initial = {"external_url": campaign.external_url}
    is_owner = access.is_owner(request.user, campaign)
    form = ExternalForm(request.POST, initial=initial, is_owner=is_owner)
    if not form.is_valid():
        context = _context(request, campaign, form)
        return render(request, "organize/claims.html", context, status=422)
    campaigns.set_external(campaign.pk, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("campaign_claims", public_id=public_id)


@never_cache
@login_required
@require_safe
def claim_file(request: HttpRequest, public_id: UUID) -> HttpResponse | FileResponse:
    """The receipt, to the team's editors alone: a download that no browser runs."""
    claim = claim_for_editor(request.user, public_id)
    if not claim.file:
        raise Http404
    try:
        content = claim.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = str(claim.file.name)
    response = FileResponse(content, content_type=receipt_files.content_type(name))
    ending = name.rpartition(".")[2]
    response["Content-Disposition"] = f'attachment; filename="receipt-{claim.pk}.{ending}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@login_required
@require_POST
def claim_accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Believe a claim; sent twice, it is accepted once."""
    claim = claim_for_editor(request.user, public_id)
    told = {"name": claim.name}
    try:
        claims.accept(claim.pk, by=request.user)
    except claims.DecidedError:
        messages.info(request, _("That was answered already."))
    else:
        messages.success(request, _("Accepted. We have told %(name)s.") % told)
    return redirect("campaign_claims", public_id=claim.campaign.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Not believe a claim: GET asks for the reason, POST writes it to the giver."""
    return _with_reason(request, claim_for_editor(request.user, public_id), undo=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an acceptance back: GET asks for the reason, POST writes it to the giver."""
    return _with_reason(request, claim_for_editor(request.user, public_id), undo=True)


def _with_reason(request: HttpRequest, claim: Claim, *, undo: bool) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    can = claim.state == ClaimState.ACCEPTED if undo else claim.is_open
    if can and not form.is_valid():
        context = {
            **campaign_context(request, claim.campaign, "claims"),
            "claim": claim,
            "form": form,
            "undo": undo,
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "organize/claim_reason.html", context, status=status)
    if request.method == "POST":
        verb = claims.undo if undo else claims.decline
        try:
            verb(claim.pk, reason=form.cleaned_data["reason"] if can else "", by=request.user)
        except claims.DecidedError:
            can = False
        else:
            messages.success(request, _("We have told %(name)s why.") % {"name": claim.name})
    if not can:
        messages.info(request, _("That was answered already."))
    return redirect("campaign_claims", public_id=claim.campaign.public_id)
