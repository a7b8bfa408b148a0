"""What can be exported: for each kind its columns, its rows, and how they are narrowed down.

The names of the columns are the same in every language: programs read them.
"""

from __future__ import annotations

from typing import Final

from donations.services.exports.accounting_kinds import FEC, JOURNAL
from donations.services.exports.declared_kinds import DECLARED
from donations.services.exports.money_kinds import (
    DONATIONS,
    LEDGER,
    PAYOUTS,
    REFUNDS,
    REMITTANCES,
    TOTALS,
)
from donations.services.exports.people_kinds import ATTENDANCE, MESSAGES, REGISTRATIONS
from donations.services.exports.shared import Kind

__all__ = ["DONATIONS", "KINDS", "TOTALS", "Kind"]

KINDS: Final = {
    kind.name: kind
    for kind in (
        TOTALS,
        DONATIONS,
        DECLARED,
        REGISTRATIONS,
        LEDGER,
        REFUNDS,
        REMITTANCES,
        PAYOUTS,
        ATTENDANCE,
        MESSAGES,
        JOURNAL,
        FEC,
    )
}
