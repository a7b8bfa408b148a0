"""Mails that a team writes: an organizer's own message, and what speakers get. None: not due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from donations.services.mails import composing
from donations.services.mails.attendee_emails import how_soon
from events.models import Announcement, Host, Message, Registration
from events.services import access, calendar
from events.services.attendees import Attendee, attendee, is_payer
from events.services.mails import texts
from events.services.mails.emails import (
    absolute,
    compose,
    join_url,
    manage_url,
    seat_url,
    unsubscribe_url,
)
from events.states import Audience, BookingState, WorkshopState
from fundraiser.core import clock


def announcement(message: Message) -> EmailMultiAlternatives | None:
    """An organizer's own message; not due for who has gone meanwhile, or wants no news."""
    written = Announcement.objects.filter(pk=message.ids["announcement"]).first()
    person = composing.person_of(message)
    if written is None or person is None or not person.wants_news:
        return None
    if person.booking.workshop.campaign.is_suspended:
        return None
    if person.booking.state not in {BookingState.CONFIRMED, BookingState.WAITING}:
        return None
    return announcement_mail(written, person)


def announcement_mail(written: Announcement, registration: Registration) -> EmailMultiAlternatives:
    """Return an organizer's own message to one person, answered to the organizer."""
    person, booking = attendee(registration), registration.booking
    workshop = booking.workshop
    waits = written.audience == Audience.WAITING or booking.state == BookingState.WAITING
    link = join_url(registration)
    if waits:
        link = manage_url(booking) if is_payer(registration) else seat_url(registration)
    known = composing.facts(workshop, person.language)
    values = composing.placeholders(workshop, person, link)
    return compose(
        "announcement",
        to=person.email,
        language=person.language,
        reply_to=workshop.campaign.team.reply_to,
        context={
            "workshop": known.workshop,
            "campaign": known.campaign,
            "organizer": known.campaign.organizer_name,
            "own_zone": person.time_zone,
            "public_url": known.public_url,
        },
        own_words=texts.worded(written.subject, written.body, values),
        unsubscribe_url=unsubscribe_url(registration, "news"),
    )


def host_url(host: Host) -> str:
    """Return the full address of a speaker's own link into the room."""
    return absolute(reverse("host_join", args=[access.host_link(host)]))


def _host(message: Message) -> Host | None:
    """Return whom a speaker's mail is for, as long as they speak and the workshop is to come."""
    rows = Host.objects.select_related("workshop__campaign__team")
    host = rows.filter(pk=message.ids["host"]).first()
    if host is None or host.workshop.state == WorkshopState.CANCELLED:
        return None
    return None if host.workshop.ends_at <= clock.now() else host


def host_link(message: Message) -> EmailMultiAlternatives | None:
    """A speaker's own link and calendar file; not due once a newer link was made."""
    host = _host(message)
    if host is None or message.ids.get("version", host.link_version) != host.link_version:
        return None
    return host_dated_mail("host_link", host, at=message.created_at)


def host_dated_mail(kind: str, host: Host, *, at: datetime) -> EmailMultiAlternatives:
    """Return a host_link or host_changed mail, with the file that sets the date right."""
    person = _person(host)
    mail = _to_host(kind, host, person)
    file = calendar.invitation(host.workshop, person, at=at, join_url=host_url(host))
    composing.attach_calendar(mail, "REQUEST", file)
    return mail


def host_reminder(message: Message) -> EmailMultiAlternatives | None:
    """A speaker's reminder; not due after the start, or planned for another time."""
    host = _host(message)
    if host is None or not host.wants_reminders or host.workshop.starts_at <= clock.now():
        return None
    if message.schedule_version not in {None, host.workshop.schedule_version}:
        return None
    return host_reminder_mail(host)


def host_reminder_mail(host: Host) -> EmailMultiAlternatives:
    """Return a speaker's reminder as it is now, with the link that ends such mails."""
    person = _person(host)
    soon = how_soon(host.workshop, person, clock.now())
    token = access.host_link(host, access.HOST_REMINDERS_LINK)
    off = absolute(reverse("unsubscribe_host", args=[token]))
    return _to_host("host_reminder", host, person, unsubscribe_url=off, soon=soon)


def host_changed(message: Message) -> EmailMultiAlternatives | None:
    """A speaker hears of another time; not due once it moved again."""
    host = _host(message)
    if host is None or message.ids["version"] != host.workshop.schedule_version:
        return None
    return host_dated_mail("host_changed", host, at=message.created_at)


def host_cancelled(message: Message) -> EmailMultiAlternatives | None:
    """A speaker hears that the workshop does not take place."""
    rows = Host.objects.select_related("workshop__campaign__team")
    host = rows.filter(pk=message.ids["host"]).first()
    if host is None or host.workshop.state != WorkshopState.CANCELLED:
        return None
    return host_cancelled_mail(host, at=message.created_at)


def host_cancelled_mail(host: Host, *, at: datetime) -> EmailMultiAlternatives:
    """Return the mail about a cancelled workshop to who was to speak there."""
    person = _person(host)
    mail = _to_host("host_cancelled", host, person, note=host.workshop.cancel_note)
    file = calendar.cancellation(host.workshop, person, at=at)
    composing.attach_calendar(mail, "CANCEL", file)
    return mail


def _person(host: Host) -> Attendee:
    return Attendee(host.name, host.email, host.language, host.time_zone)


def _to_host(
    kind: str, host: Host, person: Attendee, *, unsubscribe_url: str = "", **more: Any
) -> EmailMultiAlternatives:
    workshop = host.workshop
    known, link = composing.facts(workshop, person.language), host_url(host)
    values = composing.placeholders(workshop, person, link)
    return compose(
        kind,
        to=person.email,
        language=person.language,
        reply_to=workshop.campaign.team.reply_to,
        context={
            "name": host.name,
            "own_zone": host.time_zone,
            "workshop": known.workshop,
            "campaign": known.campaign,
            "organizer": known.campaign.organizer_name,
            "link": link,
            "seats_taken": workshop.seats_taken,
            **more,
        },
        own_words=texts.own_words(workshop, kind, person.language, values),
        unsubscribe_url=unsubscribe_url,
    )
