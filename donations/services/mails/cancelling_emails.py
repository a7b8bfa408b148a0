"""Mails about a cancelled workshop's choice, and about another date. None: no longer due."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.models import CancellationChoice
from donations.services import cancellations, pages
from donations.services.mails import composing
from donations.services.mails.attendee_emails import own_page, told_by_payer
from events.models import Booking, Message, Registration, Workshop
from events.services import access, attendees, calendar
from events.services.attendees import Attendee, attendee
from events.services.mails.emails import absolute, join_url, manage_url
from fundraiser.core import zones


def cancellation_choice(message: Message) -> EmailMultiAlternatives | None:
    """Ask a payer what to do with the gift; not due once chosen, or too late to choose."""
    booking = message.booking
    found = None if booking is None else cancellations.of_booking(booking)
    if booking is None or found is None or not booking.email:
        return None
    if found.choice or not cancellations.can_choose(found):
        return None
    return choice_mail(booking, found)


def choice_mail(booking: Booking, found: CancellationChoice) -> EmailMultiAlternatives:
    """Return the mail whose button leads to the choice."""
    person = attendees.payer(booking)
    money = cancellations.money_of(booking)
    zone = person.time_zone if zones.is_zone(person.time_zone) else booking.workshop.time_zone
    context = {
        "amount": money.amount if money else None,
        "refunds": found.cancellation.default == "refund",
        "dates": _dates(found, person),
        "deadline": zones.long_text(found.cancellation.deadline, zone, person.language),
    }
    link = absolute(reverse("booking_choice", args=[access.booking_link(booking)]))
    return composing.mail("cancellation_choice", booking, person, link=link, context=context)


def _dates(found: CancellationChoice, person: Attendee) -> list[dict[str, Any]]:
    return [
        {
            "title": one.workshop.text("title", person.language),
            "when": composing.when(one.workshop, person),
        }
        for one in cancellations.offered_dates(found)
    ]


def moved(message: Message) -> EmailMultiAlternatives | None:
    """The seat is on another date; not due once that one is cancelled, or given back.

    Two calendar files: one with the new date, and one that takes the old date out.
    """
    person = composing.with_seat(message)
    if person is None:
        return None
    source = Workshop.objects.select_related("campaign__team").get(pk=message.ids["source"])
    is_payers = message.registration is None
    letter = moved_mail(person, source, is_payers=is_payers)
    told = attendees.payer(person.booking) if is_payers else attendee(person)
    if not is_payers or attendees.is_payer(person):
        file = calendar.invitation(
            person.booking.workshop, told, at=message.created_at, join_url=join_url(person)
        )
        composing.attach_calendar(letter, "REQUEST", file)
        old = calendar.cancellation(source, told, at=message.created_at)
        composing.attach_calendar(letter, "CANCEL", old)
    return letter


def moved_mail(
    registration: Registration, source: Workshop, *, is_payers: bool
) -> EmailMultiAlternatives:
    """Return the mail that tells the new date, to the payer or to a person who came along."""
    booking = registration.booking
    person = attendees.payer(booking) if is_payers else attendee(registration)
    rows = list(booking.registrations.exclude(pk=registration.pk).order_by("position"))
    for one in rows:
        one.booking = booking
    own = not is_payers or attendees.is_payer(registration)
    with translation.override(person.language):
        old = pages.workshop_page(source, person.language)
    context = {
        "old": old,
        "old_when": composing.when(source, person),
        "own_link": join_url(registration) if own else "",
        "others": told_by_payer(rows) if is_payers else [],
        "own_url": manage_url(booking) if is_payers else own_page(registration),
    }
    link = join_url(registration) if own else manage_url(booking)
    return composing.mail("moved", booking, person, link=link, context=context)
