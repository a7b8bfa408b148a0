"""Payouts (docs.stripe.com/api/payouts)."""

from sandbox import lists, paying_out
from sandbox.call import Call, endpoint
from sandbox.errors import invalid
from sandbox.parameters import missing_parameter
from sandbox.shapes import Json


@endpoint("POST", "/v1/payouts")
def create(call: Call) -> Json:
    """A manual payout of available money."""
    given = call.parameters
    for name in ("amount", "currency"):
        if name not in given:
            raise missing_parameter(name)
    available = call.sandbox.ledger.totals(call.account)["available"]
    if not 0 < given["amount"] <= available.get(given["currency"], 0):
        raise invalid(
            "You have insufficient funds in your Stripe account for this payout.",
            code="balance_insufficient",
        )
    kept = ("description", "metadata", "statement_descriptor", "method")
    values = {key: given[key] for key in kept if key in given}
    return paying_out.create(
        call.sandbox,
        call.account,
        amount=given["amount"],
        currency=given["currency"],
        automatic=False,
        values=values,
    )


@endpoint("GET", "/v1/payouts/{payout}")
def retrieve(call: Call) -> Json:
    """One payout."""
    return call.get("payout", call.path["payout"])


@endpoint("POST", "/v1/payouts/{payout}")
def update(call: Call) -> Json:
    """Changes the metadata; emits payout.updated."""
    payout = call.get("payout", call.path["payout"])
    former = {"metadata": payout["metadata"]}
    call.merge_metadata(payout)
    call.put("payout", payout)
    call.emit("payout.updated", payout, former)
    return payout


@endpoint("GET", "/v1/payouts")
def index(call: Call) -> Json:
    """Payouts, the newest first."""
    return lists.answer(call, "payout", "/v1/payouts", filters=("status", "destination"))
