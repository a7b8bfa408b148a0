"""What the people of a booking change on their own pages: answers, mails, and who comes."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from donations.views import own, own_context
from donations.views.own_forms import AnswersForm, HandOverForm, MailsForm
from events.models import Booking, Registration
from events.services import access, calendar
from events.services.mails.emails import join_url
from events.services.seating import seat_changes


def _person(booking: Booking, position: int) -> Registration:
    found = booking.registrations.filter(position=position).first()
    if found is None:
        raise Http404
    found.booking = booking
    return found


def _again(
    request: HttpRequest, owner: Booking | Registration, token: str, form: forms.Form
) -> HttpResponse:
    """Show the page with the form as it was sent, and what is wrong with it."""
    if isinstance(owner, Booking):
        context = own_context.booking_page(owner, token, bound=form)
        return render(request, "bookings/manage.html", context, status=422)
    context = own_context.seat_page(owner, token, bound=form)
    return render(request, "bookings/person.html", context, status=422)


def _too_late(request: HttpRequest) -> None:
    messages.warning(request, _("That cannot be changed any more."))


@csrf_exempt
@require_POST
def booking_answers(request: HttpRequest, token: str, position: int) -> HttpResponse:
    """Save the answers of one person of a booking."""
    booking = access.booking_for_link(token)
    return _save_answers(request, booking, _person(booking, position), token)


@csrf_exempt
@require_POST
def seat_answers(request: HttpRequest, token: str) -> HttpResponse:
    """Save a person's own answers."""
    found = access.registration_for_link(token, access.SEAT_LINK)
    return _save_answers(request, found, found, token)


def _save_answers(
    request: HttpRequest, owner: Booking | Registration, person: Registration, token: str
) -> HttpResponse:
    form = AnswersForm(request.POST, registration=person)
    if not form.is_valid():
        return _again(request, owner, token, form)
    try:
        seat_changes.save_answers(person, form.answers())
        messages.success(request, _("Your answers are saved."))
    except seat_changes.NotNowError:
        _too_late(request)
    return _back(owner, token)


@csrf_exempt
@require_POST
def booking_hand_over(request: HttpRequest, token: str, position: int) -> HttpResponse:
    """Hand one seat of a booking to somebody else."""
    booking = access.booking_for_link(token)
    return _hand_over(request, booking, _person(booking, position), token)


@csrf_exempt
@require_POST
def seat_hand_over(request: HttpRequest, token: str) -> HttpResponse:
    """Hand one's own seat to somebody else: this page is theirs from then on."""
    found = access.registration_for_link(token, access.SEAT_LINK)
    return _hand_over(request, found, found, token)


def _hand_over(
    request: HttpRequest, owner: Booking | Registration, person: Registration, token: str
) -> HttpResponse:
    form = HandOverForm(request.POST, registration=person)
    if not form.is_valid():
        return _again(request, owner, token, form)
    try:
        handed = seat_changes.hand_over(person, form.person())
    except seat_changes.NotNowError:
        _too_late(request)
        return _back(owner, token)
    if isinstance(owner, Registration):
        return render(request, "bookings/handed_over.html", own_context.seat_page(handed, token))
    told = _("The seat is now for %(name)s. We have written to them.") % {"name": handed.name}
    messages.success(request, told)
    return _back(owner, token)


@csrf_exempt
@require_POST
def booking_give_one_back(request: HttpRequest, token: str, position: int) -> HttpResponse:
    """Give one seat of several back: the others stay."""
    booking = access.booking_for_link(token)
    person = booking.registrations.filter(position=position).first()
    # Nobody sits there any more: the same click once more.
    done = person is None
    if person is not None and seat_changes.can_change(booking):
        done = seat_changes.give_one_back(person)
    if done:
        messages.success(request, _("That seat is given back."))
    else:
        _too_late(request)
    return redirect("booking", token=token)


@csrf_exempt
@require_POST
def booking_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the language and the zone of the payer's mails."""
    return _choose_mails(request, access.booking_for_link(token), token)


@csrf_exempt
@require_POST
def seat_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the language and the zone of one's own mails."""
    found = access.registration_for_link(token, access.SEAT_LINK)
    return _choose_mails(request, found, token)


def _choose_mails(request: HttpRequest, owner: Booking | Registration, token: str) -> HttpResponse:
    form = MailsForm(request.POST, owner=owner)
    if not form.is_valid():
        return _again(request, owner, token, form)
    data = form.cleaned_data
    seat_changes.choose_mails(owner, language=data["language"], time_zone=data["time_zone"])
    messages.success(request, _("Saved. Your next e-mails follow it."))
    return _back(owner, token)


def _back(owner: Booking | Registration, token: str) -> HttpResponse:
    return redirect("booking" if isinstance(owner, Booking) else "seat", token=token)


@never_cache
@require_safe
def seat(request: HttpRequest, token: str) -> HttpResponse:
    """The page of one person of a booking: the ticket, and what they can change."""
    found = access.registration_for_link(token, access.SEAT_LINK)
    return render(request, "bookings/person.html", own_context.seat_page(found, token))


@never_cache
@require_safe
def seat_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """One person's calendar file, with their own way into the room."""
    del request
    found = access.registration_for_link(token, access.SEAT_LINK)
    body = calendar.download(found.booking, language=found.speaks, join_url=join_url(found))
    return own.calendar_file(body)
