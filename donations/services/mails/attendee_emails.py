"""Mails to who has a seat, until the workshop starts. None: no longer due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_time, format_timedelta
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext

from donations.models import Donation
from donations.services.mails import composing
from donations.states import DonationState, Purpose
from events.models import Booking, Message, Registration, Workshop
from events.services import access, attendees, calendar
from events.services.attendees import Attendee, attendee
from events.services.mails import batches
from events.services.mails.emails import (
    absolute,
    join_url,
    manage_url,
    seat_url,
    unsubscribe_url,
)
from events.states import BookingState
from fundraiser.core import clock, zones

#: From so long before the start on, a reminder says "We are starting": the room is open.
_STARTING: Final = timedelta(minutes=15)

#: No seat yet: on the waiting list, or one is kept for them.
_HOPING: Final = frozenset({BookingState.WAITING, BookingState.HELD})


def confirm_address(message: Message) -> EmailMultiAlternatives | None:
    """Ask the holder of a free seat to confirm the address; not due once the hold has ended."""
    booking = message.booking
    if booking is None or booking.state != BookingState.HELD:
        return None
    return confirm_address_mail(booking)


def confirm_address_mail(booking: Booking) -> EmailMultiAlternatives:
    """Return the mail whose button takes a free seat for good."""
    token = access.booking_link(booking, access.CONFIRM_LINK)
    link = absolute(reverse("confirm_address", args=[token]))
    return composing.mail("confirm_address", booking, attendees.payer(booking), link=link)


def confirmation(message: Message) -> EmailMultiAlternatives | None:
    """The ticket: the payer's with the receipt, another person's with who booked for them.

    Not due once the booking or the workshop has ended.
    """
    if (person := composing.with_seat(message)) is None:
        return None
    booking = person.booking
    if message.registration is not None:
        if message.ids.get("link_version", person.link_version) != person.link_version:
            return None  # The seat was handed over once more meanwhile.
        if not attendees.is_payer(person):
            return persons_confirmation(person, at=message.created_at)
    people = list(booking.registrations.order_by("position"))
    for one in people:
        one.booking = booking
    paid = booking.donations.filter(purpose=Purpose.SEAT, state=DonationState.PAID)
    # With its campaign, by which a mail knows whether it is of a test.
    donation = paid.select_related("campaign").first()
    return payers_confirmation(booking, people, donation, at=message.created_at)


def payers_confirmation(
    booking: Booking,
    people: Sequence[Registration],
    donation: Donation | None,
    *,
    at: datetime,
) -> EmailMultiAlternatives:
    """Return the confirmation of who booked: receipt, manage link, and the way into the room.

    The links of persons without an address of their own are in it, to be passed on. ``at`` is
    when it was queued.
    """
    workshop, person = booking.workshop, attendees.payer(booking)
    own = next((join_url(one) for one in people if attendees.is_payer(one)), "")
    known = composing.facts(workshop, booking.language)
    context: dict[str, Any] = {
        "donation": donation,
        "own_link": own,
        "seats": booking.seats,
        "others": told_by_payer(one for one in people if not attendees.is_payer(one)),
        "manage_url": manage_url(booking),
        "calendar_url": composing.calendar_url(booking),
        **calendar.web_links(workshop, booking.language, known.public_url),
    }
    link = own or manage_url(booking)
    letter = composing.mail("confirmation", booking, person, link=link, context=context)
    if own:
        file = calendar.invitation(workshop, person, at=at, join_url=own)
        composing.attach_calendar(letter, "REQUEST", file)
    return letter


def told_by_payer(people: Iterable[Registration]) -> list[dict[str, str]]:
    """Return name and address of persons, and the link of who has no address, to be passed on."""
    return [
        {"name": one.name, "email": one.email, "link": "" if one.email else join_url(one)}
        for one in people
    ]


def persons_confirmation(registration: Registration, *, at: datetime) -> EmailMultiAlternatives:
    """Return the confirmation of a person whom somebody else booked for: no amounts in it."""
    booking, person = registration.booking, attendee(registration)
    own = join_url(registration)
    public_url = composing.facts(booking.workshop, person.language).public_url
    context = {
        "booked_by": booking.name,
        "handed_over": registration.position == 1,
        "own_link": own,
        "seat_url": seat_url(registration),
        **calendar.web_links(booking.workshop, person.language, public_url),
    }
    letter = composing.mail("confirmation", booking, person, link=own, context=context)
    file = calendar.invitation(booking.workshop, person, at=at, join_url=own)
    composing.attach_calendar(letter, "REQUEST", file)
    return letter


def reminder(message: Message) -> EmailMultiAlternatives | None:
    """The workshop is near; not due once it has begun, or where the person wants no reminders.

    The time is told as it is when the mail is made, so that a late one says nothing wrong.
    """
    person = composing.with_seat(message)
    if person is None or not person.wants_reminders:
        return None
    if clock.now() >= person.booking.workshop.starts_at:
        return None
    return reminder_mail(person, unnamed=_unnamed(person))


def _unnamed(person: Registration) -> list[Registration]:
    """Return the persons without an address, whose links the payer passes on."""
    if person.booking.seats == 1 or not attendees.is_payer(person):
        return []
    rows = person.booking.registrations.filter(email="").exclude(pk=person.pk)
    return list(rows.order_by("position"))


def reminder_mail(
    registration: Registration, *, unnamed: Sequence[Registration] = ()
) -> EmailMultiAlternatives:
    """Return a person's reminder as it is now: one big button into the room.

    A payer also gets the links of those who are ``unnamed``: they get no mail of their own.
    """
    booking, person = registration.booking, attendee(registration)
    workshop = booking.workshop
    context = {
        "soon": batches.once(
            ("soon", workshop.pk, workshop.starts_at, person.time_zone, person.language),
            lambda: how_soon(workshop, person, clock.now()),
        ),
        "starting": workshop.starts_at - clock.now() <= _STARTING,
        "others": told_by_payer(unnamed),
        "own_url": own_page(registration),
    }
    return composing.mail(
        "reminder",
        booking,
        person,
        link=join_url(registration),
        context=context,
        unsubscribe_url=unsubscribe_url(registration, "reminder"),
        alike=None if unnamed else (context["soon"], context["starting"]),
    )


def how_soon(workshop: Workshop, person: Attendee, now: datetime) -> str:
    """Return how one says when it starts: "Tomorrow at 19:00", "In 1 hour", "We are starting".

    Days are those of the person's own calendar, where the zone is known.
    """
    zone = ZoneInfo(person.time_zone if zones.is_zone(person.time_zone) else workshop.time_zone)
    left, local = workshop.starts_at - now, workshop.starts_at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    with translation.override(person.language):
        at = {"time": format_time(local, "HH:mm", locale=person.language[:2])}
        if left <= _STARTING:
            return gettext("We are starting")
        minutes = timedelta(minutes=5 * round(left / timedelta(minutes=5)))
        if minutes <= timedelta(hours=1):
            said = format_timedelta(
                minutes, threshold=1, add_direction=True, locale=person.language[:2]
            )
            return said[:1].upper() + said[1:]
        if days == 0:
            return gettext("Today at %(time)s") % at
        if days == 1:
            return gettext("Tomorrow at %(time)s") % at
        return pgettext("reminder", "In %(days)s days") % {"days": days}


def own_page(registration: Registration) -> str:
    """Return where a person gives the seat back, or hands it on: the booking's page for a payer."""
    if attendees.is_payer(registration):
        return manage_url(registration.booking)
    return seat_url(registration)


