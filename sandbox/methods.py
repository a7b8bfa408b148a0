"""Payment methods from test numbers (docs.stripe.com/api/payment_methods)."""

from typing import TYPE_CHECKING

from sandbox import cards, identifiers
from sandbox.errors import StripeError, invalid
from sandbox.schema import skeleton
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

REAL_CARD = (
    "Your card was declined. Your request was in test mode, but used a non test card. For a list "
    "of valid test cards, visit: https://stripe.com/docs/testing."
)


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


def from_iban(sandbox: "Sandbox", account: str, iban: str, billing: Json) -> Json:
    """A stored bank account for a test IBAN; raises ``StripeError`` for any other."""
    debit = cards.debit(iban)
    if debit is None:
        raise invalid(
            "The IBAN you provided is invalid. Use a test IBAN: "
            "https://stripe.com/docs/payments/sepa-debit/accept-a-payment#test-integration",
            param="sepa_debit[iban]",
            code="invalid_bank_account_iban",
        )
    details = {
        **skeleton("payment_method_sepa_debit"),
        "bank_code": debit.iban[4:9],
        "branch_code": "",
        "country": debit.iban[:2],
        "fingerprint": f"sandbox{debit.last4}",
        "last4": debit.last4,
    }
    return _stored(
        sandbox, account, billing, "sepa_debit", {"sepa_debit": details, "_iban": debit.iban}
    )


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
