"""The settings of a team's books, and account numbers to begin with."""

from __future__ import annotations

from typing import Final

from donations.models import Books
from donations.states import Account
from events.models import Team
from events.states import Destination

#: France writes its accounts by the plan comptable général (for charities: règlement ANC 2018-06).
FRANCE: Final = "FR"
#: The ledger's accounts that real money moves on; gifts that were only declared are in no books.
ACCOUNTS: Final = (
    Account.GIFTS,
    Account.REFUNDS,
    Account.DISPUTES,
    Account.FEES,
    Account.HELD,
    Account.SENT,
)
#: The account at the bank that Stripe pays out to. It is in the books, not in the ledger (ADR 69).
BANK: Final = "bank"
IN_BOOKS: Final = (*map(str, ACCOUNTS), BANK)
Chart = dict[str, dict[str, str]]

_FEES: Final = ("627800", "Frais de paiement", "Payment fees")
_STRIPE: Final = ("517000", "Stripe", "Stripe")
BANK_FIRST: Final = ("512000", "Banque", "Bank")
#: Money that is only passed on is nobody's income: a debt to the charity until it is sent.
_DEBT: Final = ("467000", "Dons à reverser", "Gifts to pass on")
_INCOME: Final = ("754100", "Dons manuels", "Gifts")
_NUMBERS: Final = {
    Destination.TEAM: {
        Account.GIFTS: _DEBT,
        Account.REFUNDS: _DEBT,
        Account.DISPUTES: _DEBT,
        Account.FEES: _FEES,
        Account.HELD: _STRIPE,
        Account.SENT: _DEBT,
    },
    Destination.CHARITY: {
        Account.GIFTS: _INCOME,
        Account.REFUNDS: _INCOME,
        Account.DISPUTES: _INCOME,
        Account.FEES: _FEES,
        Account.HELD: _STRIPE,
        Account.SENT: _STRIPE,
    },
}


def first_chart(covers: str, country: str) -> Chart:
    """Return account numbers to begin with: {account: {"code": …, "label": …}}."""
    is_french = country == FRANCE
    return {
        str(account): {"code": code, "label": french if is_french else english}
        for account, (code, french, english) in (
            *_NUMBERS[Destination(covers)].items(),
            (BANK, BANK_FIRST),
        )
    }


def of_team(team: Team, *, country: str = "") -> Books:
    """Return a team's books; unsaved ones as ``country`` begins them where it has none yet."""
    found = Books.objects.filter(team=team).first()
    if found is not None:
        return found
    label = "Dons" if country == FRANCE else "Gifts"
    chart = first_chart(Destination.TEAM, country)
    return Books(team=team, country=country, journal_label=label, chart=chart)


def is_french(books: Books) -> bool:
    """Whether a FEC can be made of these books."""
    return books.country == FRANCE and is_siren(books.siren)


def is_siren(text: str) -> bool:
    """Return whether it is nine digits whose check digit is right (Luhn, as INSEE has it)."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return False
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(text)]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0
