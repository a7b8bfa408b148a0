"""Payment methods from test numbers (docs.stripe.com/api/payment_methods)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox import bank_accounts, cards, identifiers
from sandbox.bank_accounts import BankAccount
from sandbox.errors import StripeError, invalid
from sandbox.schema import skeleton
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

REAL_CARD = (
    "Your card was declined. Your request was in test mode, but used a non test card. For a list "
    "of valid test cards, visit: https://stripe.com/docs/testing."
)
# What an unknown number is answered with: parameter, code and message.
REAL_ACCOUNTS = {
    bank_accounts.SEPA: (
        "sepa_debit[iban]",
        "invalid_bank_account_iban",
        (
            "The IBAN you provided is invalid. Use a test IBAN: "
            "https://stripe.com/docs/payments/sepa-debit/accept-a-payment#test-integration"
        ),
    ),
    bank_accounts.US: (
        "us_bank_account[account_number]",
        "account_number_invalid",
        (
            "You must use a test bank account number in test mode. Try 000123456789 or see more "
            "options at https://stripe.com/docs/testing."
        ),
    ),
}


@dataclass(frozen=True)
class Entry:
    """What a donor typed: ``kind`` is the way of paying, ``number`` of the card or account."""

    kind: str
    number: str
    billing: Json


def stored(sandbox: "Sandbox", account: str, entry: Entry) -> Json:
    """The payment method for what was typed; raises ``StripeError`` for no test number."""
    if entry.kind == "card":
        return from_card(sandbox, account, entry.number, entry.billing)
    return from_bank_account(sandbox, account, entry)


def from_card(sandbox: "Sandbox", account: str, number: str, billing: Json) -> Json:
    """A stored card for a test number or token; raises ``StripeError`` (402) for any other."""
    card = cards.card(number)
    if card is None:
        code = "card_declined" if number.replace(" ", "").isdecimal() else "invalid_number"
        raise StripeError(
            402,
            type="card_error",
            code=code,
            param="number",
            message=REAL_CARD,
            decline_code="test_mode_live_card" if code == "card_declined" else None,
        )
    details = {
        **skeleton("payment_method_card"),
        "brand": card.brand,
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"sandbox{card.number[-8:]}",
        "funding": "credit",
        "last4": card.last4,
    }
    return _stored(sandbox, account, billing, "card", {"card": details, "_number": card.number})


def from_bank_account(sandbox: "Sandbox", account: str, entry: Entry) -> Json:
    """A stored bank account for a test number; raises ``StripeError`` for any other."""
    found = bank_accounts.find(entry.kind, entry.number)
    if found is None:
        param, code, message = REAL_ACCOUNTS[entry.kind]
        raise invalid(message, param=param, code=code)
    details = _iban(found) if found.kind == bank_accounts.SEPA else _us_account(found)
    values = {found.kind: details, "_number": found.number}
    return _stored(sandbox, account, entry.billing, found.kind, values)


def _iban(account: BankAccount) -> Json:
    return {
        **skeleton("payment_method_sepa_debit"),
        "bank_code": account.number[4:9],
        "branch_code": "",
        "country": account.number[:2],
        "fingerprint": f"sandbox{account.last4}",
        "last4": account.last4,
    }


def _us_account(account: BankAccount) -> Json:
    return {
        **skeleton("payment_method_us_bank_account"),
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "fingerprint": f"sandbox{account.last4}",
        "last4": account.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": bank_accounts.ROUTING_NUMBER,
        "status_details": {},
    }


def of_charge(method: Json) -> Json:
    """The copy of a payment method that a charge keeps (``payment_method_details``)."""
    kind = method["type"]
    shape = skeleton(f"payment_method_details_{kind}")
    details = {**shape, **method[kind]}
    if kind == "card":
        details["network"] = details["brand"]
    allowed = shape.keys() | {"exp_month", "exp_year"}
    return {
        "type": kind,
        kind: {key: value for key, value in details.items() if key in allowed},
    }


def billing_details(values: Json) -> Json:
    """Stripe's billing details with ``values`` (email, name, phone, address) over nulls."""
    address = {**skeleton("address"), **(values.get("address") or {})}
    known = {key: values[key] for key in ("email", "name", "phone") if values.get(key)}
    return {**skeleton("billing_details"), "address": address, **known}


def _stored(sandbox: "Sandbox", account: str, billing: Json, kind: str, values: Json) -> Json:
    method = {
        **skeleton("payment_method"),
        "id": identifiers.new("payment_method"),
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(billing),
        "created": sandbox.clock.now(),
        "metadata": {},
        "type": kind,
        **values,
    }
    return sandbox.store.put(account, "payment_method", method)
