"""Things that need a person, by subject: refunds, receipts, accounts, mails, rooms, requests,
promises, and what is the site's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, Max

from donations.models import (
    Claim,
    ConnectedAccount,
    Donation,
    RefundOrder,
    Remittance,
    StripeEvent,
)
from donations.services import (
    account_readiness,
    organizer_refunds,
    refund_doubts,
    refund_run,
)
from donations.services.remitting import acknowledging, overdue
from donations.services.updating import prompts
from donations.states import ClaimState
from events.models import Campaign, Message, Workshop
from events.services.attendees import attendee
from events.services.room import devices, rooms
from events.services.seating import requests
from events.states import CampaignState, MessageState
from fundraiser.core import clock
from fundraiser.core.money import Money

#: For how long an attempt that Stripe refused to begin is shown: nobody has to end it.
REFUSED_SHOWN: Final = timedelta(days=7)
#: And a mail that did not leave.
STUCK_SHOWN: Final = timedelta(days=7)
#: And a gift that was made anew from Stripe.
REBUILT_SHOWN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that needs a person. ``kind`` is stable; templates choose the words."""

    kind: str
    campaign: Campaign | None
    name: str
    amount: Money | None
    detail: str
    donation: Donation | None = None
    workshop: Workshop | None = None
    remittance: Remittance | None = None
    #: What else tells a workshop's item from its others: the day of the last mail that got stuck,
    #: YYYYMMDD, or the person whose link is passed on; of an account's, the day it stopped.
    day: str = ""
    claim: Claim | None = None
    order: RefundOrder | None = None

    @property
    def reference(self) -> str:
        """What tells it from others of its kind, and stays the same as long as it stands.

        Mails get stuck by the hundred: those of one workshop and day are one item.
        """
        if (own := self.claim or self.order) is not None:
            return str(own.pk)
        if self.workshop is not None:
            return f"{self.workshop.pk}-{self.day}"
        if self.kind == "account_stopped" and self.campaign is not None:
            return f"{self.campaign.pk}-{self.day}"
        return str(self.donation.pk) if self.donation else self.name[:60]


def refunds(campaign_ids: list[int]) -> list[Item]:
    """Return refunds that wait for a person, and seats whose money went back."""
    items = [
        Item(
            "refunds_stuck",
            one.workshop.campaign,
            one.workshop.title,
            None,
            str(one.choices.filter(set_aside_at__isnull=False, done_at=None).count()),
            workshop=one.workshop,
            day="refunds",
        )
        for one in refund_run.stuck(campaign_ids)[:100]
    ]
    items += [
        Item("seat_unpaid", one.campaign, one.name, one.amount, "", one)
        for one in organizer_refunds.seats_without_money(campaign_ids).order_by("paid_at")[:100]
    ]
    return items + [_refund_in_doubt(one) for one in refund_doubts.of_campaigns(campaign_ids)[:100]]


def _refund_in_doubt(order: RefundOrder) -> Item:
    """Return a refund that an organizer ordered, with Stripe's reason where it refused."""
    kind, donation = refund_doubts.kind_of(order), order.donation
    why = "" if refund_doubts.has_come_back(order) else order.error
    return Item(kind, donation.campaign, donation.name, order.amount, why, donation, order=order)


def rebuilt(campaign_ids: list[int]) -> list[Item]:
    """Return the gifts that were made anew after a backup was restored: something of them is lost.

    ``detail`` says what: "workshop", "people", both, or nothing but what was typed.
    """
    rows = Donation.objects.filter(
        campaign_id__in=campaign_ids, rebuilt_at__gt=clock.now() - REBUILT_SHOWN
    ).select_related("campaign", "workshop")
    return [
        Item("rebuilt", one.campaign, one.name, one.amount, one.rebuilt_without, one)
        for one in rows.order_by("created_at", "pk")[:100]
    ]


def receipts(campaign_ids: list[int]) -> list[Item]:
    """Return the gifts shown by receipt that wait for an answer."""
    waiting = Claim.objects.filter(
        campaign_id__in=campaign_ids, state__in=[ClaimState.SHOWN, ClaimState.EXPIRED]
    )
    return [
        Item("claim", one.campaign, one.name, one.amount, "", claim=one)
        for one in waiting.select_related("campaign").order_by("created_at", "pk")[:100]
    ]


