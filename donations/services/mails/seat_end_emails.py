"""Mails to who no longer has a seat: cancelled, given back, handed over. None: no longer due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet

from donations.models import Donation
from donations.services.mails import composing
from donations.states import DonationState
from events.models import Booking, Message
from events.services import attendees, calendar
from events.services.attendees import Attendee, attendee
from events.services.mails.emails import manage_url
from events.states import BookingState, WorkshopState


def cancelled(message: Message) -> EmailMultiAlternatives | None:
    """The workshop does not take place; due as long as it is cancelled.

    Without a registration it is for a payer who handed the seat over.
    """
    booking = message.booking
    if booking is None or booking.workshop.state != WorkshopState.CANCELLED:
        return None
    if message.registration is None:
        return cancelled_mail(booking, attendees.payer(booking), gave=_gave(booking))
    if (found := composing.person_of(message)) is None:
        return None
    person, payer = attendee(found), attendees.is_payer(found)
    letter = cancelled_mail(booking, person, gave=payer and _gave(booking), payer=payer)
    if booking.confirmed_at is not None:  # Who only waited never had it in a calendar.
        file = calendar.cancellation(booking.workshop, person, at=message.created_at)
        composing.attach_calendar(letter, "CANCEL", file)
    return letter


def cancelled_mail(
    booking: Booking, person: Attendee, *, gave: bool, payer: bool = True
) -> EmailMultiAlternatives:
    """Return the mail about a cancelled workshop to one person of a booking.

    ``gave`` tells whether there is a gift about which this person will be asked.
    """
    context = {
        "note": booking.workshop.cancel_note,
        "seated": booking.confirmed_at is not None,
        "gave": gave,
        "manage_url": manage_url(booking) if payer else "",
    }
    known = composing.facts(booking.workshop, person.language)
    link = manage_url(booking) if payer else known.public_url
    return composing.mail("cancelled", booking, person, link=link, context=context)


def _given(booking: Booking) -> QuerySet[Donation]:
    return Donation.objects.filter(booking=booking, state=DonationState.PAID, net_minor__gt=0)


def _gave(booking: Booking) -> bool:
    return _given(booking).exists()


def seat_given_back(message: Message) -> EmailMultiAlternatives | None:
    """Seats were given back: to the payer, or to another person (``registration``) of a group.

    With ``of_booking`` among its ids it is about one seat alone, to the person that the ids name.
    """
    if "of_booking" in message.ids:
        return _seat_taken_out(message)
    booking = message.booking
    if booking is None or booking.state != BookingState.CANCELLED:
        return None
    payer = message.registration is None
    person = attendees.payer(booking)
    if message.registration is not None:
        if composing.person_of(message) is None:
            return None
        person = attendee(message.registration)
    context = {
        "booked_by": "" if payer else booking.name,
        "by_team": "by_team" in message.ids,
        "gave": payer and _gave(booking),
        "asked_back": payer and _given(booking).filter(refund_asked_at__isnull=False).exists(),
        "seats": booking.seats,
        "manage_url": manage_url(booking) if payer else "",
    }
    return given_back_mail(booking, person, context, at=message.created_at)


def given_back_mail(
    booking: Booking, person: Attendee, context: Mapping[str, Any], *, at: datetime
) -> EmailMultiAlternatives:
    """Return the mail that a person's seat is given back, with the file that says so.

    ``context`` holds booked_by, gave, seats and manage_url (empty for who did not book).
    """
    known = composing.facts(booking.workshop, person.language)
    link = str(context["manage_url"]) or known.public_url
    letter = composing.mail("seat_given_back", booking, person, link=link, context=context)
    file = calendar.cancellation(booking.workshop, person, at=at)
    composing.attach_calendar(letter, "CANCEL", file)
    return letter


def _seat_taken_out(message: Message) -> EmailMultiAlternatives | None:
    """To the person of one seat that was given back while the others of its booking stay.

    Not due where the same address has another seat of the booking: its calendar is right.
    """
    rows = Booking.objects.select_related("workshop__campaign__team")
    booking = rows.filter(pk=message.ids["of_booking"]).first()
    if booking is None or booking.state != BookingState.CONFIRMED:
        return None
    person = _named_in(message, language=booking.language)
    others = booking.registrations.order_by("position")
    for one in others:
        one.booking = booking
        if attendee(one).email.lower() == person.email.lower():
            return None
    payer = person.email.lower() == booking.email.lower()
    context = {
        "booked_by": "" if payer else booking.name,
        "gave": payer and _gave(booking),
        "seats": 1,
        "manage_url": manage_url(booking) if payer else "",
    }
    return given_back_mail(booking, person, context, at=message.created_at)


def _named_in(message: Message, *, language: str) -> Attendee:
    """Return the person who is in no row any more; without an address once the mail has ended."""
    return Attendee(
        name=str(message.ids.get("name", "")),
        email=str(message.ids.get("email", "")),
        language=str(message.ids.get("language", language)),
        time_zone=str(message.ids.get("time_zone", "")),
    )


def seat_handed_over(message: Message) -> EmailMultiAlternatives | None:
    """To the former holder, whom ``ids`` name: the seat is somebody else's now.

    Not due where the seat went back to the same address meanwhile.
    """
    person = message.registration
    if person is None or message.booking is None:
        return None
    person.booking = message.booking
    former = _named_in(message, language=person.booking.language)
    now_its = attendee(person)
    if not former.email or former.email.lower() == now_its.email.lower():
        return None
    return handed_over_mail(person.booking, former, new_name=now_its.name, at=message.created_at)


def handed_over_mail(
    booking: Booking, former: Attendee, *, new_name: str, at: datetime
) -> EmailMultiAlternatives:
    """Return the mail to a seat's former holder, with the file that takes the date out."""
    link = composing.facts(booking.workshop, former.language).public_url
    letter = composing.mail(
        "seat_handed_over", booking, former, link=link, context={"new_name": new_name}
    )
    file = calendar.cancellation(booking.workshop, former, at=at)
    composing.attach_calendar(letter, "CANCEL", file)
    return letter
