"""Files for accountants: each row of the ledger as two lines, one on each of its accounts."""

from __future__ import annotations

from typing import Final

from donations.services.accounting import books, fec
from donations.services.exports.columns import Column, Shape
from donations.services.exports.shared import CAMPAIGN, OF_CAMPAIGN, Kind, amount

#: Rows that were written before there was such a day go by when they happened.
BOOKED_ON: Final = (
    "coalesce(entry.booked_on, (entry.occurred_at AT TIME ZONE team.time_zone)::date)"
)
_ACCOUNT: Final = "CASE side.n WHEN 1 THEN entry.debit ELSE entry.credit END"


def _told(what: str, of_the_bank: str) -> str:
    """Return SQL of an account's number or name; books saved before it lack that of the bank."""
    otherwise = f"CASE {_ACCOUNT} WHEN 'bank' THEN {of_the_bank} ELSE {_ACCOUNT} END"
    return f"coalesce(books.chart -> ({_ACCOUNT}) ->> '{what}', {otherwise})"


_NUMBER, _FRENCH_NAME, _NAME = books.BANK_FIRST
_CODE: Final = _told("code", f"'{_NUMBER}'")
_LABEL: Final = _told(
    "label", f"CASE books.country WHEN 'FR' THEN '{_FRENCH_NAME}' ELSE '{_NAME}' END"
)
_DEBIT: Final = "CASE side.n WHEN 1 THEN entry.amount_minor END"
_CREDIT: Final = "CASE side.n WHEN 2 THEN entry.amount_minor END"
_TEXT: Final = "entry.kind || ' ' || campaign.title"

#: What was only declared never passed through here. A transfer to the charity leaves from the bank.
_POSTED: Final = """
    SELECT 1 AS source, id, id::text AS number, campaign_id, kind,
      CASE WHEN kind = 'remittance_returned' THEN 'bank' ELSE debit END AS debit,
      CASE WHEN kind = 'remittance' THEN 'bank' ELSE credit END AS credit,
      amount_minor, currency, source_id, occurred_at, booked_on, created_at
    FROM donations_ledgerentry WHERE kind NOT IN ('declared', 'declared_undone')
"""
_PAID_OUT: Final = """
    SELECT 2, moved.id, 'B' || moved.id, moved.campaign_id,
      CASE WHEN moved.minor > 0 THEN 'payout' ELSE 'payout_returned' END,
      CASE WHEN moved.minor > 0 THEN 'bank' ELSE moved.cash END,
      CASE WHEN moved.minor > 0 THEN moved.cash ELSE 'bank' END,
      abs(moved.minor), moved.currency, payout.stripe_id,
      moved.happened_on::timestamp AT TIME ZONE 'UTC', moved.booked_on, moved.created_at
    FROM donations_bankentry moved JOIN donations_payout payout ON payout.id = moved.payout_id
"""
_ROWS: Final = (
    f"({_POSTED} UNION ALL {_PAID_OUT}) entry "
    + OF_CAMPAIGN.format("entry")
    + " LEFT JOIN donations_books books ON books.team_id = team.id "
    "CROSS JOIN (VALUES (1), (2)) AS side (n)"
)
#: Other money is in somebody else's books.
_WHERE: Final = "campaign.destination = coalesce(books.covers, campaign.destination)"
_MOMENT: Final = f"(({BOOKED_ON})::timestamp AT TIME ZONE %(zone)s)"
_ORDER: Final = f"{BOOKED_ON}, entry.source, entry.id, side.n"

JOURNAL: Final = Kind(
    name="journal",
    columns=(
        Column("date", BOOKED_ON, Shape.DAY),
        Column("journal", "coalesce(books.journal_code, 'DON')"),
        Column("entry", "entry.number"),
        Column("account", _CODE),
        Column("account_label", _LABEL),
        Column("label", _TEXT),
        amount("debit", _DEBIT, "entry.currency"),
        amount("credit", _CREDIT, "entry.currency"),
        Column("currency", "entry.currency"),
        Column("reference", "entry.source_id"),
        Column("happened_at", "entry.occurred_at", Shape.MOMENT),
        *CAMPAIGN,
    ),
    rows=_ROWS,
    order=_ORDER,
    moment=_MOMENT,
    currency="entry.currency",
    where=_WHERE,
    of_books=True,
)


def _plain(sql: str) -> str:
    """Return SQL of a text in one line that holds neither of the separators."""
    return f"btrim(regexp_replace({sql}, '[[:cntrl:][:space:]|\\\\]+', ' ', 'g'))"


def _day(sql: str) -> str:
    return f"to_char({sql}, 'YYYYMMDD')"


def _euros(sql: str) -> str:
    return f"replace(round(coalesce({sql}, 0)::numeric / 100, 2)::text, '.', ',')"


_FRENCH: Final = {
    "gift": "Don",
    "fee": "Frais de paiement",
    "refund": "Remboursement",
    "refund_failed": "Remboursement revenu",
    "dispute": "Litige",
    "dispute_reinstated": "Litige gagné",
    "dispute_fee": "Frais de litige",
    "dispute_fee_returned": "Frais de litige rendus",
    "remittance": "Versement à l’association",
    "remittance_returned": "Versement annulé",
    "payout": "Virement de Stripe",
    "payout_returned": "Virement de Stripe revenu",
}
_WHAT: Final = (
    "CASE entry.kind "
    + " ".join(f"WHEN '{kind}' THEN '{words}'" for kind, words in _FRENCH.items())
    + " ELSE entry.kind END"
)
_CELLS: Final = {
    "JournalCode": _plain("coalesce(books.journal_code, 'DON')"),
    "JournalLib": _plain("coalesce(books.journal_label, 'Dons')"),
    # In the order of time, without a gap: a file begins where a year begins.
    "EcritureNum": f"(dense_rank() OVER (ORDER BY {BOOKED_ON}, entry.source, entry.id))::text",
    "EcritureDate": _day(BOOKED_ON),
    "CompteNum": _plain(_CODE),
    "CompteLib": _plain(_LABEL),
    "PieceRef": _plain("entry.source_id"),
    "PieceDate": _day("entry.occurred_at AT TIME ZONE team.time_zone"),
    "EcritureLib": _plain(f"{_WHAT} || ' - ' || campaign.title"),
    "Debit": _euros(_DEBIT),
    "Credit": _euros(_CREDIT),
    "ValidDate": _day("entry.created_at AT TIME ZONE team.time_zone"),
}

FEC: Final = Kind(
    name="fec",
    columns=tuple(Column(name, _CELLS.get(name, "''")) for name in fec.COLUMNS),
    rows=_ROWS,
    order=_ORDER,
    moment=_MOMENT,
    currency="entry.currency",
    # The books are kept in euros; other currencies are in the journal.
    where=f"{_WHERE} AND entry.currency = 'EUR'",
    of_books=True,
)
