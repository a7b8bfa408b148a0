"""The wall: the latest gifts of a campaign, without what their givers hid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from donations.models import Claim, Donation, OfflineGift
from donations.states import ClaimState, OfflineKind, OfflineState
from events.models import Campaign
from fundraiser.core.money import Money

WALL_LENGTH: Final = 50


@dataclass(frozen=True, slots=True)
class WallGift:
    """One gift on the wall; what its giver hid is not in it.

    ``declared``: empty where the money came through here; else "receipt", "hand" or "matching".
    """

    display_name: str
    initial: str
    amount: Money | None
    message: str
    given_at: datetime
    declared: str = ""


def latest(campaign: Campaign, *, declared: bool = True) -> list[WallGift]:
    """Return the latest gifts of which something is left.

    ``declared`` False: the campaign is known to have none that were given elsewhere.
    """
    gifts = _donations(campaign)
    if declared:
        gifts += [*_claims(campaign), *_offline(campaign)]
        gifts.sort(key=lambda one: one.given_at, reverse=True)
    return gifts[:WALL_LENGTH]


def _gift(
    name: str, amount: Money | None, message: str, given_at: datetime, declared: str = ""
) -> WallGift:
    return WallGift(name, name[:1].upper(), amount, message, given_at, declared)


def _donations(campaign: Campaign) -> list[WallGift]:
    rows = Donation.objects.filter(campaign=campaign, net_minor__gt=0).order_by("-paid_at", "-pk")
    fields = ("name", "hide_name", "hide_amount", "message", "net_minor", "currency", "paid_at")
    return [
        _gift(
            "" if row["hide_name"] else row["name"].strip(),
            None if row["hide_amount"] else Money(row["net_minor"], row["currency"]),
            row["message"],
            row["paid_at"],
        )
        for row in rows.values(*fields)[:WALL_LENGTH]
    ]


def _claims(campaign: Campaign) -> list[WallGift]:
    rows = Claim.objects.filter(campaign=campaign, state=ClaimState.ACCEPTED)
    return [
        _gift(
            "" if one.hide_name else one.name.strip(),
            None if one.hide_amount else one.amount,
            one.message,
            one.created_at,
            "receipt",
        )
        for one in rows.order_by("-created_at", "-pk")[:WALL_LENGTH]
    ]


def _offline(campaign: Campaign) -> list[WallGift]:
    rows = OfflineGift.objects.filter(campaign=campaign, state=OfflineState.RECEIVED)
    return [
        _gift(
            "" if one.hide_name else one.name.strip(),
            one.amount,
            "",
            datetime.combine(one.received_on, time(12), UTC),
            "matching" if one.kind == OfflineKind.MATCHING else "hand",
        )
        for one in rows.order_by("-received_on", "-pk")[:WALL_LENGTH]
    ]


def pledges(campaign: Campaign) -> list[WallGift]:
    """Return the matching gifts that are promised and not received yet, the largest first."""
    rows = OfflineGift.objects.filter(campaign=campaign, state=OfflineState.PLEDGED)
    return [
        _gift(
            "" if one.hide_name else one.name.strip(),
            one.amount,
            "",
            one.created_at,
            "matching",
        )
        for one in rows.order_by("-amount_minor", "-pk")[:20]
    ]
