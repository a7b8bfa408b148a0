"""What the mails to attendees share: whom they go to, what they name, how they are made.

What is the same for a workshop and a language is worked out once for each ``Workshop`` object: a
sender that gives many messages the same object makes their mails quickly.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.services import pages, totals
from events.models import Booking, Message, Registration, Workshop
from events.services import access
from events.services.attendees import Attendee, attendee
from events.services.mails import shapes, texts
from events.services.mails.emails import absolute, compose
from events.states import BookingState, WorkshopState
from fundraiser.core import zones

#: What differs from one person to the next in mails that are otherwise alike.
PERSONAL: Final = ("name", "link", "own_url")


@dataclass(frozen=True, slots=True)
class Facts:
    """A workshop as its mails tell it in one language; the same for all of its people."""

    workshop: pages.WorkshopPage
    campaign: pages.CampaignPage
    total: totals.Totals
    public_url: str


def facts(workshop: Workshop, language: str) -> Facts:
    """Return what mails tell of a workshop; remembered as long as this object of it lives."""
    known: dict[str, Facts] = workshop.__dict__.setdefault("_mail_facts", {})
    if language not in known:
        with translation.override(language):
            shown = pages.workshop_page(workshop, language)
            known[language] = Facts(
                workshop=shown,
                campaign=pages.campaign_page(workshop.campaign, language),
                total=totals.of_campaign(workshop.campaign),
                public_url=absolute(shown.url),
            )
    return known[language]


def placeholders(workshop: Workshop, person: Attendee, link: str) -> dict[str, str]:
    """Return what stands for each of texts.PLACEHOLDERS in a mail to one person."""
    known = facts(workshop, person.language)
    return {
        "name": person.name,
        "workshop": known.workshop.title,
        "when": when(workshop, person),
        "charity": known.campaign.charity_name,
        "organizer": known.campaign.organizer_name,
        "total": known.total.together.format(person.language, short=True),
        "link": link,
    }


def when(workshop: Workshop, person: Attendee) -> str:
    """Return the start in the person's own zone, or in the workshop's where it is unknown."""
    zone = person.time_zone if zones.is_zone(person.time_zone) else workshop.time_zone
    return zones.long_text(workshop.starts_at, zone, person.language)


def mail(
    kind: str,
    booking: Booking,
    person: Attendee,
    *,
    link: str,
    context: Mapping[str, Any] | None = None,
    unsubscribe_url: str = "",
    alike: Hashable = None,
) -> EmailMultiAlternatives:
    """Return the mail of a kind to one person of a booking, in their language.

    ``link`` is the mail's one big button, and {link} in an organizer's own words. The mail is
    answered to the organizer. Mails to people of one workshop who agree in ``alike``, language and
    zone differ in PERSONAL alone: their templates never see the booking.
    """
    workshop, values = booking.workshop, placeholders(booking.workshop, person, link)
    known = facts(workshop, person.language)
    given: dict[str, Any] = {
        "name": person.name,
        "own_zone": person.time_zone,
        "workshop": known.workshop,
        "campaign": known.campaign,
        "organizer": known.campaign.organizer_name,
        "booking": booking if alike is None else None,
        "link": link,
        **(context or {}),
    }
    if alike is not None:
        key = (workshop.pk, workshop.schedule_version, person.time_zone, alike)
        given = shapes.Alike(given, personal=PERSONAL, alike=key)
    return compose(
        kind,
        to=person.email,
        language=person.language,
        reply_to=workshop.campaign.team.reply_to,
        context=given,
        own_words=texts.own_words(workshop, kind, person.language, values),
        unsubscribe_url=unsubscribe_url,
    )


def attach_calendar(letter: EmailMultiAlternatives, method: str, file: bytes) -> None:
    """Add a calendar file so that mail programs offer what its METHOD asks (RFC 6047, 2.4)."""
    letter.attach("workshop.ics", file.decode(), f"text/calendar; method={method}")


def calendar_url(booking: Booking) -> str:
    """Return the full address of the payer's calendar file."""
    return absolute(reverse("booking_calendar", args=[access.booking_link(booking)]))


def person_of(message: Message) -> Registration | None:
    """Return whom a message is for: its registration, or the first person of its booking.

    None where there is no such person, or no address to write to.
    """
    found = message.registration
    if found is None and message.booking is not None:
        found = message.booking.registrations.order_by("position").first()
    if found is None:
        return None
    if message.booking is not None:
        found.booking = message.booking
    return found if attendee(found).email else None


def with_seat(message: Message) -> Registration | None:
    """Return whom a message is for, as long as they have a seat in a workshop that takes place.

    None as well where the message was made for another time than the present one.
    """
    person = person_of(message)
    if person is None or person.booking.state != BookingState.CONFIRMED:
        return None
    workshop = person.booking.workshop
    if workshop.state != WorkshopState.PUBLISHED:
        return None
    planned_for = message.schedule_version
    if planned_for is not None and planned_for != workshop.schedule_version:
        return None
    return person
