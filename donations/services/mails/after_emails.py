"""Mails after a workshop: thanks with the total, and the replay. None: no longer due."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from donations.services.mails import composing
from events.models import Message, Registration
from events.services import access
from events.services.attendees import attendee
from events.services.mails.emails import absolute, unsubscribe_url
from fundraiser.core import clock


def replay_url(registration: Registration) -> str:
    """Return the full address of one person's link to the replay."""
    token = access.registration_link(registration, access.REGISTRATION_LINK)
    return absolute(reverse("replay", args=[token]))


def thank_you(message: Message) -> EmailMultiAlternatives | None:
    """Thanks once the workshop is over; not due where the seat or the workshop has ended early."""
    person = composing.with_seat(message)
    if person is None or person.booking.workshop.ends_at > clock.now():
        return None
    return thank_you_mail(person)


def thank_you_mail(registration: Registration) -> EmailMultiAlternatives:
    """Return the thanks with the total reached; who could not come gets slightly other words."""
    booking, person = registration.booking, attendee(registration)
    known = composing.facts(booking.workshop, person.language)
    replay = replay_url(registration) if booking.workshop.replay_url else ""
    context = {
        "total": known.total,
        "attended": registration.attended,
        "replay_url": replay,
        "campaign_url": absolute(known.campaign.url),
    }
    return composing.mail(
        "thank_you",
        booking,
        person,
        link=replay or absolute(known.campaign.url),
        context=context,
        unsubscribe_url=unsubscribe_url(registration, "news"),
    )


def replay(message: Message) -> EmailMultiAlternatives | None:
    """The replay can be watched; not due where there is none any more."""
    person = composing.with_seat(message)
    if person is None or not person.booking.workshop.replay_url:
        return None
    return replay_mail(person)


def replay_mail(registration: Registration) -> EmailMultiAlternatives:
    """Return the mail with one person's link to the replay."""
    return composing.mail(
        "replay",
        registration.booking,
        attendee(registration),
        link=replay_url(registration),
        context={"attended": registration.attended},
        unsubscribe_url=unsubscribe_url(registration, "news"),
    )
