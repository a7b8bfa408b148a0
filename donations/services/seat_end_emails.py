"""Mails to who no longer has a seat: cancelled, given back, handed over. None: no longer due."""

from __future__ import annotations

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from donations.services import attendee_mail
from donations.states import DonationState
from events.models import Booking, Message, Registration
from events.services import attendees, calendar
from events.services.attendees import Attendee, attendee
from events.services.emails import manage_url
from events.states import BookingState, WorkshopState


def cancelled(message: Message) -> EmailMultiAlternatives | None:
    """The workshop does not take place; due as long as it is cancelled."""
    person = attendee_mail.person_of(message)
    if person is None or person.booking.workshop.state != WorkshopState.CANCELLED:
        return None
    return cancelled_mail(person, gave=_gave(person.booking), at=message.created_at)


def cancelled_mail(
    registration: Registration, *, gave: bool, at: datetime
) -> EmailMultiAlternatives:
    """Return the mail about a cancelled workshop, with the file that takes it out of calendars.

    ``gave`` tells whether there is a gift about which the payer will be asked. Who only waited
    never had it in a calendar.
    """
    booking, person = registration.booking, attendee(registration)
    payer = attendees.is_payer(registration)
    seated = booking.confirmed_at is not None
    context = {
        "note": booking.workshop.cancel_note,
        "seated": seated,
        "gave": gave and payer,
        "manage_url": manage_url(booking) if payer else "",
    }
    link = manage_url(booking) if payer else ""
    letter = attendee_mail.mail("cancelled", booking, person, link=link, context=context)
    if seated:
        file = calendar.cancellation(booking.workshop, person, at=at)
        attendee_mail.attach_calendar(letter, "CANCEL", file)
    return letter


def _gave(booking: Booking) -> bool:
    return booking.donations.filter(state=DonationState.PAID, net_minor__gt=0).exists()


def seat_given_back(message: Message) -> EmailMultiAlternatives | None:
    """A seat was given back: to the payer, and to each person of a group who had one."""
    person = attendee_mail.person_of(message)
    if person is None or person.booking.state != BookingState.CANCELLED:
        return None
    booking, to = person.booking, attendee(person)
    payer = attendees.is_payer(person)
    context = {
        "booked_by": "" if payer else booking.name,
        "gave": payer and _gave(booking),
        "seats": booking.seats,
        "manage_url": manage_url(booking) if payer else "",
    }
    known = attendee_mail.facts(booking.workshop, to.language)
    link = manage_url(booking) if payer else known.public_url
    letter = attendee_mail.mail("seat_given_back", booking, to, link=link, context=context)
    file = calendar.cancellation(booking.workshop, to, at=message.created_at)
    attendee_mail.attach_calendar(letter, "CANCEL", file)
    return letter


def seat_handed_over(message: Message) -> EmailMultiAlternatives | None:
    """To the former holder, whom ``ids`` name: the seat is somebody else's now.

    Not due where the seat went back to the same address meanwhile.
    """
    person = message.registration
    if person is None or message.booking is None:
        return None
    person.booking = message.booking
    former = Attendee(
        name=str(message.ids.get("name", "")),
        email=str(message.ids["email"]),
        language=str(message.ids.get("language", person.booking.language)),
        time_zone=str(message.ids.get("time_zone", "")),
    )
    now_its = attendee(person)
    if not former.email or former.email.lower() == now_its.email.lower():
        return None
    workshop = person.booking.workshop
    link = attendee_mail.facts(workshop, former.language).public_url
    context = {"new_name": now_its.name}
    letter = attendee_mail.mail(
        "seat_handed_over", person.booking, former, link=link, context=context
    )
    file = calendar.cancellation(workshop, former, at=message.created_at)
    attendee_mail.attach_calendar(letter, "CANCEL", file)
    return letter
