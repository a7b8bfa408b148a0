"""Mails to who waits for a seat. None: no longer due."""

from __future__ import annotations

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from donations.services.mails import composing
from events.models import Message, Registration
from events.services.attendees import attendee
from events.services.mails.emails import manage_url
from events.states import BookingState, WorkshopState
from fundraiser.core import clock, zones


def waiting_joined(message: Message) -> EmailMultiAlternatives | None:
    """Who joined the waiting list is on it; not due once that has ended."""
    person = composing.person_of(message)
    if person is None or person.booking.state != BookingState.WAITING:
        return None
    return waiting_joined_mail(person)


def waiting_joined_mail(registration: Registration) -> EmailMultiAlternatives:
    """Return the mail that tells somebody that they are on the waiting list."""
    booking = registration.booking
    return composing.mail(
        "waiting_joined", booking, attendee(registration), link=manage_url(booking)
    )


def request_received(message: Message) -> EmailMultiAlternatives | None:
    """Who asked to come hears that the organizers have it; not due once they have answered."""
    person = composing.person_of(message)
    if person is None or person.booking.state != BookingState.WAITING:
        return None
    return request_received_mail(person) if person.booking.awaits_approval else None


def request_received_mail(registration: Registration) -> EmailMultiAlternatives:
    """Return the mail that tells somebody that their request has arrived."""
    booking = registration.booking
    return composing.mail(
        "request_received", booking, attendee(registration), link=manage_url(booking)
    )


def request_declined(message: Message) -> EmailMultiAlternatives | None:
    """The organizers said no; always due, unless there is nobody to write to."""
    person = composing.person_of(message)
    if person is None or person.booking.declined_at is None:
        return None
    return request_declined_mail(person, reason=person.booking.decline_reason)


def request_declined_mail(registration: Registration, *, reason: str) -> EmailMultiAlternatives:
    """Return the organizers' no, with their reason."""
    booking = registration.booking
    return composing.mail(
        "request_declined",
        booking,
        attendee(registration),
        link=manage_url(booking),
        context={"reason": reason},
    )


def waiting_offer(message: Message) -> EmailMultiAlternatives | None:
    """A freed seat is kept for who waited; not due once it was taken, let go, or passed on."""
    person = composing.person_of(message)
    if person is None or person.booking.state != BookingState.HELD:
        return None
    booking = person.booking
    if booking.workshop.state != WorkshopState.PUBLISHED or booking.hold_expires_at is None:
        return None
    if booking.hold_expires_at <= clock.now():
        return None
    return waiting_offer_mail(person, until=booking.hold_expires_at)


def waiting_offer_mail(registration: Registration, *, until: datetime) -> EmailMultiAlternatives:
    """Return the offer of a freed seat, kept until ``until`` (aware; told in their own zone)."""
    booking, person = registration.booking, attendee(registration)
    zone = person.time_zone
    if not zones.is_zone(zone):
        zone = booking.workshop.time_zone
    context = {"until": zones.long_text(until, zone, person.language), "seats": booking.seats}
    return composing.mail(
        "waiting_offer", booking, person, link=manage_url(booking), context=context
    )
