"""What each kind of export is called for people."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

NAMES: Final = {
    "totals": _("Totals"),
    "donations": _("Gifts"),
    "declared": _("Gifts given elsewhere"),
    "registrations": _("Registrations"),
    "ledger": _("Ledger"),
    "refunds": _("Refunds and disputes"),
    "remittances": _("Transfers to the charity"),
    "payouts": _("Bank transfers from Stripe, with the gifts in each"),
    "attendance": _("Attendance"),
    "messages": _("Mails"),
    "journal": _("Journal for accountants"),
    "fec": _("FEC, for the tax office of France"),
}
