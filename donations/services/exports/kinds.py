"""What can be exported: for each kind its columns, its rows, and how they are narrowed down.

The names of the columns are the same in every language: programs read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from donations.services.exports.columns import Column, Shape

_CAMPAIGN: Final = (
    Column("campaign", "campaign.slug"),
    Column("campaign_title", "campaign.title"),
)
_WORKSHOP: Final = (Column("workshop", "workshop.title"),)
_TEAM: Final = Column("team", "team.name")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export. ``moment`` is the column that a period is about."""

    name: str
    columns: tuple[Column, ...]
    rows: str
    order: str
    moment: str
    currency: str = "campaign.currency"
    workshop: str = ""
    #: Whether it holds names and addresses: then only who may see these may have it.
    is_personal: bool = False


def _money(name: str, sql: str, currency: str = "campaign.currency") -> Column:
    return Column(name, sql, Shape.MONEY, currency)


#: Where seats are carried by others' gifts, no file tells who gave, or when exactly somebody came.
_TELLS: Final = "workshop.surplus_minimum_minor IS NULL"


def _unless_carried(sql: str) -> str:
    return f"CASE WHEN {_TELLS} THEN {sql} ELSE '' END"


def _day_if_carried(sql: str) -> str:
    return f"CASE WHEN {_TELLS} THEN {sql} ELSE date_trunc('day', {sql}) END"


_OF_CAMPAIGN: Final = (
    "JOIN events_campaign campaign ON campaign.id = {}.campaign_id "
    "JOIN events_team team ON team.id = campaign.team_id"
)

#: Account, and the side on which it grows.
_ACCOUNTS: Final = {
    "gifts": ("gifts", "credit", "debit"),
    "refunds": ("refunds", "debit", "credit"),
    "disputes": ("disputes", "debit", "credit"),
    "fees": ("fees", "debit", "credit"),
    "sent": ("sent_to_charity", "debit", "credit"),
    "declared": ("declared_gifts", "credit", "debit"),
}
_SUM: Final = "coalesce(sum(amount_minor) FILTER (WHERE {side} = '{account}'), 0)"
_SUMS: Final = (
    "(SELECT campaign_id, currency, count(*) AS number, "  # noqa: S608 -- nothing but ours
    + ", ".join(
        f"{_SUM.format(side=plus, account=account)} - {_SUM.format(side=minus, account=account)} "
        f"AS {name}"
        for name, (account, plus, minus) in _ACCOUNTS.items()
    )
    + " FROM donations_ledgerentry WHERE {period} GROUP BY campaign_id, currency) entry "
)

TOTALS: Final = Kind(
    name="totals",
    columns=(
        _TEAM,
        *_CAMPAIGN,
        Column("charity", "campaign.charity_name"),
        Column("currency", "entry.currency"),
        _money("gifts", "entry.gifts", "entry.currency"),
        _money("refunds", "entry.refunds", "entry.currency"),
        _money("disputes", "entry.disputes", "entry.currency"),
        _money("raised", "entry.gifts - entry.refunds - entry.disputes", "entry.currency"),
        _money("fees", "entry.fees", "entry.currency"),
        _money("sent", "entry.sent", "entry.currency"),
        _money("declared", "entry.declared", "entry.currency"),
        Column("entries", "entry.number", Shape.INTEGER),
    ),
    rows=_SUMS + _OF_CAMPAIGN.format("entry"),
    order="team.name, campaign.slug, entry.currency",
    moment="occurred_at",
    currency="entry.currency",
)

LEDGER: Final = Kind(
    name="ledger",
    columns=(
        Column("entry", "entry.id", Shape.INTEGER),
        Column("occurred_at", "entry.occurred_at", Shape.MOMENT),
        Column("posted_at", "entry.created_at", Shape.MOMENT),
        *_CAMPAIGN,
        Column("what", "entry.kind"),
        Column("debit", "entry.debit"),
        Column("credit", "entry.credit"),
        _money("amount", "entry.amount_minor", "entry.currency"),
        Column("currency", "entry.currency"),
        Column("donation", "donation.public_id"),
        Column("source_type", "entry.source_type"),
        Column("source", "entry.source_id"),
        Column("stripe_account", "entry.stripe_account"),
    ),
    rows="donations_ledgerentry entry "
    + _OF_CAMPAIGN.format("entry")
    + " LEFT JOIN donations_donation donation ON donation.id = entry.donation_id",
    order="entry.id",
    moment="entry.occurred_at",
    currency="entry.currency",
    workshop="donation.workshop_id",
)

_DONATION_ROWS: Final = (
    "donations_donation donation "
    + _OF_CAMPAIGN.format("donation")
    + " LEFT JOIN events_workshop workshop ON workshop.id = donation.workshop_id"
)

