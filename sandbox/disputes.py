"""Disputes: opened, lost, won, reinstated, and inquiries that move no money.

Sources: docs.stripe.com/disputes/how-disputes-work and docs.stripe.com/api/disputes/object.
"""

from typing import TYPE_CHECKING

from sandbox import identifiers, money
from sandbox.errors import invalid
from sandbox.schema import skeleton
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

EVIDENCE_SECONDS = 9 * 24 * 3600
ENDED = ("won", "lost", "warning_closed")


def open_if_new(sandbox: "Sandbox", account: str, charge_id: str) -> None:
    """The agenda's action for the test numbers that dispute."""
    charge = sandbox.store.get(account, "charge", charge_id)
    if charge is not None and not charge["disputed"]:
        opened(sandbox, account, charge, inquiry=charge.get("_dispute") == "inquiry")


def opened(
    sandbox: "Sandbox",
    account: str,
    charge: Json,
    *,
    inquiry: bool = False,
    amount: int | None = None,
    settled_in: str | None = None,
) -> Json:
    """Opens a dispute of a paid charge; an inquiry (``warning_*``) withdraws nothing.

    Emits charge.dispute.created, then charge.dispute.funds_withdrawn. ``amount`` in minor units,
    the whole charge unless given.
    """
    if not charge["paid"] or charge["disputed"]:
        raise invalid("This charge cannot be disputed (again).", param="charge")
    dispute = {
        **skeleton("dispute"),
        "id": identifiers.new("dispute"),
        "amount": charge["amount"] if amount is None else amount,
        "charge": charge["id"],
        "created": sandbox.clock.now(),
        "currency": charge["currency"],
        "is_charge_refundable": inquiry,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": _reason(charge),
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_settled_in": settled_in or charge["currency"],
    }
    dispute["evidence_details"].update(due_by=dispute["created"] + EVIDENCE_SECONDS)
    if charge["payment_method_details"]["type"] == "card":
        dispute["payment_method_details"] = _card(charge, inquiry=inquiry)
    charge["disputed"] = True
    sandbox.store.put(account, "charge", charge)
    sandbox.store.put(account, "dispute", dispute)
    sandbox.events.emit(account, "charge.dispute.created", dispute)
    if not inquiry:
        withdraw(sandbox, account, dispute)
    return dispute


def _reason(charge: Json) -> str:
    card = charge["payment_method_details"]["type"] == "card"
    return "fraudulent" if card else "debit_not_authorized"


def _card(charge: Json, *, inquiry: bool) -> Json:
    """The card's part of a dispute; bank debits have none (docs.stripe.com/api/disputes/object)."""
    details = charge["payment_method_details"]
    return {
        "type": "card",
        "card": {
            "brand": details["card"]["brand"],
            "case_type": "inquiry" if inquiry else "chargeback",
            "network": details["card"]["network"],
            "network_reason_code": "10.4",
        },
    }


def withdraw(sandbox: "Sandbox", account: str, dispute: Json) -> None:
    """Takes the disputed amount and the dispute fee off the balance."""
    _move(sandbox, account, dispute, amount=-dispute["amount"], fee=money.DISPUTE_FEE_MINOR)
    sandbox.events.emit(account, "charge.dispute.funds_withdrawn", dispute)


def reinstate(sandbox: "Sandbox", account: str, dispute: Json) -> None:
    """Gives the disputed amount back; the fee of a received dispute stays paid."""
    _move(sandbox, account, dispute, amount=dispute["amount"], fee=0)
    sandbox.events.emit(account, "charge.dispute.funds_reinstated", dispute)


def _move(sandbox: "Sandbox", account: str, dispute: Json, *, amount: int, fee: int) -> None:
    """Books a movement; one without a fee gives money back."""
    movement = sandbox.ledger.record(
        account,
        kind="adjustment",
        amount=amount,
        currency=str(dispute.get("_settled_in", dispute["currency"])),
        source=dispute["id"],
        fee=fee,
        available_now=True,
        category="dispute" if amount < 0 else "dispute_reversal",
        description=f"Chargeback {'withdrawal' if amount < 0 else 'reversal'} for "
        f"{dispute['charge']}",
    )
    dispute["balance_transactions"] = [
        *dispute["balance_transactions"],
        sandbox.renderer.plain(movement),
    ]
    sandbox.store.put(account, "dispute", dispute)


def close(sandbox: "Sandbox", account: str, dispute: Json, status: str) -> Json:
    """Ends a dispute as won or lost (an inquiry as warning_closed); emits charge.dispute.closed."""
    if dispute["status"] in ENDED:
        raise invalid("This dispute is already closed.", param="dispute")
    inquiry = dispute["status"].startswith("warning_")
    former = dispute["status"]
    dispute["status"] = "warning_closed" if inquiry else status
    sandbox.store.put(account, "dispute", dispute)
    sandbox.events.emit(account, "charge.dispute.closed", dispute, {"status": former})
    if dispute["status"] == "won":
        reinstate(sandbox, account, dispute)
    return dispute


def win_after_loss(sandbox: "Sandbox", account: str, dispute: Json) -> Json:
    """A lost dispute becomes won, as networks sometimes decide: charge.dispute.updated."""
    if dispute["status"] != "lost":
        raise invalid("Only a lost dispute can be reinstated.", param="dispute")
    dispute["status"] = "won"
    sandbox.store.put(account, "dispute", dispute)
    sandbox.events.emit(account, "charge.dispute.updated", dispute, {"status": "lost"})
    reinstate(sandbox, account, dispute)
    return dispute
