"""A seat that others' gifts carry, for somebody who cannot give right now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from donations.carried_forms import CarriedForm
from donations.services import pages
from donations.services.abuse import blocking
from donations.services.declaring import carried
from donations.views import giving, guarding
from donations.views.addresses import at_old_addresses
from events.services import access
from events.services.seating import seats


@at_old_addresses
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """Ask for a carried seat: POST; the form stands on the workshop's page."""
    found = access.workshop_for_visitor(slug, workshop_slug)
    if request.method != "POST" or not carried.is_on(found):
        return redirect("workshop", slug=slug, workshop_slug=workshop_slug)
    context = giving.workshop_context(found)
    if not pages.takes_gifts(found.campaign):
        return render(request, "checkout/closed.html", context, status=409)
    form = CarriedForm(request.POST, workshop=found)
    if not form.is_valid():
        context["carried_form"] = form
        return render(request, "workshops/carried.html", context, status=422)
    payer = form.to_payer()
    try:
        guarding.refuse_blocked(request, payer.email)
        carried.ask(workshop=found, payer=payer, nonce=form.cleaned_data["nonce"])
    except carried.NoneLeftError:
        context |= {"carried_form": form, "none_left": True}
        return render(request, "workshops/carried.html", context, status=409)
    except seats.FullError:
        return render(request, "checkout/full.html", context, status=409)
    except (seats.ClosedError, blocking.BlockedError) as refusal:
        return guarding.refused(request, "workshops/carried.html", context, refusal)
    return render(request, "bookings/check_mail.html", {**context, "email": payer.email})
