"""Calendar files (RFC 5545), and links that add a workshop to calendars on the web."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from events.models import Booking, Workshop
from events.states import BookingState, WorkshopState
from fundraiser.core import clock

PRODUCT = "-//Fundraiser//Workshops//EN"
#: How much of a zone's history its VTIMEZONE tells, before the workshop and after.
_AROUND: Final = timedelta(days=366)


def uid(workshop: Workshop) -> str:
    """Return the event's UID: the same for ever, so that a change replaces and never doubles."""
    return f"{workshop.public_id}@{urlsplit(settings.SITE_URL).hostname}"


def file(booking: Booking, *, manage_url: str) -> bytes:
    """Return the booking's calendar file with VTIMEZONE; METHOD:CANCEL once it is cancelled.

    SEQUENCE rises with the schedule (RFC 5546). The room's address is never in it.
    """
    workshop = booking.workshop
    cancelled = workshop.state == WorkshopState.CANCELLED or booking.state == BookingState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(_event(booking, workshop, manage_url, cancelled=cancelled))
    # Some programs misread the many dates of a whole century: those around the workshop will do.
    day = workshop.starts_at.date()
    calendar.add_missing_timezones(first_date=day - _AROUND, last_date=day + _AROUND)
    return bytes(calendar.to_ical())


def _event(booking: Booking, workshop: Workshop, manage_url: str, *, cancelled: bool) -> Event:
    zone = ZoneInfo(workshop.time_zone)
    start = workshop.starts_at.astimezone(zone)
    event = Event()
    event.add("uid", uid(workshop))
    event.add("dtstamp", clock.now())
    event.add("dtstart", start)
    event.add(
        "dtend",
        (workshop.starts_at + timedelta(minutes=workshop.duration_minutes)).astimezone(zone),
    )
    event.add("sequence", workshop.schedule_version + (1 if cancelled else 0))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", workshop.text("title", booking.language))
    event.add(
        "description", f"{workshop.text('summary', booking.language)}\n\n{manage_url}".strip()
    )
    event.add("url", manage_url)
    organizer = vCalAddress(f"mailto:{workshop.campaign.team.reply_to}")
    organizer.params["CN"] = vText(workshop.campaign.organizer_name)
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{booking.email}")
    attendee.params["CN"] = vText(booking.name)
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    event.add("attendee", attendee)
    return event


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
