"""Refunds: made, failed and what they do to charges and balances.

Source: docs.stripe.com/refunds (the fee of the payment is not returned; a failed refund comes
back to the balance with a ``refund_failure`` transaction).
"""

from typing import TYPE_CHECKING

from sandbox import identifiers
from sandbox.errors import invalid
from sandbox.schema import skeleton
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

# How the money of a bank debit goes back (docs.stripe.com/api/refunds/object).
TRANSFERS = {"sepa_debit": "eu_bank_transfer", "us_bank_account": "us_bank_transfer"}


def create(
    sandbox: "Sandbox",
    account: str,
    charge: Json,
    *,
    amount: int | None = None,
    reason: str | None = None,
    metadata: Json | None = None,
) -> Json:
    """Refunds a charge wholly or in part; ``amount`` in minor units.

    Emits refund.created, charge.refunded and, when the network's reference arrives,
    refund.updated. Raises ``StripeError`` when nothing (or less) is left to refund.
    """
    asked = _allowed(charge, amount)
    kind = charge["payment_method_details"]["type"]
    refund = {
        **skeleton("refund"),
        "id": identifiers.new("refund"),
        "amount": asked,
        "charge": charge["id"],
        "created": sandbox.clock.now(),
        "currency": charge["currency"],
        "destination_details": _destination(kind, "pending"),
        "metadata": metadata or {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "pending" if charge.get("_refund") == "pending" else "succeeded",
    }
    _book(sandbox, account, charge, refund)
    _reference(sandbox, account, refund, kind)
    if charge.get("_refund") == "fails":
        fail(sandbox, account, refund)
    return refund


def _book(sandbox: "Sandbox", account: str, charge: Json, refund: Json) -> None:
    """Moves the money and says so: refund.created, charge.refunded."""
    asked = refund["amount"]
    card = charge["payment_method_details"]["type"] == "card"
    movement = sandbox.ledger.record(
        account,
        kind="refund" if card else "payment_refund",
        amount=-asked,
        currency=charge["currency"],
        source=refund["id"],
        available_now=True,
        description="REFUND FOR CHARGE",
    )
    former = charge["amount_refunded"]
    refund["balance_transaction"] = movement["id"]
    charge["amount_refunded"] = former + asked
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    sandbox.store.put(account, "refund", refund)
    sandbox.store.put(account, "charge", charge)
    sandbox.events.emit(account, "refund.created", refund)
    sandbox.events.emit(account, "charge.refunded", charge, {"amount_refunded": former})


def _allowed(charge: Json, amount: int | None) -> int:
    if not charge["paid"] or not charge["captured"]:
        raise invalid("This charge has not been paid, so it cannot be refunded.", param="charge")
    if charge["disputed"] and charge.get("_dispute") != "inquiry":
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    asked = left if amount is None else amount
    if asked <= 0:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if asked > left:
        raise invalid(
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    return asked


def _destination(kind: str, status: str) -> Json:
    if kind in TRANSFERS:
        return {"type": TRANSFERS[kind]}
    card = {
        "reference_status": status,
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    if status == "available":
        card["reference"] = "7".ljust(23, "0")
    return {"type": "card", "card": card}


def _reference(sandbox: "Sandbox", account: str, refund: Json, kind: str) -> None:
    former = refund["destination_details"]
    refund["destination_details"] = _destination(kind, "available")
    sandbox.store.put(account, "refund", refund)
    changed(sandbox, account, refund, {"destination_details": former})


def changed(sandbox: "Sandbox", account: str, refund: Json, previous: Json) -> None:
    """Emits both events that say that a refund changed."""
    sandbox.events.emit(account, "refund.updated", refund, previous)
    sandbox.events.emit(account, "charge.refund.updated", refund, previous)


def fail(sandbox: "Sandbox", account: str, refund: Json) -> Json:
    """The bank could not credit the donor: the money returns to the balance.

    Emits refund.failed, refund.updated and charge.refund.updated.
    """
    charge = sandbox.store.get(account, "charge", refund["charge"])
    if charge is None or refund["status"] in ("failed", "canceled"):
        raise invalid("This refund cannot fail any more.", param="refund")
    former = refund["status"]
    movement = sandbox.ledger.record(
        account,
        kind="refund_failure",
        amount=refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
        available_now=True,
        description="REFUND FAILURE",
    )
    refund.update(
        status="failed",
        failure_reason="lost_or_stolen_card",
        failure_balance_transaction=movement["id"],
    )
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    sandbox.store.put(account, "refund", refund)
    sandbox.store.put(account, "charge", charge)
    sandbox.events.emit(account, "refund.failed", refund)
    changed(sandbox, account, refund, {"status": former})
    return refund
