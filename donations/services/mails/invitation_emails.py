"""The mail that offers a place in a team. None: not due."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from events.models import Invitation, Message
from events.services import access_teams
from events.services.mails.emails import absolute, compose
from fundraiser.core import clock


def invitation(message: Message) -> EmailMultiAlternatives | None:
    """An invitation; not due once it was accepted, withdrawn or replaced, or is too old."""
    rows = Invitation.objects.select_related("team", "invited_by")
    found = rows.filter(
        pk=message.ids["invitation"],
        link_version=message.ids["version"],
        expires_at__gt=clock.now(),
    ).first()
    if found is None:
        return None
    by = found.invited_by
    with translation.override(found.language):
        until = date_format(found.expires_at, "DATE_FORMAT")
    return compose(
        "invitation",
        to=found.email,
        language=found.language,
        reply_to=found.team.reply_to,
        context={
            "team": found.team.name,
            "role": found.role,
            "inviter": (by.get_full_name() or by.email) if by else "",
            "until": until,
            "link": absolute(reverse("invitation", args=[access_teams.invitation_link(found)])),
        },
    )
