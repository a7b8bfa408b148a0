"""Payouts: the balance goes to the bank (docs.stripe.com/payouts).

Automatic payouts say which movements they hold (docs.stripe.com/payouts/reconciliation).
"""

from typing import TYPE_CHECKING

from sandbox import identifiers
from sandbox.errors import invalid
from sandbox.schema import skeleton
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def pay_out_everything(sandbox: "Sandbox", account: str) -> list[Json]:
    """An automatic payout of all unpaid movements, one for each currency with money in it."""
    by_currency: dict[str, list[Json]] = {}
    for movement in sandbox.store.newest_first(account, "balance_transaction"):
        if "_payout" not in movement and not movement["type"].startswith("payout"):
            by_currency.setdefault(movement["currency"], []).append(movement)
    payouts = []
    for currency, movements in sorted(by_currency.items()):
        amount = sum(movement["net"] for movement in movements)
        if amount <= 0:
            continue
        payout = create(sandbox, account, amount=amount, currency=currency, automatic=True)
        for movement in movements:
            movement.update(status="available", _payout=payout["id"])
            movement["available_on"] = min(movement["available_on"], sandbox.clock.now())
            sandbox.store.put(account, "balance_transaction", movement)
        payout["_holds"] = [movement["id"] for movement in movements]
        payouts.append(arrive(sandbox, account, payout))
    return payouts


def create(
    sandbox: "Sandbox",
    account: str,
    *,
    amount: int,
    currency: str,
    automatic: bool,
    values: Json | None = None,
) -> Json:
    """A payout on its way; emits payout.created. ``amount`` in minor units."""
    now = sandbox.clock.now()
    payout = {
        **skeleton("payout"),
        "id": identifiers.new("payout"),
        "amount": amount,
        "arrival_date": now + 2 * 24 * 3600,
        "automatic": automatic,
        "created": now,
        "currency": currency,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "source_type": "card",
        "status": "pending",
        "type": "bank_account",
        **(values or {}),
    }
    movement = sandbox.ledger.record(
        account,
        kind="payout",
        amount=-amount,
        currency=currency,
        source=payout["id"],
        available_now=True,
        description="STRIPE PAYOUT",
    )
    payout["balance_transaction"] = movement["id"]
    sandbox.store.put(account, "payout", payout)
    sandbox.events.emit(account, "payout.created", payout)
    return payout


def arrive(sandbox: "Sandbox", account: str, payout: Json) -> Json:
    """The bank has it: payout.updated, payout.paid and payout.reconciliation_completed."""
    trace = {"status": "supported", "value": f"TRACE{payout['id'][-12:].upper()}"}
    payout.update(status="paid", arrival_date=sandbox.clock.now(), trace_id=trace)
    if payout["automatic"]:
        payout["reconciliation_status"] = "completed"
    sandbox.store.put(account, "payout", payout)
    sandbox.events.emit(account, "payout.updated", payout, {"status": "pending"})
    sandbox.events.emit(account, "payout.paid", payout)
    if payout["automatic"]:
        sandbox.events.emit(account, "payout.reconciliation_completed", payout)
    return payout


def fail(sandbox: "Sandbox", account: str, payout: Json) -> Json:
    """The bank sends it back, even after "paid" (docs.stripe.com/payouts#payout-failures)."""
    if payout["status"] in ("failed", "canceled"):
        raise invalid("This payout has failed already.", param="payout")
    movement = sandbox.ledger.record(
        account,
        kind="payout_failure",
        amount=payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
        available_now=True,
        category="payout_reversal",
        description="PAYOUT FAILURE",
    )
    payout.update(
        status="failed",
        failure_code="account_closed",
        failure_message="The bank account has been closed",
        failure_balance_transaction=movement["id"],
    )
    for identifier in payout.pop("_holds", ()):
        held = sandbox.store.get(account, "balance_transaction", identifier)
        if held is not None:
            held.pop("_payout", None)
            sandbox.store.put(account, "balance_transaction", held)
    sandbox.store.put(account, "payout", payout)
    sandbox.events.emit(account, "payout.failed", payout)
    return payout
