"""The charity's own page: an officer says what arrived. And the receipt that everybody may see."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from donations.services import pages
from donations.services.remitting import acknowledging, doors, transfers
from donations.views.language import language
from donations.views.receipt_answers import file_answer
from donations.views.remittance_forms import AcknowledgeForm


# An officer has no account and perhaps no cookie; the signed link itself says who it is.
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the transfer and a form; POST writes the answer down, once."""
    asked = doors.acknowledgement_for_link(token)
    status = 200
    form = AcknowledgeForm(request.POST if request.method == "POST" else None, asked=asked)
    if request.method == "POST" and asked.acknowledged_at is None:
        if form.is_valid():
            try:
                acknowledging.answer(asked, form.answer())
            except acknowledging.AnsweredAlreadyError:
                status = 409
            asked = doors.acknowledgement_for_link(token)
        else:
            status = 422
    remittance = asked.remittance
    context = {
        "campaign": pages.campaign_page(remittance.campaign, language()),
        "accent_url": pages.accent_url(remittance.campaign),
        "remittance": remittance,
        "method": transfers.METHODS[remittance.method],  # type: ignore[index]  # a str of the enum
        "said": transfers.acknowledged(remittance),
        "form": form,
    }
    return render(request, "remittances/acknowledge.html", context, status=status)


@require_safe
def transfer_receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A receipt that its organizer shows to everybody."""
    del request
    return file_answer(doors.public_receipt(public_id))
