"""What Stripe asks of a connected account, step by step, and what it lets the account do.

Sources: docs.stripe.com/connect/handling-api-verification and
docs.stripe.com/connect/required-verification-information: a charity is asked for itself, for who
signs for it, for its bank account and for its yes to the terms. Without the bank account it may
take payments, but is not paid out.
"""

from typing import TYPE_CHECKING

from sandbox import identifiers
from sandbox.schema import skeleton
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

BANK = "bank"
#: Each step of the page with the requirements that it answers.
STEPS = {
    "organization": ("company.name", "company.address.line1", "company.tax_id"),
    "profile": ("business_profile.url", "business_profile.mcc"),
    "person": (
        "representative.first_name",
        "representative.dob.day",
        "representative.verification.document",
    ),
    BANK: ("external_account",),
    "terms": ("tos_acceptance.date",),
}
_DEFAULT_CURRENCIES = {
    "AE": "aed",
    "AU": "aud",
    "BR": "brl",
    "CA": "cad",
    "CH": "chf",
    "CZ": "czk",
    "DK": "dkk",
    "GB": "gbp",
    "HK": "hkd",
    "HU": "huf",
    "JP": "jpy",
    "MX": "mxn",
    "MY": "myr",
    "NO": "nok",
    "NZ": "nzd",
    "PL": "pln",
    "RO": "ron",
    "SE": "sek",
    "SG": "sgd",
    "TH": "thb",
    "US": "usd",
}


def default_currency(country: str) -> str:
    """The currency that an account of a country settles in unless told otherwise."""
    return _DEFAULT_CURRENCIES.get(country, "eur")


def describe(account: Json) -> None:
    """Writes into an account what follows from the steps that were answered (``_given``)."""
    given = set(account["_given"])
    asked = [code for step, codes in STEPS.items() if step not in given for code in codes]
    asked += [code for code in account["_extra"] if code not in asked]
    blocked = account["_blocked"]
    takes = not blocked and given >= set(STEPS) - {BANK}
    account["details_submitted"] = given >= set(STEPS)
    account["charges_enabled"] = takes
    account["payouts_enabled"] = takes and BANK in given
    status = "active" if takes else "inactive"
    names = {*account["capabilities"], "card_payments", "transfers"}
    account["capabilities"] = dict.fromkeys(sorted(names), status)
    account["requirements"] = {
        **skeleton("account_requirements"),
        "currently_due": asked,
        "past_due": asked if blocked or not takes else [],
        "eventually_due": asked,
        "pending_verification": list(account["_pending"]),
        "disabled_reason": blocked or (None if takes else "requirements.past_due"),
    }
    banks = [_bank(account, currency) for currency in account["_currencies"]]
    account["external_accounts"] = {
        "object": "list",
        "data": banks if BANK in given else [],
        "has_more": False,
        "url": f"/v1/accounts/{account['id']}/external_accounts",
    }


def _bank(account: Json, currency: str) -> Json:
    known = account["_banks"]
    identifier = known.setdefault(currency, identifiers.new("bank_account"))
    return {
        **skeleton("bank_account"),
        "id": identifier,
        "account": account["id"],
        "bank_name": "STRIPE TEST BANK",
        "country": account["country"],
        "currency": currency,
        "default_for_currency": True,
        "last4": "6789",
        "status": "new",
    }


def answered(sandbox: "Sandbox", account: Json, steps: set[str], currencies: list[str]) -> None:
    """The officer answered these steps, and no others; emits account.updated."""
    account["_given"] = [step for step in STEPS if step in steps]
    account["_currencies"] = currencies or [account["default_currency"]]
    changed(sandbox, account)


def changed(sandbox: "Sandbox", account: Json) -> None:
    """Brings an account to what follows from its steps; emits account.updated on it."""
    names = ("charges_enabled", "details_submitted", "payouts_enabled")
    former = {name: account[name] for name in names}
    describe(account)
    sandbox.store.put(PLATFORM, "account", account)
    sandbox.events.emit(account["id"], "account.updated", account, former)
