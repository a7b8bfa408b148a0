"""Refunds (docs.stripe.com/api/refunds)."""

from sandbox import lists, refunding
from sandbox.call import Call, endpoint
from sandbox.errors import invalid
from sandbox.parameters import missing_parameter
from sandbox.shapes import Json


@endpoint("POST", "/v1/refunds")
def create(call: Call) -> Json:
    """Refunds a charge, or the latest charge of a PaymentIntent."""
    given = call.parameters
    if "charge" in given:
        charge = call.get("charge", given["charge"], param="charge")
    elif "payment_intent" in given:
        intent = call.get("payment_intent", given["payment_intent"], param="payment_intent")
        if intent["latest_charge"] is None:
            raise invalid(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge = call.get("charge", intent["latest_charge"])
    else:
        raise missing_parameter("payment_intent")
    return refunding.create(
        call.sandbox,
        call.account,
        charge,
        amount=given.get("amount"),
        reason=given.get("reason"),
        metadata=given.get("metadata") or {},
    )


@endpoint("GET", "/v1/refunds/{refund}")
def retrieve(call: Call) -> Json:
    """One refund."""
    return call.get("refund", call.path["refund"])


@endpoint("POST", "/v1/refunds/{refund}")
def update(call: Call) -> Json:
    """Changes the metadata."""
    refund = call.get("refund", call.path["refund"])
    former = {"metadata": refund["metadata"]}
    call.merge_metadata(refund)
    call.put("refund", refund)
    refunding.changed(call.sandbox, call.account, refund, former)
    return refund


@endpoint("GET", "/v1/refunds")
def index(call: Call) -> Json:
    """Refunds, the newest first."""
    return lists.answer(call, "refund", "/v1/refunds", filters=("charge", "payment_intent"))
