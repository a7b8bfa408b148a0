"""Mails about the money's way to the charity, and what became of it. None: no longer due."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.models import Acknowledgement, CampaignUpdate, Donation, Remittance
from donations.services import pages, totals
from donations.services.mails import notice_emails
from donations.services.remitting import doors, overdue
from donations.services.remitting.transfers import acknowledged as said_of
from donations.services.updating import doors as update_doors
from donations.services.updating import prompts, updates
from donations.states import RemittanceState
from events.models import Campaign, Membership, Message
from events.services.mails import problems
from events.services.mails.emails import absolute, compose


def acknowledge_request(message: Message) -> EmailMultiAlternatives | None:
    """An officer is asked whether a transfer arrived; not due once answered, ended or undone."""
    rows = Acknowledgement.objects.select_related("remittance__campaign__team")
    asked = rows.filter(
        pk=message.ids["acknowledgement"], revoked_at=None, acknowledged_at=None
    ).first()
    if asked is None or asked.approved_at is None or not asked.email:
        return None
    remittance = asked.remittance
    if remittance.state != RemittanceState.ASKED:
        return None
    return acknowledge_request_mail(asked, remittance)


def acknowledge_request_mail(
    asked: Acknowledgement, remittance: Remittance
) -> EmailMultiAlternatives:
    """Return the mail with the link by which an officer answers."""
    campaign = remittance.campaign
    with translation.override(asked.language):
        shown = pages.campaign_page(campaign, asked.language)
    return compose(
        "acknowledge_request",
        to=asked.email,
        language=asked.language,
        reply_to=campaign.team.reply_to,
        context={
            "campaign": shown,
            "organizer": campaign.organizer_name,
            "remittance": remittance,
            "link": absolute(reverse("acknowledge", args=[doors.acknowledgement_link(asked)])),
            "public_url": absolute(shown.url),
        },
    )


def _campaign_of(member: Membership | None, message: Message) -> Campaign | None:
    """Return the campaign that a notice is about, as long as it is the member's team's."""
    if member is None:
        return None
    rows = Campaign.objects.select_related("team").filter(team=member.team)
    return rows.filter(pk=message.ids["campaign"]).first()


def _notice(
    kind: str, member: Membership, campaign: Campaign, *, page: str, **more: Any
) -> EmailMultiAlternatives:
    title = campaign.text("title", member.language)
    context = {
        "title": title,
        "charity": campaign.charity_name,
        "link": absolute(reverse(page, args=[campaign.public_id])),
        **more,
    }
    return notice_emails.compose_notice(kind, member, context, title=title)


def acknowledged(message: Message) -> EmailMultiAlternatives | None:
    """The charity has acknowledged a transfer; not due once that was undone."""
    member = notice_emails.member_of(message)
    rows = Acknowledgement.objects.select_related("remittance__campaign__team")
    asked = rows.filter(pk=message.ids["acknowledgement"]).first()
    if member is None or asked is None:
        return None
    remittance = asked.remittance
    said = said_of(remittance)
    if said is None or remittance.state != RemittanceState.ACKNOWLEDGED:
        return None
    if remittance.campaign.team_id != member.team_id:
        return None
    return _notice(
        "acknowledged",
        member,
        remittance.campaign,
        page="campaign_remittances",
        remittance=remittance,
        said=said,
    )


def overdue_notice(message: Message) -> EmailMultiAlternatives | None:
    """A promised date was missed; not due once the money is sent."""
    member = notice_emails.member_of(message)
    campaign = _campaign_of(member, message)
    if member is None or campaign is None:
        return None
    late = overdue.missed(campaign, totals.of_campaign(campaign))
    if late is None:
        return None
    return _notice(
        "overdue",
        member,
        campaign,
        page="campaign_remittances",
        late=late,
        send_by=campaign.send_by,
    )


def update_prompt(message: Message) -> EmailMultiAlternatives | None:
    """Donors may expect an update; not due once there is one."""
    member = notice_emails.member_of(message)
    campaign = _campaign_of(member, message)
    if member is None or campaign is None or not notice_emails.is_editor(member):
        return None
    prompt = next(iter(prompts.due([campaign.pk])), None)
    if prompt is None:
        return None
    return _notice("update_prompt", member, campaign, page="campaign_updates", months=prompt.months)


def campaign_update(message: Message) -> EmailMultiAlternatives | None:
    """An update to a donor; not due for who wants no news, or whose address is gone."""
    written = CampaignUpdate.objects.filter(pk=message.ids["update"]).first()
    rows = Donation.objects.select_related("campaign__team", "booking")
    donation = rows.filter(pk=message.ids["donation"]).first()
    if written is None or donation is None or not donation.email:
        return None
    if donation.campaign.is_suspended or not updates.wants(donation):
        return None
    if problems.stopped([donation.email]):
        return None
    return campaign_update_mail(written, donation)


def campaign_update_mail(written: CampaignUpdate, donation: Donation) -> EmailMultiAlternatives:
    """Return an update as a mail to one donor, answered to the team."""
    language, campaign = donation.language, donation.campaign
    off = reverse("updates_off", args=[update_doors.updates_off_link(donation)])
    with translation.override(language):
        shown = pages.campaign_page(campaign, language)
        update = update_doors.shown(written, language)
    return compose(
        "campaign_update",
        to=donation.email,
        language=language,
        reply_to=campaign.team.reply_to,
        context={
            "campaign": shown,
            "organizer": campaign.organizer_name,
            "name": donation.name,
            "update": update,
            "body_text": written.text("body", language),
            "public_url": f"{absolute(shown.url)}#{update.anchor}",
        },
        unsubscribe_url=absolute(off),
    )
