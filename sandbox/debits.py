"""How a bank debit ends.

Sources: docs.stripe.com/payments/sepa-debit and docs.stripe.com/payments/ach-direct-debit (delayed
notification).
"""

from typing import TYPE_CHECKING

from sandbox import bank_accounts, payments
from sandbox.bank_accounts import BankAccount
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def settle(sandbox: "Sandbox", account: str, intent_id: str, *, succeeded: bool) -> bool:
    """Ends a processing debit well or badly; returns False when it is not processing.

    Emits charge.succeeded, payment_intent.succeeded and
    checkout.session.async_payment_succeeded, or the three failures.
    """
    intent = sandbox.store.get(account, "payment_intent", intent_id)
    if intent is None or intent["status"] != "processing":
        return False
    charge = sandbox.store.get(account, "charge", intent["latest_charge"])
    session = _session(sandbox, account, intent)
    if charge is None:
        return False
    method = sandbox.store.get(account, "payment_method", charge["payment_method"]) or {}
    debited = bank_accounts.find(method.get("type", ""), method.get("_number", ""))
    if succeeded:
        if debited is not None and debited.disputed:
            payments.plan_dispute(sandbox, account, charge, "later")
        _succeed(sandbox, account, intent, charge)
        if session is not None:
            session["payment_status"] = "paid"
            sandbox.store.put(account, "checkout.session", session)
            sandbox.events.emit(account, "checkout.session.async_payment_succeeded", session)
        payments.post_fee(sandbox, account, charge["id"])
        return True
    _fail(sandbox, account, intent, charge, debited)
    if session is not None:
        sandbox.events.emit(account, "checkout.session.async_payment_failed", session)
    return True


def _session(sandbox: "Sandbox", account: str, intent: Json) -> Json | None:
    identifier = intent.get("_session")
    return identifier and sandbox.store.get(account, "checkout.session", identifier)


def _succeed(sandbox: "Sandbox", account: str, intent: Json, charge: Json) -> None:
    charge.update(
        status="succeeded",
        paid=True,
        captured=True,
        amount_captured=charge["amount"],
        receipt_url=f"{sandbox.base_url}/receipt/{charge['id']}",
    )
    intent.update(status="succeeded", amount_received=intent["amount"])
    sandbox.store.put(account, "charge", charge)
    sandbox.store.put(account, "payment_intent", intent)
    sandbox.events.emit(account, "charge.succeeded", charge)
    sandbox.events.emit(account, "payment_intent.succeeded", intent)


def _fail(
    sandbox: "Sandbox", account: str, intent: Json, charge: Json, debited: BankAccount | None
) -> None:
    code, message = (debited and debited.failure) or bank_accounts.NOT_AUTHORIZED
    charge.update(
        status="failed", paid=False, captured=False, failure_code=code, failure_message=message
    )
    sandbox.store.put(account, "charge", charge)
    method = sandbox.store.get(account, "payment_method", charge["payment_method"])
    if method is not None:
        error = {"charge": charge["id"], "code": code, "message": message}
        payments.fail_intent(sandbox, account, intent, method, error)
    sandbox.events.emit(account, "charge.failed", charge)
    sandbox.events.emit(account, "payment_intent.payment_failed", intent)
