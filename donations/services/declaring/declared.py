"""Gifts that were given elsewhere, in the ledger: posted once, undone by a counter-entry."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from donations.models import LedgerEntry
from donations.services import totals
from donations.states import Account, Kind, SourceType
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.money import Money

#: Kind -> (debit, credit).
_ACCOUNTS: Final = {
    Kind.DECLARED: (Account.ELSEWHERE, Account.DECLARED),
    Kind.DECLARED_UNDONE: (Account.DECLARED, Account.ELSEWHERE),
}


def post(
    *,
    campaign: Campaign,
    amount: Money,
    source: tuple[SourceType, UUID],
    occurred_at: datetime,
    pledged: int = 0,
) -> None:
    """Post a declared gift and move the total, in the caller's transaction; each source once.

    ``pledged`` (minor units) is added to what is promised: a pledge that was kept takes itself out.
    """
    entry = _entry(Kind.DECLARED, campaign, amount, source, occurred_at)
    entry.save(force_insert=True)
    totals.move_declared(campaign, [entry], donors=1, pledged=pledged)


def undo(*, campaign: Campaign, amount: Money, source: tuple[SourceType, UUID]) -> None:
    """Post the counter-entry of a declared gift and move the total back; each source once."""
    entry = _entry(Kind.DECLARED_UNDONE, campaign, amount, source, clock.now())
    entry.save(force_insert=True)
    totals.move_declared(campaign, [entry], donors=-1)


def _entry(
    kind: Kind,
    campaign: Campaign,
    amount: Money,
    source: tuple[SourceType, UUID],
    occurred_at: datetime,
) -> LedgerEntry:
    debit, credit = _ACCOUNTS[kind]
    source_type, number = source
    return LedgerEntry(
        campaign=campaign,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_minor=amount.minor,
        currency=amount.currency,
        source_type=source_type,
        source_id=str(number),
        occurred_at=occurred_at,
        created_at=clock.now(),
    )
