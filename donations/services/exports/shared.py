"""A kind of export: its columns, its rows, and how they are narrowed down; what kinds share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from donations.services.exports.columns import Column, Shape
from fundraiser.core import marks

_TITLE: Final = f"CASE WHEN campaign.test_mode THEN '{marks.MARK}' ELSE '' END || campaign.title"
CAMPAIGN: Final = (
    Column("campaign", "campaign.slug"),
    Column("campaign_title", _TITLE),
)
WORKSHOP: Final = (Column("workshop", "workshop.title"),)
TEAM: Final = Column("team", "team.name")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export. ``moment`` is the column that a period is about."""

    name: str
    columns: tuple[Column, ...]
    rows: str
    order: str
    moment: str
    currency: str = "campaign.currency"
    #: SQL of the workshop's number; empty: its rows are of no single workshop.
    workshop: str = ""
    #: A condition that all its rows meet.
    where: str = ""
    #: Whether it holds names and addresses: then only who may see these may have it.
    is_personal: bool = False
    #: Whether it is for books and banks: there is no test money in it, asked for or not.
    of_books: bool = False


def amount(name: str, sql: str, currency: str = "campaign.currency") -> Column:
    """Return a column of money: minor units and their currency, as SQL."""
    return Column(name, sql, Shape.MONEY, currency)


#: Where seats are carried by others' gifts, no file tells who gave, or when somebody came.
_TELLS: Final = "workshop.surplus_minimum_minor IS NULL"


def unless_carried(sql: str) -> str:
    """Return SQL of what stays untold where seats are carried."""
    return f"CASE WHEN {_TELLS} THEN {sql} ELSE '' END"


def moment_unless_carried(sql: str) -> str:
    """Return SQL of a moment, of none where seats are carried: a quiet day’s day would tell."""
    return f"CASE WHEN {_TELLS} THEN {sql} END"


def seat_moment(sql: str) -> str:
    """Return SQL of the moment by which people are in a period.

    Where seats are carried that is their workshop's: a period of one day would tell else.
    """
    return f"(CASE WHEN {_TELLS} THEN {sql} ELSE workshop.starts_at END)"


#: Of a ledger row: the workshop that is asked for, where it is its gift's; a gift shown by receipt
#: has a workshop of its own, without a donation. Two lists, looked up: quick over a whole ledger.
WORKSHOP_OF_ENTRY: Final = (
    "(CASE WHEN entry.donation_id IN "
    "(SELECT id FROM donations_donation WHERE workshop_id = %(workshop)s) "
    "OR entry.source_type = 'claim' AND entry.source_id IN "
    "(SELECT public_id::text FROM donations_claim WHERE workshop_id = %(workshop)s) "
    "THEN %(workshop)s END)"
)
OF_CAMPAIGN: Final = (
    "JOIN events_campaign campaign ON campaign.id = {}.campaign_id "
    "JOIN events_team team ON team.id = campaign.team_id"
)
