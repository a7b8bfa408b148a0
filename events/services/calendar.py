"""Calendar files (RFC 5545 and 5546), and links that add a workshop to calendars on the web.

docs/adr/0021-calendar-files.md says why they are made like this.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar, Event, vCalAddress, vText

from events.models import Booking, Workshop
from events.services.attendees import Attendee, payer
from events.services.calendar_zones import zone_part
from events.states import BookingState, WorkshopState
from fundraiser.core import clock, zones

PRODUCT = "-//Fundraiser//Workshops//EN"


def uid(workshop: Workshop) -> str:
    """Return the event's UID: the same for ever, so that a change replaces and never doubles."""
    return f"{workshop.public_id}@{urlsplit(settings.SITE_URL).hostname}"


def sequence(workshop: Workshop, at: datetime) -> int:
    """Return the SEQUENCE of what was decided at the moment ``at`` (aware).

    It counts seconds, so that whatever happens to a seat, each later file is above all earlier
    ones: moved, cancelled, given back, taken again, handed over and back. ``schedule_version``
    keeps two changes within one second apart.
    """
    seconds = int((at - workshop.created_at).total_seconds())
    return workshop.schedule_version + max(seconds, 0)


def invitation(workshop: Workshop, person: Attendee, *, at: datetime, join_url: str) -> bytes:
    """Return the file mailed to a person with a seat (METHOD:REQUEST), or to tell a new time.

    ``at`` is when the mail was queued, so that a repeat is the same file.
    """
    event = _event(workshop, person.language, at, join_url)
    event.add("status", "CONFIRMED")
    event.add("attendee", _address(person.email, person.name, coming=True))
    return _file(workshop, "REQUEST", event)


def cancellation(workshop: Workshop, person: Attendee, *, at: datetime) -> bytes:
    """Return the file that takes the event out of a person's calendar (METHOD:CANCEL)."""
    event = _event(workshop, person.language, at, "")
    event["sequence"] = sequence(workshop, at) + 1  # Above an invitation of the same second.
    event.add("status", "CANCELLED")
    event.add("attendee", _address(person.email, person.name, coming=False))
    return _file(workshop, "CANCEL", event)


def download(booking: Booking, *, language: str, join_url: str) -> bytes:
    """Return the file that a person's page offers: METHOD:PUBLISH, or CANCEL once it is over.

    Nobody is invited by it (RFC 5546, 3.2.1), so that programs add it and ask nothing.
    """
    workshop, now = booking.workshop, clock.now()
    if workshop.state == WorkshopState.CANCELLED or booking.state == BookingState.CANCELLED:
        return cancellation(workshop, payer(booking), at=now)
    event = _event(workshop, language, now, join_url)
    event.add("status", "CONFIRMED")
    return _file(workshop, "PUBLISH", event)


def _file(workshop: Workshop, method: str, event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    for name in calendar.get_missing_tzids():
        calendar.subcomponents.insert(0, zone_part(name, workshop.starts_at.year))
    return bytes(calendar.to_ical())


def _times(workshop: Workshop) -> tuple[datetime, datetime]:
    """Return start and end in the workshop's zone, or in UTC where clocks show one of them twice.

    A local time in a file means the first of the two (RFC 5545, 3.3.5), and programs differ.
    """
    moments = workshop.starts_at, workshop.ends_at
    start, end = (moment.astimezone(ZoneInfo(workshop.time_zone)) for moment in moments)
    if zones.is_ambiguous(start) or zones.is_ambiguous(end):
        return moments[0].astimezone(UTC), moments[1].astimezone(UTC)
    return start, end


def _event(workshop: Workshop, language: str, at: datetime, join_url: str) -> Event:
    """Return what all files tell. The join link is a person's own; the manage link is in none."""
    start, end = _times(workshop)
    page = settings.SITE_URL + reverse("workshop", args=[workshop.campaign.slug, workshop.slug])
    event = Event()
    event.add("uid", uid(workshop))
    event.add("dtstamp", at)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("sequence", sequence(workshop, at))
    event.add("summary", workshop.text("title", language))
    event.add("description", _description(workshop, language, join_url))
    event.add("url", join_url or page)
    if join_url:
        event.add("location", join_url)
    campaign = workshop.campaign
    event.add("organizer", _address(campaign.team.reply_to, campaign.organizer_name))
    return event


def _description(workshop: Workshop, language: str, join_url: str) -> str:
    lines = [workshop.text("summary", language)]
    if join_url:
        with translation.override(language):
            lines.append(gettext("Your own link to the room, from 15 minutes before the start:"))
        lines[-1] += f"\n{join_url}"
    return "\n\n".join(line for line in lines if line)


def _address(email: str, name: str, *, coming: bool | None = None) -> vCalAddress:
    """Return a calendar user; ``coming`` None: the organizer. Nobody is asked to answer."""
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name or email)
    if coming is not None:
        address.params["PARTSTAT"] = vText("ACCEPTED" if coming else "DECLINED")
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["RSVP"] = vText("FALSE")
    return address


def web_links(workshop: Workshop, language: str, manage_url: str) -> dict[str, str]:
    """Return the addresses that add the workshop to Google's and Outlook's calendars."""
    title = workshop.text("title", language)
    start, end = workshop.starts_at, workshop.ends_at
    stamp = "%Y%m%dT%H%M%SZ"
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{start.strftime(stamp)}/{end.strftime(stamp)}",
        "details": manage_url,
    }
    outlook = {
        "rru": "addevent",
        "subject": title,
        "startdt": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "enddt": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "body": manage_url,
    }
    return {
        "google_calendar_url": f"https://calendar.google.com/calendar/render?{urlencode(google)}",
        "outlook_calendar_url": f"https://outlook.live.com/calendar/0/action/compose?{urlencode(outlook)}",
    }
