"""Payment methods (docs.stripe.com/api/payment_methods)."""

from sandbox import methods
from sandbox.call import Call, endpoint
from sandbox.errors import invalid
from sandbox.shapes import Json


@endpoint("POST", "/v1/payment_methods")
def create(call: Call) -> Json:
    """A test card (number or token) or a test bank account (IBAN)."""
    given = call.parameters
    billing = given.get("billing_details", {})
    if given.get("type") == "sepa_debit":
        iban = given.get("sepa_debit", {}).get("iban", "")
        return methods.from_iban(call.sandbox, call.account, iban, billing)
    if given.get("type") != "card":
        raise invalid("The sandbox knows card and sepa_debit.", param="type")
    card = given.get("card", {})
    number = card.get("number") or card.get("token") or ""
    return methods.from_card(call.sandbox, call.account, number, billing)


@endpoint("GET", "/v1/payment_methods/{payment_method}")
def retrieve(call: Call) -> Json:
    """One payment method."""
    return call.get("payment_method", call.path["payment_method"])
