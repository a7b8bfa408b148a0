"""An organizer answers somebody who asks for a gift back, or whose money came too late."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from donations.gateway import GatewayError
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import late_choices, refund_requests, refunding, settlement
from donations.services.links import donation_for_member
from donations.views import people_words
from donations.views.language import language


class DeclineForm(forms.Form):
    """Why the gift stays one."""

    reason = forms.CharField(
        label=gettext_lazy("What you write to them"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[ProhibitNullCharactersValidator()],
        help_text=gettext_lazy("They read it as you write it, in our e-mail."),
        error_messages={"required": gettext_lazy("Write a sentence or two: they asked politely.")},
    )


@login_required
@require_POST
def refund_give_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give back what is left of a gift; sent twice, it is given back once."""
    donation = donation_for_member(request.user, public_id)
    amount = donation.amount.format(language())
    told = {"name": people_words.giver(donation), "amount": amount}
    try:
        refund_requests.give_back(donation, gateway=for_visitors())
    except late_choices.NothingToChooseError:
        _answered_already(request)
    except refunding.AtStripeError:
        context = {"back_url": reverse("dashboard"), "told": told, "donation": donation}
        return render(request, "organize/refund_at_stripe.html", context, status=409)
    except (GatewayError, settlement.BusyError):
        context = {"retry_url": request.path, "back_url": reverse("dashboard"), "told": told}
        return render(request, "organize/refund_later.html", context, status=503)
    else:
        messages.success(request, _("%(name)s gets the money back.") % told)
    return redirect("dashboard")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refund_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Leave it as a gift: GET asks for the reason, POST writes it to the giver."""
    donation = donation_for_member(request.user, public_id)
    late = refund_requests.late_booking(donation) is not None
    form = DeclineForm(request.POST or None)
    if request.method != "POST" or not (late or form.is_valid()):
        giver = people_words.giver(donation)
        context = {"donation": donation, "giver": giver, "form": form, "is_late": late}
        status = 422 if request.method == "POST" else 200
        return render(request, "organize/refund_decline.html", context, status=status)
    try:
        reason = "" if late else form.cleaned_data["reason"]
        refund_requests.decline(donation, reason=reason)
    except late_choices.NothingToChooseError:
        _answered_already(request)
    else:
        messages.success(request, _told(donation))
    return redirect("dashboard")


def _told(donation: Donation) -> str:
    return _("It stays a gift, and we have told %(name)s.") % {"name": people_words.giver(donation)}


def _answered_already(request: HttpRequest) -> None:
    messages.info(request, _("That was answered already."))
