"""An organizer gives money back, and decides about the seat of money that went back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.gateway import GatewayError
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import organizer_refunds, refund_words, settlement
from donations.services.links import donation_for_member
from donations.states import SeatAfter
from donations.views import people_words
from donations.views.cancelling_forms import RefundForm
from donations.views.language import language
from donations.views.organize_workshop import typed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def donation_refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask how much and why; POST refunds. A double click is one refund."""
    donation = donation_for_member(request.user, public_id)
    form = RefundForm(typed(request), donation=donation, language=language())
    if request.method == "POST" and form.is_valid():
        try:
            _give_back(donation, form)
        except organizer_refunds.TooMuchError as error:
            left = {"amount": error.left.format(language())}
            form.add_error("amount", _("At most %(amount)s can be given back.") % left)
        except organizer_refunds.RefusedError as error:
            form.add_error("amount", refund_words.why(error.reason))
        except (GatewayError, settlement.BusyError):
            return _later(request, donation, form)
        else:
            amount = form.cleaned_data["amount"].format(language())
            told = {"name": people_words.giver(donation), "amount": amount}
            messages.success(request, _("%(name)s gets %(amount)s back.") % told)
            return redirect(_back(donation))
    context = {
        "donation": donation,
        "giver": people_words.giver(donation),
        "left": organizer_refunds.left_of(donation),
        "form": form,
        "back_url": _back(donation),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "organize/refund.html", context, status=status)


def _give_back(donation: Donation, form: RefundForm) -> None:
    organizer_refunds.give_back(
        donation,
        nonce=form.cleaned_data["nonce"],
        amount=form.cleaned_data["amount"],
        reason=form.cleaned_data["reason"],
        seat=form.seat_after(),
        gateway=for_visitors(),
    )


def _later(request: HttpRequest, donation: Donation, form: RefundForm) -> HttpResponse:
    """Stripe did not answer: it goes on by itself, and asking again is safe."""
    amount = form.cleaned_data["amount"].format(language())
    context = {
        "retry_url": request.path,
        "back_url": _back(donation),
        "told": {"name": people_words.giver(donation), "amount": amount},
        "typed": {name: request.POST[name] for name in form.fields if name in request.POST},
    }
    return render(request, "organize/refund_later.html", context, status=503)


def _back(donation: Donation) -> str:
    workshop = donation.seat_workshop
    if workshop is None:
        return reverse("dashboard")
    return reverse("workshop_people", args=[workshop.public_id])


@login_required
@require_POST
def donation_seat_keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let somebody whose money went back keep the seat."""
    donation = donation_for_member(request.user, public_id)
    organizer_refunds.decide_seat(donation.pk, SeatAfter.KEEP)
    messages.success(
        request, _("%(name)s keeps the seat.") % {"name": people_words.giver(donation)}
    )
    return redirect("dashboard")


@login_required
@require_POST
def donation_seat_free(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Free the seat of somebody whose money went back."""
    donation = donation_for_member(request.user, public_id)
    organizer_refunds.decide_seat(donation.pk, SeatAfter.FREE)
    messages.success(
        request,
        _("The seat is free again, and %(name)s is told.") % {"name": people_words.giver(donation)},
    )
    return redirect("dashboard")
