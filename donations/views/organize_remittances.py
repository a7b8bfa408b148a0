"""An organizer's pages of the transfers to the charity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import Remittance
from donations.services import totals
from donations.services.remitting import (
    acknowledging,
    charity_addresses,
    doors,
    overdue,
    receipt_files,
    remittances,
    transfers,
)
from donations.views.language import language
from donations.views.organize_campaign import campaign_context
from donations.views.receipt_answers import file_answer
from donations.views.remittance_forms import AskForm, ReceiptForm, RemittanceForm, UndoForm
from events.models import Campaign
from events.services import access


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_remittances(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was sent, what is still to send; POST records a transfer."""
    found = access.campaign_for_member(request.user, public_id)
    total = totals.of_campaign(found)
    options: dict[str, Any] = {"campaign": found, "outstanding": total.outstanding}
    if request.method != "POST":
        return _page(request, found, total, RemittanceForm(**options))
    form = RemittanceForm(request.POST, request.FILES, **options)
    if form.is_valid():
        try:
            row = remittances.record(campaign=found, transfer=form.transfer(), user=request.user)
        except remittances.MoreThanOutstandingError as error:
            form.add_error("amount", _more(error))
        except remittances.NothingToSendError as error:
            raise Http404 from error
        else:
            messages.success(request, _("Recorded. Now ask the charity to acknowledge it."))
            return redirect("remittance", public_id=row.public_id)
    form.carry_receipt()
    return _page(request, found, total, form, status=422)


def _more(error: remittances.MoreThanOutstandingError) -> str:
    told = _(
        "Only %(amount)s is still to send. If you did send more, tick “Yes, it was more than what "
        "is still to send”."
    )
    return told % {"amount": error.outstanding.format(language())}


def _page(
    request: HttpRequest,
    campaign: Campaign,
    total: totals.Totals,
    form: RemittanceForm,
    *,
    status: int = 200,
) -> HttpResponse:
    rows = [
        {"row": row, "shown": shown}
        for row, shown in zip(doors.of_campaign(campaign), transfers.shown(campaign), strict=True)
    ]
    context = {
        **campaign_context(request, campaign, "remittances"),
        "form": form,
        "total": total,
        "rows": rows,
        "late": overdue.missed(campaign, total),
        "can_send": remittances.is_sent_on(campaign),
        "asks_for_more": "amount" in form.errors or bool(form["more_is_meant"].value()),
    }
    return render(request, "organize/remittances.html", context, status=status)


@login_required
@require_safe
def remittance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One transfer: its receipt, the charity's answer, and the way to undo it."""
    return _one(request, doors.remittance_for_editor(request.user, public_id))


def _one(
    request: HttpRequest,
    row: Remittance,
    *,
    sent: forms.Form | None = None,
) -> HttpResponse:
    """Show a transfer; ``sent`` is the form that has to be put right."""

    def either(kind: type[forms.Form], **initial: Any) -> forms.Form:
        return sent if isinstance(sent, kind) else kind(initial=initial)

    asked = row.acknowledgements.filter(revoked_at=None).first()
    campaign = row.campaign
    context = {
        **campaign_context(request, campaign, "remittances"),
        "remittance": row,
        "method": transfers.METHODS[row.method],  # type: ignore[index]  # a str of the enum
        "said": transfers.acknowledged(row),
        "asked": asked,
        "can_ask": row.acknowledgements.count() < acknowledging.MOST_ASKED,
        "site_domain": charity_addresses.site_domain(campaign.charity_site),
        "is_admin": bool(getattr(request.user, "is_superuser", False)),
        "form": sent,
        "receipt_form": either(ReceiptForm, receipt_is_public=row.receipt_is_public),
        "ask_form": either(AskForm, language=campaign.language),
        "undo_form": either(UndoForm),
    }
    status = 422 if sent is not None else 200
    return render(request, "organize/remittance.html", context, status=status)


@login_required
@require_POST
def remittance_receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand in another receipt, or say who may see it."""
    row = doors.remittance_for_editor(request.user, public_id)
    form = ReceiptForm(request.POST, request.FILES)
    if not form.is_valid():
        return _one(request, row, sent=form)
    file = form.cleaned_data["receipt"]
    name = receipt_files.keep(file) if file is not None else None
    remittances.change_receipt(row, receipt=name, is_public=form.cleaned_data["receipt_is_public"])
    messages.success(request, _("The receipt is saved."))
    return redirect("remittance", public_id=public_id)


@login_required
@require_safe
def remittance_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A transfer's receipt, public or not, for its organizers."""
    return file_answer(doors.receipt_of(doors.remittance_for_editor(request.user, public_id)))


@login_required
@require_POST
def remittance_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask somebody at the charity whether the transfer arrived."""
    row = doors.remittance_for_editor(request.user, public_id)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _one(request, row, sent=form)
    email = form.cleaned_data["email"].strip()
    try:
        asked = acknowledging.ask(
            remittance=row, email=email, language=form.cleaned_data["language"]
        )
    except acknowledging.AddressRefusedError as error:
        form.add_error("email", _refused(error, row.campaign))
        return _one(request, row, sent=form)
    except acknowledging.NotToAskError:
        messages.info(request, _("Nobody can be asked about this transfer any more."))
    else:
        told = (
            _("The link is on its way to %(email)s.")
            if asked.is_at_site
            else _("An admin of this site looks at %(email)s first, and then the link goes out.")
        )
        messages.success(request, told % {"email": email})
    return redirect("remittance", public_id=public_id)


def _refused(error: acknowledging.AddressRefusedError, campaign: Campaign) -> str:
    told = {
        "shared": _("Anybody can have such an address. It has to be one at %(domain)s."),
        "elsewhere": _(
            "It has to be an address at %(domain)s, the charity’s own site, so that everybody can "
            "believe the answer."
        ),
    }
    domain = charity_addresses.site_domain(campaign.charity_site)
    return told[error.why] % {"domain": domain}


@login_required
@require_POST
def remittance_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An admin of the site has looked at the address; the link goes out."""
    row = doors.remittance_for_editor(request.user, public_id)
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    asked = row.acknowledgements.filter(revoked_at=None).select_related("remittance").first()
    if asked is not None:
        asked.remittance = row
        if acknowledging.approve(asked):
            messages.success(
                request, _("The link is on its way to %(email)s.") % {"email": asked.email}
            )
    return redirect("remittance", public_id=public_id)


@login_required
@require_POST
def remittance_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Undo a transfer that came back or was recorded by mistake."""
    row = doors.remittance_for_editor(request.user, public_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _one(request, row, sent=form)
    try:
        remittances.undo(row, reason=form.cleaned_data["reason"])
    except remittances.ReturnedAlreadyError:
        messages.info(request, _("It was undone already."))
    else:
        messages.success(request, _("Undone: the amount is to be sent again."))
    return redirect("remittance", public_id=public_id)
