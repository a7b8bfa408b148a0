"""Payment methods (docs.stripe.com/api/payment_methods)."""

from sandbox import bank_accounts, methods
from sandbox.call import Call, endpoint
from sandbox.errors import invalid
from sandbox.methods import Entry
from sandbox.shapes import Json


@endpoint("POST", "/v1/payment_methods")
def create(call: Call) -> Json:
    """A test card (number or token) or a test bank account (IBAN or account number)."""
    given = call.parameters
    billing = given.get("billing_details", {})
    kind = given.get("type", "")
    details = given.get(kind, {})
    if kind == "card":
        number = details.get("number") or details.get("token") or ""
    elif kind == bank_accounts.SEPA:
        number = details.get("iban", "")
    elif kind == bank_accounts.US:
        number = details.get("account_number", "")
        if details.get("routing_number") != bank_accounts.ROUTING_NUMBER:
            raise invalid(
                f"Invalid routing number; the test one is {bank_accounts.ROUTING_NUMBER}.",
                param="us_bank_account[routing_number]",
                code="routing_number_invalid",
            )
    else:
        raise invalid("The sandbox knows card, sepa_debit and us_bank_account.", param="type")
    return methods.stored(call.sandbox, call.account, Entry(kind, number, billing))


@endpoint("GET", "/v1/payment_methods/{payment_method}")
def retrieve(call: Call) -> Json:
    """One payment method."""
    return call.get("payment_method", call.path["payment_method"])
