"""The page of one address: all its links, years, data, and the way to be forgotten."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.gateway import GatewayError
from donations.gateway.stripe import for_visitors
from donations.services import pages, settlement
from donations.services.links import gift_link
from donations.services.papers import statements
from donations.services.person import erasing, lost_links, own_records, personal_data
from donations.views.language import language
from donations.views.own_forms import AddressForm, EraseForm
from events.models import Person
from events.services import access


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """Ask for one's links: whoever asks for whatever address is answered the same."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "people/lost.html", {"form": form})
    if not form.is_valid():
        return render(request, "people/lost.html", {"form": form}, status=422)
    email = form.cleaned_data["email"].strip()
    lost_links.ask(email, language())
    return render(request, "people/lost_sent.html", {"email": email})


@csrf_exempt
@require_POST
def booking_links(request: HttpRequest, token: str) -> HttpResponse:
    """Mail a booking's payer the link to the page of the address."""
    booking = access.booking_for_link(token)
    lost_links.ask(booking.email, language())
    told = _("The link is on its way to %(email)s.") % {"email": booking.email}
    messages.success(request, told)
    return redirect("booking", token=token)


@never_cache
@require_safe
def person(request: HttpRequest, token: str) -> HttpResponse:
    """Every seat and gift of an address, by years too."""
    found = access.person_for_link(token)
    return render(request, "people/person.html", _context(found, token))


def _context(found: Person, token: str) -> dict[str, Any]:
    gifts = own_records.gifts_of(found.email)
    return {
        "person": found,
        "seats": _seats(found),
        "gifts": [
            {"donation": one, "url": reverse("gift", args=[gift_link(one)])} for one in gifts
        ],
        "years": [
            {"year": one, "url": reverse("statement", args=[token, one.year, one.currency])}
            for one in own_records.years(gifts)
        ],
        "data_url": reverse("person_data", args=[token]),
        "erase_url": reverse("erase", args=[token]),
    }


def _seats(found: Person) -> list[dict[str, Any]]:
    own = [
        (one, one.workshop, reverse("booking", args=[access.booking_link(one)]))
        for one in own_records.shown_bookings(found.email)
    ]
    others = [
        (
            one.booking,
            one.booking.workshop,
            reverse("seat", args=[access.registration_link(one, access.SEAT_LINK)]),
        )
        for one in own_records.shown_seats(found.email)
    ]
    return [
        {"booking": booking, "workshop": pages.workshop_page(workshop, language()), "url": url}
        for booking, workshop, url in (*own, *others)
    ]


def _year(found: Person, year: int, currency: str) -> own_records.Year:
    for one in own_records.years(own_records.gifts_of(found.email)):
        if (one.year, one.currency) == (year, currency):
            return one
    raise Http404


@never_cache
@require_safe
def statement(request: HttpRequest, token: str, year: int, currency: str) -> HttpResponse:
    """The gifts of one year in one currency."""
    found = access.person_for_link(token)
    context = {
        "person": found,
        "year": _year(found, year, currency),
        "pdf_url": reverse("statement_pdf", args=[token, year, currency]),
        "person_url": reverse("person", args=[token]),
    }
    return render(request, "people/statement.html", context)


@never_cache
@require_safe
def statement_pdf(request: HttpRequest, token: str, year: int, currency: str) -> HttpResponse:
    """The same as a paper."""
    del request
    found = access.person_for_link(token)
    gifts = _year(found, year, currency)
    name = gifts.gifts[0].name
    content = statements.pdf(gifts, name=name, email=found.email, language=language())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="gifts-{year}-{currency}.pdf"'
    return response


@never_cache
@require_safe
def person_data(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that stands here about the address, as a file."""
    del request
    data = personal_data.of_person(access.person_for_link(token))
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """GET tells what goes and what stays; POST, with the address typed, erases."""
    found = access.person_for_link(token)
    posted = request.method == "POST"
    form = EraseForm(request.POST if posted else None, email=found.email)
    why = erasing.obstacle(found)
    status = 200
    if posted and why:
        status = 409
    elif posted and not form.is_valid():
        status = 422
    elif posted:
        try:
            erasing.erase(found, gateway=for_visitors())
            return render(request, "people/erased.html")
        except erasing.NotYetError as error:
            why, status = error.why, 409
        except (GatewayError, settlement.BusyError):
            why, status = "stripe", 503
    context = {
        "form": form,
        "why": why,
        "person": found,
        "person_url": reverse("person", args=[token]),
    }
    return render(request, "people/erase.html", context, status=status)
