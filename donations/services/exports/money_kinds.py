"""What can be exported of money."""

from __future__ import annotations

from typing import Final

from donations.services.exports.columns import Column, Shape
from donations.services.exports.shared import (
    CAMPAIGN,
    OF_CAMPAIGN,
    TEAM,
    WORKSHOP,
    Kind,
    amount,
    unless_carried,
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
        TEAM,
        *CAMPAIGN,
        Column("charity", "campaign.charity_name"),
        Column("currency", "entry.currency"),
        amount("gifts", "entry.gifts", "entry.currency"),
        amount("refunds", "entry.refunds", "entry.currency"),
        amount("disputes", "entry.disputes", "entry.currency"),
        amount("raised", "entry.gifts - entry.refunds - entry.disputes", "entry.currency"),
        amount("fees", "entry.fees", "entry.currency"),
        amount("sent", "entry.sent", "entry.currency"),
        amount("declared", "entry.declared", "entry.currency"),
        Column("entries", "entry.number", Shape.INTEGER),
    ),
    rows=_SUMS + OF_CAMPAIGN.format("entry"),
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
        Column("booked_on", "entry.booked_on", Shape.DAY),
        *CAMPAIGN,
        Column("what", "entry.kind", Shape.CODE),
        Column("debit", "entry.debit", Shape.CODE),
        Column("credit", "entry.credit", Shape.CODE),
        amount("amount", "entry.amount_minor", "entry.currency"),
        Column("currency", "entry.currency", Shape.CODE),
        Column("donation", "donation.public_id", Shape.CODE),
        Column("source_type", "entry.source_type", Shape.CODE),
        Column("source", "entry.source_id"),
        Column("stripe_account", "entry.stripe_account"),
    ),
    rows="donations_ledgerentry entry "
    + OF_CAMPAIGN.format("entry")
    + " LEFT JOIN donations_donation donation ON donation.id = entry.donation_id",
    order="entry.id",
    moment="entry.occurred_at",
    currency="entry.currency",
    workshop="donation.workshop_id",
)

_DONATION_ROWS: Final = (
    "donations_donation donation "
    + OF_CAMPAIGN.format("donation")
    + " LEFT JOIN events_workshop workshop ON workshop.id = donation.workshop_id"
)

DONATIONS: Final = Kind(
    name="donations",
    columns=(
        Column("donation", "donation.public_id", Shape.CODE),
        Column("created_at", "donation.created_at", Shape.MOMENT),
        Column("paid_at", "donation.paid_at", Shape.MOMENT),
        Column("state", "donation.state", Shape.CODE),
        *CAMPAIGN,
        *WORKSHOP,
        Column("purpose", "donation.purpose", Shape.CODE),
        Column("name", unless_carried("donation.name")),
        Column("email", unless_carried("donation.email")),
        Column("language", "donation.language"),
        amount("amount", "donation.amount_minor", "donation.currency"),
        amount("fee_cover", "donation.fee_cover_minor", "donation.currency"),
        amount("left", "donation.net_minor", "donation.currency"),
        Column("currency", "donation.currency", Shape.CODE),
        Column("message", unless_carried("donation.message")),
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

_GIVEN_BACK: Final = "('refunds', 'disputes')"

REFUNDS: Final = Kind(
    name="refunds",
    columns=(
        Column("occurred_at", "entry.occurred_at", Shape.MOMENT),
        *CAMPAIGN,
        Column("what", "entry.kind"),
        amount("amount", "entry.amount_minor", "entry.currency"),
        Column("currency", "entry.currency"),
        Column("donation", "donation.public_id"),
        Column("name", unless_carried("donation.name")),
        Column("email", unless_carried("donation.email")),
        Column("source", "entry.source_id"),
    ),
    rows=f"{LEDGER.rows} LEFT JOIN events_workshop workshop ON workshop.id = donation.workshop_id",
    order="entry.id",
    moment="entry.occurred_at",
    currency="entry.currency",
    workshop="donation.workshop_id",
    where=f"entry.debit IN {_GIVEN_BACK} OR entry.credit IN {_GIVEN_BACK} "
    "OR entry.kind IN ('dispute_fee', 'dispute_fee_returned')",
    is_personal=True,
)

REMITTANCES: Final = Kind(
    name="remittances",
    columns=(
        Column("remittance", "remittance.public_id"),
        Column("sent_on", "remittance.sent_on", Shape.DAY),
        *CAMPAIGN,
        Column("charity", "campaign.charity_name"),
        amount("amount", "remittance.amount_minor", "remittance.currency"),
        Column("currency", "remittance.currency"),
        Column("method", "remittance.method"),
        Column("reference", "remittance.reference"),
        Column("state", "remittance.state"),
        Column("gifts", "coalesce(share.number, 0)", Shape.INTEGER),
        Column("acknowledged_at", "answer.acknowledged_at", Shape.MOMENT),
        amount("received", "answer.received_minor", "remittance.currency"),
        Column("received_on", "answer.received_on", Shape.DAY),
        Column("returned_at", "remittance.returned_at", Shape.MOMENT),
        Column("return_reason", "remittance.return_reason"),
        Column("note", "remittance.note"),
    ),
    rows="donations_remittance remittance "  # noqa: S608 -- nothing but ours
    + OF_CAMPAIGN.format("remittance")
    + " LEFT JOIN donations_acknowledgement answer ON answer.remittance_id = remittance.id "
    "AND answer.revoked_at IS NULL "
    "LEFT JOIN (SELECT remittance_id, count(*) AS number FROM donations_remittanceshare "
    "GROUP BY remittance_id) share ON share.remittance_id = remittance.id",
    order="remittance.sent_on, remittance.id",
    moment="(remittance.sent_on::timestamp AT TIME ZONE %(zone)s)",
    currency="remittance.currency",
    of_books=True,
)

PAYOUTS: Final = Kind(
    name="payouts",
    columns=(
        Column("payout", "payout.stripe_id"),
        Column("stripe_account", "payout.account"),
        Column("arrival_on", "payout.arrival_on", Shape.DAY),
        Column("state", "payout.status"),
        Column("descriptor", "payout.statement_descriptor"),
        Column("trace", "payout.trace"),
        amount("payout_amount", "payout.amount_minor", "payout.currency"),
        Column("movement", "movement.movement_id"),
        Column("what", "movement.kind"),
        *CAMPAIGN,
        Column("donation", "donation.public_id"),
        amount("gross", "movement.minor", "payout.currency"),
        amount("fee", "movement.fee_minor", "payout.currency"),
        amount("net", "movement.minor - movement.fee_minor", "payout.currency"),
        Column("currency", "payout.currency"),
        Column("source", "movement.source_id"),
    ),
    rows="donations_payout payout "
    "LEFT JOIN donations_payoutmovement movement ON movement.payout_id = payout.id "
    "LEFT JOIN LATERAL (SELECT donation_id, campaign_id FROM donations_ledgerentry posted "
    "WHERE posted.source_type = movement.source_type AND posted.source_id = movement.source_id "
    "ORDER BY posted.id LIMIT 1) entry ON true "
    "LEFT JOIN donations_donation donation ON donation.id = entry.donation_id "
    "LEFT JOIN events_campaign campaign ON campaign.id = entry.campaign_id "
    "LEFT JOIN events_team team ON team.id = campaign.team_id",
    order="payout.arrival_on, payout.id, movement.id",
    moment="(payout.arrival_on::timestamp AT TIME ZONE %(zone)s)",
    currency="payout.currency",
    workshop="donation.workshop_id",
    of_books=True,
)
