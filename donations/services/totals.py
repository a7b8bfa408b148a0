"""A campaign's totals: moved with the ledger, and read as the public identity.

Declared gifts have a line of their own: people see them together with what was raised, but they
are in nothing that is owed or sent, since that money never passed through here.

raised = gifts − refunds − disputes, never below zero; owed = what is left of them − fees (unless
the organizer pays them); outstanding = owed − sent (DESIGN.md, "The nouns").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from donations.models import CampaignTotal, Donation, LedgerEntry
from donations.states import Account
from events.models import Campaign
from fundraiser.core import clock, prepared
from fundraiser.core.money import Money

#: The account behind each column, and the sign of a debit on it.
_COLUMNS = {
    Account.GIFTS: ("gifts_minor", -1),
    Account.FEES: ("fees_minor", 1),
    Account.REFUNDS: ("refunds_minor", 1),
    Account.DISPUTES: ("disputes_minor", 1),
    Account.SENT: ("sent_minor", 1),
    Account.DECLARED: ("declared_minor", -1),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What everybody may know of a campaign's money."""

    gifts: Money
    refunds: Money
    disputes: Money
    raised: Money
    fees: Money
    owed: Money
    sent: Money
    outstanding: Money
    declared: Money
    pledged: Money
    #: What was raised and what was declared: what people together gave.
    together: Money
    donors: int
    average: Money | None
    goal_percent: int | None
    reaches_goal: bool
    version: int


def _changes(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    changes: dict[str, int] = {}
    for entry in entries:
        for account, sign in ((entry.debit, 1), (entry.credit, -1)):
            if account in _COLUMNS:
                column, debit_sign = _COLUMNS[Account(account)]
                changes[column] = changes.get(column, 0) + sign * debit_sign * entry.amount_minor
    return changes


def net_change(changes: dict[str, int]) -> int:
    """Return what a set of changes adds to raised."""
    return (
        changes.get("gifts_minor", 0)
        - changes.get("refunds_minor", 0)
        - changes.get("disputes_minor", 0)
    )


def move(donation: Donation, entries: Iterable[LedgerEntry]) -> None:
    """Move the donation's net and the campaign's rollup by new entries, in their transaction.

    The rollup is written here, the donation's row by the caller, who has more to write there.
    """
    changes = _changes(entries)
    before = donation.net_minor
    donation.net_minor = before + net_change(changes)
    donors = int(donation.net_minor > 0) - int(before > 0)
    _write(donation.campaign, changes, donors=donors)


def move_campaign(campaign: Campaign, entries: Iterable[LedgerEntry]) -> None:
    """Move the campaign's rollup by new entries of no donation, in their transaction."""
    _write(campaign, _changes(entries))


#: What a rollup's row counts; each is added to what stands there.
_COUNTED: Final = (*(column for column, _sign in _COLUMNS.values()), "pledged_minor", "donors")
_SUMS: Final = ", ".join(f"{column} = {column} + %({column})s" for column in _COUNTED)
_ADD: Final = (
    f"UPDATE donations_campaigntotal SET {_SUMS}, version = version + 1, updated_at = %(now)s"  # noqa: S608 -- our own words
    " WHERE campaign_id = %(campaign)s"
).encode()


def _write(campaign: Campaign, changes: dict[str, int], **others: int) -> None:
    values = {**dict.fromkeys(_COUNTED, 0), **changes, **others}
    asked = {**values, "campaign": campaign.pk, "now": clock.now()}
    if prepared.count(_ADD, asked) == 0:
        ensure(campaign)
        prepared.count(_ADD, asked)


def move_declared(
    campaign: Campaign, entries: Iterable[LedgerEntry], *, donors: int = 0, pledged: int = 0
) -> None:
    """Move the campaign's rollup by new entries of declared gifts, in their transaction.

    ``donors`` and ``pledged`` (minor units) are added to what stands there.
    """
    _write(campaign, _changes(entries), donors=donors, pledged_minor=pledged)


def ensure(campaign: Campaign) -> None:
    """Make the campaign's rollup row if it has none yet."""
    CampaignTotal.objects.bulk_create(
        [CampaignTotal(campaign=campaign, currency=campaign.currency, updated_at=clock.now())],
        ignore_conflicts=True,
    )


def read(campaign: Campaign, row: CampaignTotal | None) -> Totals:
    """Return the public identity from a rollup row (None: nothing was given yet)."""
    row = row or CampaignTotal(campaign=campaign, currency=campaign.currency)
    gifts, refunds, disputes, fees, sent, declared, pledged = (
        Money(int(minor), row.currency)
        for minor in (
            row.gifts_minor,
            row.refunds_minor,
            row.disputes_minor,
            row.fees_minor,
            row.sent_minor,
            row.declared_minor,
            row.pledged_minor,
        )
    )
    left = gifts - refunds - disputes
    # A bank may take a payment back that was refunded already; the ledger says so, and what is
    # owed too, but nobody raised less than nothing (PROMISES.md 8).
    raised = max(left, Money(0, row.currency))
    owed = left if campaign.fees_paid_by_organizer else left - fees
    together = raised + declared
    goal = campaign.goal
    return Totals(
        gifts=gifts,
        refunds=refunds,
        disputes=disputes,
        raised=raised,
        fees=fees,
        owed=owed,
        sent=sent,
        outstanding=owed - sent,
        declared=declared,
        pledged=pledged,
        together=together,
        donors=row.donors,
        average=together.divided(row.donors) if row.donors else None,
        goal_percent=together.minor * 100 // goal.minor if goal else None,
        reaches_goal=goal is not None and together >= goal,
        version=row.version,
    )


def of_campaign(campaign: Campaign) -> Totals:
    """Return the campaign's public identity, from its rollup row."""
    return read(campaign, CampaignTotal.objects.filter(campaign=campaign).first())
