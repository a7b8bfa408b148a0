"""The mail to a team's owners when an address of theirs is told nothing any more."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from donations.services.mails import notice_emails
from events.models import Message, WebhookEndpoint
from events.services.mails.emails import absolute
from events.states import StoppedBecause


def webhook_stopped(message: Message) -> EmailMultiAlternatives | None:
    """A program's address failed for days, or said that it is gone; not due once it is on again."""
    member = notice_emails.member_of(message)
    rows = WebhookEndpoint.objects.filter(removed_at=None).exclude(stopped_because="")
    endpoint = rows.filter(pk=message.ids["endpoint"]).first()
    if member is None or endpoint is None or endpoint.team_id != member.team_id:
        return None
    context = {
        "address": endpoint.url,
        "is_gone": endpoint.stopped_because == StoppedBecause.GONE,
        "link": absolute(reverse("webhook", args=[member.team.public_id, endpoint.public_id])),
    }
    return notice_emails.compose_notice("webhook_stopped", member, context, title=member.team.name)
