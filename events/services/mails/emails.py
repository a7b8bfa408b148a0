"""Mails: rendered in the person's language when they are sent, never stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from events.models import Booking, Registration
from events.services import access
from events.services.mails import shapes, texts
from events.services.mails.letters import Letter
from events.states import MailClass
from fundraiser.core import marks

#: Stands on each mail to people of a test campaign: anybody makes us send them for nothing.
TEST_HEADER: Final = "X-Fundraiser-Test"


def absolute(path: str) -> str:
    """Return the full address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


def manage_url(booking: Booking) -> str:
    """Return the full address of the booking's own page."""
    return absolute(reverse("booking", args=[access.booking_link(booking)]))


def seat_url(registration: Registration) -> str:
    """Return the full address of one person's own page, who need not have booked."""
    token = access.registration_link(registration, access.SEAT_LINK)
    return absolute(reverse("seat", args=[token]))


def join_url(registration: Registration) -> str:
    """Return the full address of one person's link into the room."""
    return absolute(reverse("join", args=[access.registration_link(registration)]))


def unsubscribe_url(registration: Registration, mail_class: str) -> str:
    """Return the full address that ends reminders of this workshop, or the team's news.

    ``mail_class`` is MailClass.REMINDER or NEWS; the mails of the other classes have none.
    """
    name = "unsubscribe_news" if mail_class == MailClass.NEWS else "unsubscribe"
    token = access.registration_link(registration, purpose=access.UNSUBSCRIBE_LINK)
    return absolute(reverse(name, args=[token]))


def _tidy(text: str) -> str:
    """Return a text without the empty lines that parts left out leave behind."""
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text).strip() + "\n"


def compose(
    kind: str,
    *,
    to: str,
    language: str,
    reply_to: str,
    context: Mapping[str, Any],
    own_words: texts.OwnWords | None = None,
    unsubscribe_url: str = "",
) -> EmailMultiAlternatives:
    """Return the mail of templates/emails/<kind>/, text and HTML, in ``language``.

    ``own_words`` stand for ours where the organizer wrote some. A mail with ``unsubscribe_url``
    carries List-Unsubscribe with its one-click POST (RFC 8058). With a shapes.Alike as context,
    the mails of one batch are rendered together.
    """
    shared = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "own_words": own_words,
        "unsubscribe_url": unsubscribe_url,
        **context,
    }
    with translation.override(language):
        parts = _shaped(kind, language, shared, context, own_words)
        is_test = marks.any_test(context.values())
        told = marks.sentence() if is_test or context.get("is_test") else ""
    subject = " ".join((own_words.subject if own_words else parts.subject).split())
    mail = Letter(
        subject=marks.marked(subject) if told else subject,
        body=f"{told}\n\n{parts.text}" if told else parts.text,
        to=[to],
        reply_to=[reply_to],
    )
    mail.attach_alternative(parts.html, "text/html")
    mail.extra_headers |= {TEST_HEADER: "yes"} if is_test else {}
    if unsubscribe_url:
        mail.extra_headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def _shaped(
    kind: str,
    language: str,
    shared: dict[str, Any],
    context: Mapping[str, Any],
    own_words: texts.OwnWords | None,
) -> shapes.Parts:
    if not isinstance(context, shapes.Alike) or own_words is not None:
        return _parts(kind, shared)
    return shapes.rendered(
        partial(_parts, kind),
        shared,
        personal={name: shared[name] for name in ("unsubscribe_url", *context.personal)},
        alike=(kind, language, context.alike),
    )


def _parts(kind: str, context: Mapping[str, Any]) -> shapes.Parts:
    folder, given = f"emails/{kind}", dict(context)
    return shapes.Parts(
        subject=render_to_string(f"{folder}/subject.txt", given),
        text=_tidy(render_to_string(f"{folder}/body.txt", given)),
        html=render_to_string(f"{folder}/body.html", given),
    )
