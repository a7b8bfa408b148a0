"""Gifts entered by hand: received ones are declared, promised ones count nowhere yet.

A mistake is taken back by a counter-entry with its reason, never by deleting.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from donations.models import OfflineGift
from donations.services import declared, totals
from donations.states import OFFLINE_TABLE, OfflineKind, OfflineState, SourceType
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.money import Money
from fundraiser.core.transitions import advance

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class NotNowError(ServiceError):
    """It is not in the state in which that can be done."""

    code = "not_now"


@dataclass(frozen=True, slots=True)
class Entry:
    """What an organizer enters."""

    kind: OfflineKind
    amount: Money
    received_on: date
    visit: uuid.UUID
    pledged: bool = False
    name: str = ""
    hide_name: bool = False
    note: str = ""

    @property
    def nonce(self) -> uuid.UUID:
        """What names this very entry: the same form sent twice gives the same one."""
        told = (self.kind, self.amount.minor, self.received_on.isoformat(), self.pledged)
        return uuid.uuid5(self.visit, repr((*told, self.name, self.hide_name, self.note)))


def record(
    *, campaign: Campaign, entry: Entry, by: AbstractBaseUser | AnonymousUser
) -> OfflineGift:
    """Keep a gift, and post it unless it is only promised. Sent twice it is one."""
    nonce = uuid.uuid5(entry.nonce, str(campaign.pk))
    known = OfflineGift.objects.filter(nonce=nonce)
    if (found := known.first()) is not None:
        return found
    try:
        with transaction.atomic():
            return _write(campaign, entry, nonce, by)
    except IntegrityError:
        if (found := known.first()) is None:
            raise
        return found


def _write(
    campaign: Campaign, entry: Entry, nonce: uuid.UUID, by: AbstractBaseUser | AnonymousUser
) -> OfflineGift:
    gift = OfflineGift(
        campaign=campaign,
        kind=entry.kind,
        state=OfflineState.PLEDGED if entry.pledged else OfflineState.RECEIVED,
        amount_minor=entry.amount.minor,
        currency=entry.amount.currency,
        received_on=entry.received_on,
        name=entry.name,
        hide_name=entry.hide_name,
        note=entry.note,
        nonce=nonce,
        created_at=clock.now(),
    )
    gift.entered_by_id = by.pk
    gift.save(force_insert=True)
    if entry.pledged:
        totals.move_declared(campaign, [], pledged=gift.amount_minor)
    else:
        _post(gift)
    return gift


def _post(gift: OfflineGift, *, pledged: int = 0) -> None:
    declared.post(
        campaign=gift.campaign,
        amount=gift.amount,
        source=(SourceType.OFFLINE, gift.public_id),
        occurred_at=datetime.combine(gift.received_on, time(12), UTC),
        pledged=pledged,
    )


def _locked(gift_id: int, state: OfflineState) -> OfflineGift:
    rows = OfflineGift.objects.select_for_update(of=("self",), no_key=True)
    gift = rows.select_related("campaign").get(pk=gift_id)
    if gift.state != state:
        raise NotNowError(gift.state)
    return gift


def receive(gift_id: int, *, on: date) -> OfflineGift:
    """Mark a pledge as received on a day: from now on it counts. Raises NotNowError."""
    with transaction.atomic():
        gift = _locked(gift_id, OfflineState.PLEDGED)
        advance(gift, OfflineState.RECEIVED, OFFLINE_TABLE, received_on=on)
        _post(gift, pledged=-gift.amount_minor)
    return gift


def take_back(gift_id: int, *, reason: str) -> OfflineGift:
    """Undo a received gift by a counter-entry, or withdraw a pledge. Raises NotNowError."""
    with transaction.atomic():
        rows = OfflineGift.objects.select_for_update(of=("self",), no_key=True)
        gift = rows.select_related("campaign").get(pk=gift_id)
        if gift.state == OfflineState.PLEDGED:
            advance(gift, OfflineState.WITHDRAWN, OFFLINE_TABLE, reason=reason)
            totals.move_declared(gift.campaign, [], pledged=-gift.amount_minor)
        elif gift.state == OfflineState.RECEIVED:
            advance(gift, OfflineState.UNDONE, OFFLINE_TABLE, reason=reason)
            source = (SourceType.OFFLINE, gift.public_id)
            declared.undo(campaign=gift.campaign, amount=gift.amount, source=source)
        else:
            raise NotNowError(gift.state)
    return gift


def forget_name(gift_id: int) -> None:
    """Erase who gave, at their wish; what was given stays."""
    OfflineGift.objects.filter(pk=gift_id).update(name="", hide_name=True, note="")


def of_campaign(campaign: Campaign) -> QuerySet[OfflineGift]:
    """Return what was entered, the latest first."""
    return OfflineGift.objects.filter(campaign=campaign).order_by("-received_on", "-pk")
