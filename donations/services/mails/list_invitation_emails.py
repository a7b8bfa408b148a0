"""The mail that invites somebody. None: no longer due."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.services import origins, pages
from events.models import ListInvitation, Message
from events.services import access_people
from events.services.mails import problems
from events.services.mails.emails import absolute, compose
from events.states import CampaignState, WorkshopState
from fundraiser.core import clock


def list_invitation(message: Message) -> EmailMultiAlternatives | None:
    """An invitation; not due for who wants none, nor to what is over or not published."""
    rows = ListInvitation.objects.select_related("invitee", "campaign__team", "workshop__campaign")
    found = rows.filter(pk=message.ids["list_invitation"]).first()
    if found is None or found.invitee.unsubscribed_at or not _takes_place(found):
        return None
    if problems.stopped([found.invitee.email]):
        return None
    return invitation_mail(found)


def _takes_place(found: ListInvitation) -> bool:
    workshop = found.workshop
    if found.campaign.state != CampaignState.PUBLISHED or found.campaign.is_suspended:
        return False
    if workshop is None:
        return True
    return workshop.state == WorkshopState.PUBLISHED and workshop.starts_at > clock.now()


def invitation_mail(found: ListInvitation) -> EmailMultiAlternatives:
    """Return the invitation of one person, whose link tells that they came by it."""
    language = found.language
    with translation.override(language):
        campaign = pages.campaign_page(found.campaign, language)
        workshop = pages.workshop_page(found.workshop, language) if found.workshop else None
    shown = workshop or campaign
    link = f"{absolute(shown.url)}{origins.carried({origins.VIA: origins.code_of(found)})}"
    off = reverse("unsubscribe_invitations", args=[access_people.invitee_link(found.invitee)])
    return compose(
        "list_invitation",
        to=found.invitee.email,
        language=language,
        reply_to=found.campaign.team.reply_to,
        context={
            "name": found.invitee.name,
            "campaign": campaign,
            "workshop": workshop,
            "organizer": campaign.organizer_name,
            "team": found.campaign.team.name,
            "title": shown.title,
            "words": found.words,
            "link": link,
        },
        unsubscribe_url=absolute(off),
    )
