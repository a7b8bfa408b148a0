"""A person's own pages, behind signed links: GET shows, POST acts."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.gateway import GatewayError
from donations.gateway.stripe import for_visitors
from donations.services import cancelling, late_choices, pages, refunding, settlement
from donations.services.declaring import carried
from donations.views import own_context
from donations.views.language import language
from events.models import Booking
from events.services import access, attendees, calendar
from events.services.mails.emails import join_url


@never_cache
@require_safe
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """The ticket, and what its holder can do with it."""
    found = access.booking_for_link(token)
    return render(request, "bookings/manage.html", own_context.booking_page(found, token))


@never_cache
@require_safe
def booking_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The booking's calendar file."""
    del request
    found = access.booking_for_link(token)
    first = found.registrations.select_related("booking").order_by("position").first()
    into = join_url(first) if first is not None and attendees.is_payer(first) else ""
    return calendar_file(calendar.download(found, language=found.language, join_url=into))


def calendar_file(body: bytes) -> HttpResponse:
    """Return a calendar file as a download."""
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="workshop.ics"'
    return response


@csrf_exempt
@require_POST
def booking_cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give the seat back; what was given stays as a gift, or is asked back (``gift=ask``)."""
    found = access.booking_for_link(token)
    try:
        ask_back = request.POST.get("gift") == "ask"
        cancelling.cancel_seat(found, gateway=for_visitors(), ask_back=ask_back)
    except cancelling.CalledOffError:
        messages.warning(request, _("The workshop was cancelled: there is no seat to give back."))
    except (GatewayError, settlement.BusyError):
        return try_later(request, found, token)
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def booking_refund(request: HttpRequest, token: str) -> HttpResponse:
    """Late money: give it back in full."""
    found = access.booking_for_link(token)
    try:
        late_choices.give_back(found, gateway=for_visitors())
    except late_choices.NothingToChooseError:
        pass  # Chosen already, perhaps by a second click: the page shows what came of it.
    except refunding.AtStripeError:
        campaign = pages.campaign_page(found.workshop.campaign, language())
        context = {"campaign": campaign, "back_url": reverse("booking", args=[token])}
        return render(request, "checkout/refund_at_stripe.html", context, status=409)
    except (GatewayError, settlement.BusyError):
        return try_later(request, found, token)
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def booking_take_seat(request: HttpRequest, token: str) -> HttpResponse:
    """Late money: take a seat that is free again."""
    found = access.booking_for_link(token)
    with suppress(late_choices.NothingToChooseError):  # As above.
        if not late_choices.take_seat(found.pk):
            messages.warning(request, _("Somebody else was quicker: no seat is free any more."))
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def booking_keep(request: HttpRequest, token: str) -> HttpResponse:
    """Late money: keep it as a gift."""
    del request
    found = access.booking_for_link(token)
    with suppress(late_choices.NothingToChooseError):  # As above.
        late_choices.keep(found.pk)
    return redirect("booking", token=token)


def try_later(request: HttpRequest, found: Booking, token: str) -> HttpResponse:
    """Stripe did not answer: what was asked for may be done or not, and asking again is safe."""
    context = {
        "campaign": pages.campaign_page(found.workshop.campaign, language()),
        "workshop": pages.workshop_page(found.workshop, language()),
        "retry_url": request.path,
        "back_url": reverse("booking", args=[token]),
    }
    return render(request, "checkout/try_later.html", context, status=503)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """A free seat's address: GET shows a button, POST confirms."""
    found = access.booking_for_link(token, access.CONFIRM_LINK)
    if request.method == "POST":
        seated = carried.confirm(found.pk)
        return redirect("booking", token=access.booking_link(seated))
    context = own_context.booking_page(found, access.booking_link(found))
    return render(request, "bookings/confirm.html", {**context, "confirm_url": request.path})
