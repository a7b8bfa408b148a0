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

from donations.services.mails import (
    after_emails,
    attendee_emails,
    seat_end_emails,
    team_emails,
    waiting_emails,
)
from events.models import Announcement, Booking, Registration, Workshop
from events.services import attendees
from events.services.mails import texts
from events.states import BookingState
from fundraiser.core import clock

_BODY: Final = re.compile(r"<body\b[^>]*>")

_MADE_BY: Final[dict[str, Callable[[Registration], EmailMultiAlternatives]]] = {
    "confirmation": lambda one: attendee_emails.payers_confirmation(
        one.booking, [one], None, at=clock.now()
    ),
    "reminder": attendee_emails.reminder_mail,
    "changed": lambda one: attendee_emails.changed_mail(one, at=clock.now()),
    "cancelled": lambda one: seat_end_emails.cancelled_mail(
        one.booking, attendees.payer(one.booking), gave=True
    ),
    "waiting_offer": lambda one: waiting_emails.waiting_offer_mail(
        one, until=clock.now() + timedelta(minutes=one.booking.workshop.offer_minutes)
    ),
    "thank_you": after_emails.thank_you_mail,
    "replay": after_emails.replay_mail,
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


def of_kind(
    workshop: Workshop, kind: str, language: str, *, subject: str, body: str, name: str, email: str
) -> EmailMultiAlternatives:
    """Return the mail of an editable kind with these words, addressed to ``email``."""
    texts.pretend(workshop, kind, language, subject, body)
    with translation.override(language):
        return _MADE_BY[kind](_nobody(workshop, language, name, email))


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
