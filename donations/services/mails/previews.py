"""A workshop's mails as somebody would get them, made for a person who does not exist.

They come of the same functions as the real ones; their links open nobody's seat.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from donations.models import Donation
from donations.services.mails import (
    after_emails,
    attendee_emails,
    own_emails,
    payment_emails,
    seat_end_emails,
    team_emails,
    waiting_emails,
)
from donations.states import DonationState, Purpose
from events.models import Announcement, Booking, Host, Registration, Workshop
from events.services import attendees
from events.services.mails import texts
from events.services.mails.emails import manage_url
from events.states import BookingState
from fundraiser.core import clock

_BODY: Final = re.compile(r"<body\b[^>]*>")

#: What nobody gave: an amount that can be charged in every currency (fundraiser/core/money.py).
_EXAMPLE_MINOR: Final = 2000

_TO_ATTENDEE: Final[dict[str, Callable[[Registration], EmailMultiAlternatives]]] = {
    "confirm_address": lambda one: attendee_emails.confirm_address_mail(one.booking),
    "confirmation": lambda one: attendee_emails.payers_confirmation(
        one.booking, [one], None, at=clock.now()
    ),
    "reminder": attendee_emails.reminder_mail,
    "changed": lambda one: attendee_emails.changed_mail(one, at=clock.now()),
    "cancelled": lambda one: seat_end_emails.cancelled_mail(
        one.booking, attendees.payer(one.booking), gave=True
    ),
    "seat_given_back": lambda one: seat_end_emails.given_back_mail(
        one.booking,
        attendees.payer(one.booking),
        {"booked_by": "", "gave": True, "seats": 1, "manage_url": manage_url(one.booking)},
        at=clock.now(),
    ),
    "seat_handed_over": lambda one: seat_end_emails.handed_over_mail(
        one.booking, attendees.payer(one.booking), new_name="", at=clock.now()
    ),
    "fresh_link": attendee_emails.fresh_link_mail,
    "waiting_joined": waiting_emails.waiting_joined_mail,
    "waiting_offer": lambda one: waiting_emails.waiting_offer_mail(
        one, until=clock.now() + timedelta(minutes=one.booking.workshop.offer_minutes)
    ),
    "request_received": waiting_emails.request_received_mail,
    "request_declined": lambda one: waiting_emails.request_declined_mail(
        one, reason=_("Here stands what you answered.")
    ),
    "thank_you": after_emails.thank_you_mail,
    "replay": after_emails.replay_mail,
}

_TO_GIVER: Final[dict[str, Callable[[Donation], EmailMultiAlternatives]]] = {
    "processing": lambda gift: payment_emails.compose_for("processing", gift),
    "payment_failed": payment_emails.payment_failed_mail,
    "payment_problem": lambda gift: payment_emails.compose_for("payment_problem", gift),
    "refund": lambda gift: payment_emails.compose_for("refund", gift),
    "refund_answer": own_emails.refund_answer_mail,
    "receipt": own_emails.receipt_mail,
}

_TO_HOST: Final[dict[str, Callable[[Host], EmailMultiAlternatives]]] = {
    "host_link": lambda host: team_emails.host_dated_mail("host_link", host, at=clock.now()),
    "host_reminder": team_emails.host_reminder_mail,
    "host_changed": lambda host: team_emails.host_dated_mail("host_changed", host, at=clock.now()),
    "host_cancelled": lambda host: team_emails.host_cancelled_mail(host, at=clock.now()),
}


def _nobody(workshop: Workshop, language: str, name: str, email: str) -> Registration:
    """Return a person with a confirmed seat who is in no table."""
    booking = Booking(
        workshop=workshop,
        state=BookingState.CONFIRMED,
        seats=1,
        name=name,
        email=email,
        language=language,
        time_zone=workshop.time_zone,
        confirmed_at=clock.now(),
    )
    return Registration(booking=booking, position=1, name=name, email=email)


def _gift_of(booking: Booking) -> Donation:
    """Return a paid gift for a seat that is in no table."""
    booking.pk = 0  # No row has it; a gift tells by it that it has a seat, and asks for its rows.
    workshop = booking.workshop
    return Donation(
        pk=0,
        campaign=workshop.campaign,
        workshop=workshop,
        booking=booking,
        purpose=Purpose.SEAT,
        state=DonationState.PAID,
        amount_minor=_EXAMPLE_MINOR,
        net_minor=_EXAMPLE_MINOR,
        currency=workshop.campaign.currency,
        name=booking.name,
        email=booking.email,
        language=booking.language,
        paid_at=clock.now(),
        refund_answer=_("Here stands what you answered."),
    )


def of_kind(
    workshop: Workshop, kind: str, language: str, *, subject: str, body: str, name: str, email: str
) -> EmailMultiAlternatives:
    """Return the mail of an editable kind with these words, addressed to ``email``."""
    texts.pretend(workshop, kind, language, subject, body)
    with translation.override(language):
        if kind in _TO_HOST:
            host = Host(workshop=workshop, name=name, email=email, language=language)
            return _TO_HOST[kind](host)
        person = _nobody(workshop, language, name, email)
        if kind in _TO_GIVER:
            return _TO_GIVER[kind](_gift_of(person.booking))
        return _TO_ATTENDEE[kind](person)


def of_announcement(
    announcement: Announcement, language: str, *, name: str, email: str
) -> EmailMultiAlternatives:
    """Return an organizer's own message as a person would get it."""
    person = _nobody(announcement.workshop, language, name, email)
    return team_emails.announcement_mail(announcement, person)


def send_test(mail: EmailMultiAlternatives) -> None:
    """Send a mail to the one it is addressed to, marked as a test.

    Raises OSError or smtplib.SMTPException where the mail server does not take it.
    """
    mail.subject = _("[Test] %(subject)s") % {"subject": mail.subject}
    mail.send()


def html_page(mail: EmailMultiAlternatives) -> str:
    """Return the mail's HTML with its subject on top."""
    html = next(str(content) for content, kind in mail.alternatives if kind == "text/html")
    style = (
        "margin:0;padding:12px 16px;font:600 16px/1.4 sans-serif;background:Canvas;color:CanvasText"
    )
    shown = format_html('<p style="{}">{}</p>', style, mail.subject)
    return _BODY.sub(lambda found: found[0] + shown, html, count=1)


def text_page(mail: EmailMultiAlternatives) -> str:
    """Return the mail's text with its subject on top."""
    return f"{mail.subject}\n\n{mail.body}"
