"""What needs a person: late money without a seat, gifts asked back, quarantined money, what Stripe
refused to take, differences, poison events, mails that do not leave, rooms that are missing, and
links that are passed on. Stripe accounts that take no payments, and receipts of gifts that were
given elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from donations.models import (
    Difference,
    Donation,
)
from donations.services import (
    attention_items,
    ledger,
)
from donations.services.attention_items import REFUSED_SHOWN, Item
from donations.states import DonationState, Purpose
from events.models import Campaign
from events.states import BookingState
from fundraiser.core import clock
from fundraiser.core.money import Money

_BESIDE = ("campaign", "booking", "workshop")


def of_campaigns(campaigns: Iterable[Campaign], *, is_admin: bool) -> list[Item]:
    """Return what needs a person in these campaigns; what is the site's own only for an admin."""
    ids = [campaign.pk for campaign in campaigns]
    rows = Donation.objects.filter(campaign_id__in=ids).select_related(*_BESIDE)
    late = rows.filter(
        purpose=Purpose.SEAT,
        state=DonationState.PAID,
        booking__state=BookingState.NEEDS_ATTENTION,
    )
    items = [
        Item("late_money", one.campaign, one.name, one.amount, "", one)
        for one in late.order_by("paid_at")[:100]
    ]
    asked = rows.asked_back().order_by("refund_asked_at")
    items += [
        Item("refund_asked", one.campaign, one.name, Money(one.net_minor, one.currency), "", one)
        for one in asked[:100]
    ]
    items += [
        Item(_set_aside(one), one.campaign, one.name, one.amount, one.quarantine, one)
        for one in rows.quarantined().order_by("created_at")[:100]
    ]
    refused = rows.refused().filter(created_at__gt=clock.now() - REFUSED_SHOWN)
    items += [
        Item("refused", one.campaign, one.name, one.amount, one.decline_code, one)
        for one in refused.order_by("created_at")[:100]
    ]
    items += _differences(ids, is_admin=is_admin)
    items += [
        *attention_items.refunds(ids),
        *attention_items.rebuilt(ids),
        *attention_items.receipts(ids),
        *attention_items.stopped_accounts(ids),
        *attention_items.stuck_mails(ids),
        *attention_items.rooms_of(ids),
        *attention_items.requests_of(ids),
        *attention_items.of_whole_campaigns(ids),
    ]
    return [*items, *attention_items.of_the_site()] if is_admin else items


def _set_aside(donation: Donation) -> str:
    """Return what kind of look a payment needs: the whole of it, or a dispute of it."""
    is_dispute = donation.quarantine.startswith(ledger.FOREIGN_DISPUTE)
    return "foreign_dispute" if is_dispute else "quarantined"


def _differences(campaign_ids: list[int], *, is_admin: bool) -> list[Item]:
    """Return what Stripe and the ledger tell differently; of no campaign only for an admin."""
    differences = Difference.objects.filter(resolved_at=None).select_related("campaign")
    if not is_admin:
        differences = differences.filter(campaign_id__in=campaign_ids)
    return [
        Item("difference", one.campaign, one.source_id, None, one.detail)
        for one in differences[:100]
    ]
