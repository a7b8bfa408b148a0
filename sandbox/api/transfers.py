"""Transfers to connected accounts (docs.stripe.com/api/transfers)."""

from sandbox import identifiers
from sandbox.call import Call, endpoint
from sandbox.errors import invalid, missing
from sandbox.parameters import missing_parameter
from sandbox.schema import skeleton
from sandbox.shapes import PLATFORM, Json


@endpoint("POST", "/v1/transfers")
def create(call: Call) -> Json:
    """Moves available money to a connected account; emits transfer.created."""
    given = call.parameters
    if "amount" not in given:
        raise missing_parameter("amount")
    if call.sandbox.store.get(PLATFORM, "account", given["destination"]) is None:
        raise missing("destination", given["destination"], param="destination")
    available = call.sandbox.ledger.totals(call.account)["available"]
    if not 0 < given["amount"] <= available.get(given["currency"], 0):
        raise invalid(
            "You have insufficient available funds in your Stripe account. Try adding funds "
            "directly to your available balance by creating Charges using the "
            "4000000000000077 test card.",
            code="balance_insufficient",
        )
    transfer = {
        **skeleton("transfer"),
        "id": identifiers.new("transfer"),
        "amount": given["amount"],
        "created": call.sandbox.clock.now(),
        "currency": given["currency"],
        "description": given.get("description"),
        "destination": given["destination"],
        "destination_payment": identifiers.new("payment"),
        "metadata": given.get("metadata", {}),
        "source_type": "card",
        "transfer_group": given.get("transfer_group"),
    }
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    transfer["balance_transaction"] = _move(call, call.account, transfer, -given["amount"])
    _move(call, given["destination"], transfer, given["amount"])
    call.put("transfer", transfer)
    call.emit("transfer.created", transfer)
    return transfer


def _move(call: Call, account: str, transfer: Json, amount: int) -> str:
    kind = "transfer" if account == call.account else "payment"
    source = transfer["id"] if account == call.account else transfer["destination_payment"]
    movement = call.sandbox.ledger.record(
        account,
        kind=kind,
        amount=amount,
        currency=transfer["currency"],
        source=source,
        available_now=True,
    )
    identifier: str = movement["id"]
    return identifier


@endpoint("GET", "/v1/transfers/{transfer}")
def retrieve(call: Call) -> Json:
    """One transfer."""
    return call.get("transfer", call.path["transfer"])


@endpoint("POST", "/v1/transfers/{transfer}")
def update(call: Call) -> Json:
    """Changes the metadata; emits transfer.updated."""
    transfer = call.get("transfer", call.path["transfer"])
    former = {"metadata": transfer["metadata"]}
    call.merge_metadata(transfer)
    call.put("transfer", transfer)
    call.emit("transfer.updated", transfer, former)
    return transfer


@endpoint("POST", "/v1/transfers/{transfer}/reversals")
def reverse(call: Call) -> Json:
    """Takes money back from the connected account; emits transfer.reversed."""
    transfer = call.get("transfer", call.path["transfer"])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = call.parameters.get("amount", left)
    if not 0 < amount <= left:
        raise invalid("Transfer reversal amount is greater than what is left.", param="amount")
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    _move(call, transfer["destination"], transfer, -amount)
    movement = call.sandbox.ledger.record(
        call.account,
        kind="transfer_refund",
        amount=amount,
        currency=transfer["currency"],
        source=transfer["id"],
        available_now=True,
    )
    reversal = {
        **skeleton("transfer_reversal"),
        "id": identifiers.new("transfer_reversal"),
        "amount": amount,
        "balance_transaction": movement["id"],
        "created": call.sandbox.clock.now(),
        "currency": transfer["currency"],
        "metadata": call.parameters.get("metadata", {}),
        "transfer": transfer["id"],
    }
    transfer["reversals"]["data"].insert(0, reversal)
    call.put("transfer", transfer)
    call.emit("transfer.reversed", transfer)
    return reversal
