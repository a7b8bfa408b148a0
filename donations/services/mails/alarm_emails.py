"""The mails that tell the site's admins of an alarm. None: not due."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.models import Alarm
from donations.services.health import checks
from events.models import Membership, Message
from events.services.mails.emails import absolute, compose
from fundraiser.core import zones


def alarm(message: Message) -> EmailMultiAlternatives | None:
    """A check turned red, or (``over``) is green again; not due for who is no admin any more."""
    row = Alarm.objects.filter(pk=message.ids["alarm"]).first()
    admin = User.objects.filter(pk=message.ids["user"], is_superuser=True, is_active=True).first()
    check = {one.name: one for one in checks.checks()}.get(row.check_name) if row else None
    if row is None or check is None or admin is None or not admin.email:
        return None
    member = Membership.objects.filter(user=admin).order_by("pk").first()
    language = member.language if member else settings.LANGUAGE_CODE
    with translation.override(language):
        context = {
            "over": bool(message.ids.get("over")),
            "title": str(check.title),
            "advice": str(check.advice),
            "raised_at": zones.long_text(row.raised_at, "UTC", language),
            "ended_at": zones.long_text(row.ended_at, "UTC", language) if row.ended_at else "",
            "url": absolute(reverse("health")),
        }
    return compose(
        "alarm",
        to=admin.email,
        language=language,
        reply_to=settings.DEFAULT_FROM_EMAIL,
        context=context,
    )
