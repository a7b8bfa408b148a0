"""Mails about a seat, to the one who has it, or waits for one. None: no longer due."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.services import pages
from donations.states import DonationState, Purpose
from events.models import Booking, Message
from events.services import access, calendar
from events.services.emails import absolute, compose, manage_url
from events.states import BookingState


def confirmation(message: Message) -> EmailMultiAlternatives | None:
    """The ticket, with a calendar file; not due when the booking has ended meanwhile."""
    booking = message.booking
    if booking is None or booking.state != BookingState.CONFIRMED:
        return None
    workshop = booking.workshop
    donation = booking.donations.filter(purpose=Purpose.SEAT, state=DonationState.PAID).first()
    own = manage_url(booking)
    with translation.override(booking.language):
        mail = compose(
            "confirmation",
            to=booking.email,
            language=booking.language,
            reply_to=workshop.campaign.team.reply_to,
            context={
                "booking": booking,
                "donation": donation,
                "workshop": pages.workshop_page(workshop, booking.language),
                "campaign": pages.campaign_page(workshop.campaign, booking.language),
                "organizer": workshop.campaign.organizer_name,
                "manage_url": own,
                "calendar_url": absolute(_calendar_path(booking)),
                **calendar.web_links(workshop, booking.language, own),
            },
        )
    mail.attach(
        "workshop.ics",
        calendar.file(booking, manage_url=own).decode(),
        "text/calendar; method=REQUEST",
    )
    return mail


def _calendar_path(booking: Booking) -> str:
    return reverse("booking_calendar", args=[access.booking_link(booking)])


def confirm_address(message: Message) -> EmailMultiAlternatives | None:
    """Ask the holder of a free seat to confirm the address; not due once the hold has ended."""
    booking = message.booking
    if booking is None or booking.state != BookingState.HELD:
        return None
    workshop, campaign = booking.workshop, booking.workshop.campaign
    token = access.booking_link(booking, access.CONFIRM_LINK)
    with translation.override(booking.language):
        context = {
            "booking": booking,
            "workshop": pages.workshop_page(workshop, booking.language),
            "campaign": pages.campaign_page(campaign, booking.language),
            "organizer": campaign.organizer_name,
            "confirm_url": absolute(reverse("confirm_address", args=[token])),
        }
    return compose(
        "confirm_address",
        to=booking.email,
        language=booking.language,
        reply_to=campaign.team.reply_to,
        context=context,
    )
