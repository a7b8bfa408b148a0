"""Notices to the people who organise: a new gift, what needs a person, the day. None: not due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import translation

from donations.models import CampaignTotal, Donation
from donations.services import attention, attention_words, pages, totals
from donations.states import DonationState
from events.models import Booking, Campaign, Membership, Message
from events.services import access
from events.services.mails.emails import absolute, compose
from events.services.mails.planner import DIGEST_AT
from events.states import BookingState
from fundraiser.core import marks, zones
from fundraiser.core.money import Money

#: Which of a member's wishes each kind asks.
WISHES: Final = {
    "new_gift": "wants_gift_mails",
    "digest": "wants_digest",
    "attention": "wants_attention_mails",
    "acknowledged": "wants_attention_mails",
    "overdue": "wants_attention_mails",
    "update_prompt": "wants_attention_mails",
    "webhook_stopped": "wants_attention_mails",
}


def member_of(message: Message) -> Membership | None:
    """Return whom a notice is for, as long as they are on the team and want it."""
    rows = Membership.objects.select_related("team", "user")
    member = rows.filter(pk=message.ids["membership"]).first()
    if member is None or not member.user.is_active or not member.user.email:
        return None
    return member if getattr(member, WISHES[message.kind]) else None


def is_editor(member: Membership) -> bool:
    """Whether a member sees names, and changes things."""
    return member.role in access.EDITORS


def compose_notice(
    kind: str, member: Membership, context: dict[str, Any], *, title: str
) -> EmailMultiAlternatives:
    """Return a notice; it is answered to the team's own address."""
    off = reverse("notice_off", args=[kind, access.membership_link(member, kind)])
    return compose(
        kind,
        to=member.user.email,
        language=member.language,
        reply_to=member.team.reply_to,
        context={
            "campaign": SimpleNamespace(title=title),
            "is_test": title.startswith(marks.MARK),
            "team": member.team.name,
            "dashboard_url": absolute(reverse("dashboard")),
            "notifications_url": absolute(reverse("notifications")),
            **context,
        },
        unsubscribe_url=absolute(off),
    )


def new_gift(message: Message) -> EmailMultiAlternatives | None:
    """Somebody gave; not due once it went back. To a viewer, what is hidden stays hidden.

    To everybody where seats are carried by others' gifts: else who is not told of did not give.
    """
    member = member_of(message)
    rows = Donation.objects.select_related("campaign", "workshop__campaign")
    donation = rows.filter(pk=message.ids["donation"]).first()
    if member is None or donation is None or donation.net_minor <= 0:
        return None
    if donation.campaign.team_id != member.team_id:
        return None
    language, workshop = member.language, donation.workshop
    knows = is_editor(member) and not (workshop and workshop.hides_carried)
    with translation.override(language):
        campaign = pages.campaign_page(donation.campaign, language)
        context = {
            "name": donation.name if knows or not donation.hide_name else "",
            "amount": donation.amount if knows or not donation.hide_amount else None,
            "message": donation.message,
            "charity": campaign.charity_name,
            "workshop_title": workshop.text("title", language) if workshop else "",
            "total": totals.of_campaign(donation.campaign),
        }
    return compose_notice("new_gift", member, context, title=campaign.title)


def attention_item(message: Message) -> EmailMultiAlternatives | None:
    """Something needs a person; not due once somebody has seen to it."""
    member = member_of(message)
    if member is None or not is_editor(member):
        return None
    campaigns = Campaign.objects.filter(team=member.team)
    wanted = (message.ids["item"], message.ids["reference"])
    for item in attention.of_campaigns(campaigns, is_admin=False):
        if (item.kind, item.reference) == wanted and item.campaign is not None:
            with translation.override(member.language):
                told = attention_words.told(item, member.language, names_all=True)
            title = item.campaign.text("title", member.language)
            return compose_notice("attention", member, {"told": told}, title=title)
    return None


@dataclass(frozen=True, slots=True)
class Day:
    """One campaign's day."""

    title: str
    url: str
    gifts: int
    given: Money
    seats: int
    total: totals.Totals

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened."""
        return not self.gifts and not self.seats


def digest(message: Message) -> EmailMultiAlternatives | None:
    """The team's day until 8 in its own zone; not due when nothing happened or waits."""
    member = member_of(message)
    if member is None:
        return None
    since, until = _day(str(message.ids["day"]), member.team.time_zone)
    campaigns = list(Campaign.objects.real().filter(team=member.team))
    days = [_of_campaign(one, since, until, member.language) for one in campaigns]
    busy = [one for one in days if not one.is_quiet]
    told = _told(campaigns, member)
    if not busy and not told:
        return None
    context = {"days": busy, "told": told, "gifts": sum(one.gifts for one in busy)}
    return compose_notice("digest", member, context, title=member.team.name)


def _day(day: str, zone: str) -> tuple[datetime, datetime]:
    """Return the 24 hours, as the team's clocks count them, that end on ``day`` at 8."""
    where = ZoneInfo(zone if zones.is_zone(zone) else "UTC")
    until = datetime.combine(date.fromisoformat(day), DIGEST_AT, where)
    return datetime.combine(until.date() - timedelta(days=1), DIGEST_AT, where), until


def _of_campaign(campaign: Campaign, since: datetime, until: datetime, language: str) -> Day:
    paid = Donation.objects.filter(
        campaign=campaign, state=DonationState.PAID, paid_at__gte=since, paid_at__lt=until
    ).aggregate(n=Count("pk"), minor=Sum("amount_minor"))
    seats = Booking.objects.filter(
        workshop__campaign=campaign,
        state=BookingState.CONFIRMED,
        confirmed_at__gte=since,
        confirmed_at__lt=until,
    ).aggregate(n=Sum("seats"))
    row = CampaignTotal.objects.filter(campaign=campaign).first()
    return Day(
        title=campaign.text("title", language),
        url=absolute(reverse("campaign", args=[campaign.slug])),
        gifts=paid["n"],
        given=Money(paid["minor"] or 0, campaign.currency),
        seats=seats["n"] or 0,
        total=totals.read(campaign, row),
    )


def _told(campaigns: Sequence[Campaign], member: Membership) -> list[attention_words.Told]:
    items = attention.of_campaigns(campaigns, is_admin=False)
    names_all = is_editor(member)
    with translation.override(member.language):
        return [attention_words.told(one, member.language, names_all=names_all) for one in items]