DONATIONS: Final = Kind(
    name="donations",
    columns=(
        Column("donation", "donation.public_id"),
        Column("created_at", "donation.created_at", Shape.MOMENT),
        Column("paid_at", "donation.paid_at", Shape.MOMENT),
        Column("state", "donation.state"),
        *_CAMPAIGN,
        *_WORKSHOP,
        Column("purpose", "donation.purpose"),
        Column("name", _unless_carried("donation.name")),
        Column("email", _unless_carried("donation.email")),
        Column("language", "donation.language"),
        _money("amount", "donation.amount_minor", "donation.currency"),
        _money("fee_cover", "donation.fee_cover_minor", "donation.currency"),
        _money("left", "donation.net_minor", "donation.currency"),
        Column("currency", "donation.currency"),
        Column("message", _unless_carried("donation.message")),
        Column("name_hidden", "donation.hide_name", Shape.FLAG),
        Column("amount_hidden", "donation.hide_amount", Shape.FLAG),
        Column("charge", "donation.charge_id"),
    ),
    rows=_DONATION_ROWS,
    order="donation.id",
    moment="donation.paid_at",
    currency="donation.currency",
    workshop="donation.workshop_id",
    is_personal=True,
)

REFUNDS: Final = Kind(
    name="refunds",
    columns=(
        Column("occurred_at", "entry.occurred_at", Shape.MOMENT),
        *_CAMPAIGN,
        Column("what", "entry.kind"),
        _money("amount", "entry.amount_minor", "entry.currency"),
        Column("currency", "entry.currency"),
        Column("donation", "donation.public_id"),
        Column("name", _unless_carried("donation.name")),
        Column("email", _unless_carried("donation.email")),
        Column("source", "entry.source_id"),
    ),
    rows=LEDGER.rows + " LEFT JOIN events_workshop workshop ON workshop.id = donation.workshop_id",
    order="entry.id",
    moment="entry.occurred_at",
    currency="entry.currency",
    workshop="donation.workshop_id",
    is_personal=True,
)

_PEOPLE_ROWS: Final = (
    "events_registration registration "
    "JOIN events_booking booking ON booking.id = registration.booking_id "
    "JOIN events_workshop workshop ON workshop.id = booking.workshop_id "
    + _OF_CAMPAIGN.format("workshop")
)
#: As events/services/attendees.py has it: the first seat is the payer's until it is handed over.
_IS_PAYER: Final = (
    "registration.position = 1 AND lower(coalesce(nullif(registration.email, ''), booking.email)) "
    "= lower(booking.email)"
)
_NAME: Final = (
    f"coalesce(nullif(registration.name, ''), CASE WHEN {_IS_PAYER} THEN booking.name END)"
)
_EMAIL: Final = (
    f"coalesce(nullif(registration.email, ''), CASE WHEN {_IS_PAYER} THEN booking.email END)"
)

REGISTRATIONS: Final = Kind(
    name="registrations",
    columns=(
        Column("registration", "registration.public_id"),
        Column("registered_at", _day_if_carried("registration.created_at"), Shape.MOMENT),
        Column("confirmed_at", _day_if_carried("booking.confirmed_at"), Shape.MOMENT),
        *_CAMPAIGN,
        *_WORKSHOP,
        Column("starts_at", "workshop.starts_at", Shape.MOMENT),
        Column("state", "booking.state"),
        Column("name", _NAME),
        Column("email", _EMAIL),
        Column("language", "coalesce(nullif(registration.language, ''), booking.language)"),
        Column("answers", "registration.answers::text"),
        Column("wants_news", "booking.wants_news", Shape.FLAG),
    ),
    rows=_PEOPLE_ROWS,
    order="registration.id",
    moment="registration.created_at",
    workshop="booking.workshop_id",
    is_personal=True,
)

ATTENDANCE: Final = Kind(
    name="attendance",
    columns=(
        *_CAMPAIGN,
        *_WORKSHOP,
        Column("starts_at", "workshop.starts_at", Shape.MOMENT),
        Column("name", _NAME),
        Column("email", _EMAIL),
        Column("attended", "registration.attended", Shape.FLAG),
        Column("known_from", "registration.attendance_source"),
        Column("joined_at", "registration.joined_at", Shape.MOMENT),
    ),
    rows=f"{_PEOPLE_ROWS} AND booking.state = 'confirmed'",
    order="registration.id",
    moment="workshop.starts_at",
    workshop="booking.workshop_id",
    is_personal=True,
)

MESSAGES: Final = Kind(
    name="messages",
    columns=(
        Column("due_at", "message.due_at", Shape.MOMENT),
        Column("sent_at", "message.sent_at", Shape.MOMENT),
        *_CAMPAIGN,
        *_WORKSHOP,
        Column("kind", "message.kind"),
        Column("state", "message.state"),
        Column("attempts", "message.attempts", Shape.INTEGER),
        Column("error", "message.error"),
        Column("message_id", "message.message_id"),
    ),
    rows="events_message message "
    "LEFT JOIN events_registration registration ON registration.id = message.registration_id "
    "LEFT JOIN events_booking booking "
    "ON booking.id = coalesce(message.booking_id, registration.booking_id) "
    "JOIN events_workshop workshop "
    "ON workshop.id = coalesce(message.workshop_id, booking.workshop_id) "
    + _OF_CAMPAIGN.format("workshop"),
    order="message.id",
    moment="message.due_at",
    workshop="workshop.id",
)

KINDS: Final = {
    kind.name: kind
    for kind in (TOTALS, DONATIONS, REGISTRATIONS, LEDGER, REFUNDS, ATTENDANCE, MESSAGES)
}