def stopped_accounts(campaign_ids: list[int]) -> list[Item]:
    """Return the published campaigns whose Stripe account takes no payments now."""
    rows = Campaign.objects.filter(pk__in=campaign_ids, state=CampaignState.PUBLISHED)
    used = list(rows.exclude(stripe_account="").select_related("team"))
    found = ConnectedAccount.objects.in_bulk(
        [one.stripe_account for one in used], field_name="stripe_account"
    )
    return [
        Item(
            "account_stopped",
            one,
            account.name,
            None,
            "; ".join(problems),
            day=_stopped_on(account),
        )
        for one in used
        if (account := found.get(one.stripe_account))
        and (problems := list(account_readiness.of_account(account, one)))
    ]


def _stopped_on(account: ConnectedAccount) -> str:
    """Return what tells one stop of an account from its next: the day it was disconnected."""
    return f"{account.disconnected_at:%Y%m%d}" if account.disconnected_at else "waits"


def stuck_mails(campaign_ids: list[int]) -> list[Item]:
    """Return the workshops of which mails were held back or set aside in the last days."""
    stuck = Message.objects.filter(
        workshop__campaign_id__in=campaign_ids,
        state__in=[MessageState.HELD, MessageState.SET_ASIDE],
        created_at__gt=clock.now() - STUCK_SHOWN,
    )
    counted = stuck.values("workshop_id").annotate(n=Count("pk"), last=Max("created_at"))
    found = {row["workshop_id"]: row for row in counted}
    workshops = Workshop.objects.filter(pk__in=found).select_related("campaign")
    return [
        Item(
            "mails_stuck",
            one.campaign,
            one.title,
            None,
            str(found[one.pk]["n"]),
            workshop=one,
            day=f"{found[one.pk]['last']:%Y%m%d}",
        )
        for one in workshops.order_by("starts_at")[:100]
    ]


def rooms_of(campaign_ids: list[int]) -> list[Item]:
    """Return the workshops about to start without a room, and the links that are passed on."""
    now = clock.now()
    items = [
        Item(
            "no_room",
            one.campaign,
            one.title,
            None,
            "",
            workshop=one,
            day=f"{one.starts_at:%Y%m%d}",
        )
        for one in rooms.missing(campaign_ids, now)
    ]
    for one in devices.passed_on(campaign_ids, now - STUCK_SHOWN):
        workshop = one.booking.workshop
        name = attendee(one).name or one.booking.name
        items.append(
            Item(
                "shared_link",
                workshop.campaign,
                name,
                None,
                workshop.title,
                workshop=workshop,
                day=f"person-{one.pk}",
            )
        )
    return items


def of_whole_campaigns(campaign_ids: list[int]) -> list[Item]:
    """Return the missed dates of sending, and the updates that donors may expect."""
    items = [
        Item("send_by", one.campaign, one.campaign.charity_name, one.outstanding, str(one.days))
        for one in overdue.of_campaigns(campaign_ids)
    ]
    return items + [
        Item("update_due", one.campaign, one.campaign.title, None, str(one.months))
        for one in prompts.due(campaign_ids)
    ]


def of_the_site() -> list[Item]:
    """Return what an admin looks at: addresses at charities without a site, and poison events."""
    aside = StripeEvent.objects.filter(set_aside_at__isnull=False, applied_at=None)
    items = [Item("poison_event", None, one.event_id, None, one.error) for one in aside[:100]]
    return items + [
        Item(
            "address",
            one.remittance.campaign,
            one.email,
            one.remittance.amount,
            one.remittance.campaign.charity_name,
            remittance=one.remittance,
        )
        for one in acknowledging.waiting_for_approval()
    ]


def requests_of(campaign_ids: list[int]) -> list[Item]:
    """Return the workshops where people ask to come and have no answer, anew for each day."""
    return [
        Item(
            "requests",
            one.workshop.campaign,
            one.workshop.title,
            None,
            str(one.count),
            workshop=one.workshop,
            day=f"requests-{one.last:%Y%m%d}",
        )
        for one in requests.unanswered(campaign_ids)
    ]
