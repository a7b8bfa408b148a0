"""Mails: rendered in the person's language when they are sent, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from events.models import Booking
from events.services import access


def absolute(path: str) -> str:
    """Return the full address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


def manage_url(booking: Booking) -> str:
    """Return the full address of the booking's own page."""
    return absolute(reverse("booking", args=[access.booking_link(booking)]))


def compose(
    kind: str, *, to: str, language: str, reply_to: str, context: Mapping[str, Any]
) -> EmailMultiAlternatives:
    """Return the mail of templates/emails/<kind>/, text and HTML, in ``language``."""
    with translation.override(language):
        shared = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, **context}
        subject = render_to_string(f"emails/{kind}/subject.txt", shared)
        mail = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=render_to_string(f"emails/{kind}/body.txt", shared).strip() + "\n",
            to=[to],
            reply_to=[reply_to],
        )
        mail.attach_alternative(render_to_string(f"emails/{kind}/body.html", shared), "text/html")
    return mail