def changed(message: Message) -> EmailMultiAlternatives | None:
    """The workshop has another time; not due once it moved again, or the seat is gone."""
    hopes = message.booking is not None and message.booking.state in _HOPING
    person = composing.person_of(message) if hopes else composing.with_seat(message)
    if person is None or message.schedule_version != person.booking.workshop.schedule_version:
        return None
    if hopes and not attendees.is_payer(person):
        return None  # Nobody has told them of a seat yet.
    return changed_mail(person, at=message.created_at)


def changed_mail(registration: Registration, *, at: datetime) -> EmailMultiAlternatives:
    """Return the mail that tells a person the new time, with a file that moves it."""
    booking, person = registration.booking, attendee(registration)
    hopes = booking.state in _HOPING
    own = own_page(registration) if hopes else join_url(registration)
    context = {
        "seated": not hopes,
        "waiting": booking.state == BookingState.WAITING,
        "own_url": own_page(registration),
    }
    letter = composing.mail("changed", booking, person, link=own, context=context)
    if not hopes:
        file = calendar.invitation(booking.workshop, person, at=at, join_url=own)
        composing.attach_calendar(letter, "REQUEST", file)
    return letter


def fresh_link(message: Message) -> EmailMultiAlternatives | None:
    """A link was used at two places: its owner gets a fresh one, and the old one is dead.

    With it went the link to the person's own page, so that one is in it, too.
    """
    person = composing.with_seat(message)
    return None if person is None else fresh_link_mail(person)


def fresh_link_mail(registration: Registration) -> EmailMultiAlternatives:
    """Return the mail with a person's fresh link into the room."""
    return composing.mail(
        "fresh_link",
        registration.booking,
        attendee(registration),
        link=join_url(registration),
        context={"own_url": own_page(registration)},
    )
