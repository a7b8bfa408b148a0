"""Confirms PaymentIntents: cards that pay, decline or ask for 3-D Secure, and bank debits.

Sources: docs.stripe.com/payments/paymentintents/lifecycle and docs.stripe.com/api/charges.
"""

from typing import TYPE_CHECKING

from sandbox import bank_accounts, cards, identifiers, methods, money
from sandbox.schema import skeleton
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

AUTHENTICATION_FAILED = (
    "payment_intent_authentication_failure",
    (
        "We are unable to authenticate your payment method. Please choose a different payment "
        "method and try again."
    ),
)


AUTHORIZED: Json = {
    "network_status": "approved_by_network",
    "risk_level": "normal",
    "risk_score": 12,
    "seller_message": "Payment complete.",
    "type": "authorized",
}


def create_intent(
    sandbox: "Sandbox", account: str, *, amount: int, currency: str, values: Json
) -> Json:
    """A new PaymentIntent with ``values`` over the defaults; emits payment_intent.created."""
    identifier = identifiers.new("payment_intent")
    intent = {
        **skeleton("payment_intent"),
        "id": identifier,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": "automatic_async",
        "client_secret": f"{identifier}_secret_{identifiers.new('request')[4:]}",
        "confirmation_method": "automatic",
        "created": sandbox.clock.now(),
        "currency": currency,
        "metadata": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        **values,
    }
    sandbox.store.put(account, "payment_intent", intent)
    sandbox.events.emit(account, "payment_intent.created", intent)
    return intent


def confirm(
    sandbox: "Sandbox", account: str, intent: Json, method: Json, *, authenticated: bool | None
) -> str:
    """Tries to pay; returns the outcome: succeeded, requires_capture, processing,
    requires_action or declined.

    ``authenticated``: True after a passed 3-D Secure step, False after a failed one, None before.
    """
    intent["last_payment_error"] = None
    intent["next_action"] = None
    intent["payment_method"] = method["id"]
    if method["type"] != "card":
        return _debit(sandbox, account, intent, method)
    card = cards.CARDS[method["_number"]]
    if card.authentication and authenticated is None:
        return _ask_authentication(sandbox, account, intent)
    if card.authentication and authenticated is False:
        return _refuse_authentication(sandbox, account, intent, method)
    if card.decline is not None:
        return _decline(sandbox, account, intent, method, card.decline)
    return _collect(sandbox, account, intent, method, card)


def _collect(sandbox: "Sandbox", account: str, intent: Json, method: Json, card: cards.Card) -> str:
    manual = intent["capture_method"] == "manual"
    charge = make_charge(sandbox, account, intent, method, status="succeeded")
    charge["captured"] = not manual
    charge["amount_captured"] = 0 if manual else charge["amount"]
    charge["_available_now"] = card.bypass_pending
    charge["_refund"] = card.refund
    intent["status"] = "requires_capture" if manual else "succeeded"
    intent["amount_capturable"] = intent["amount"] if manual else 0
    intent["amount_received"] = 0 if manual else intent["amount"]
    sandbox.store.put(account, "payment_intent", intent)
    sandbox.events.emit(account, "charge.succeeded", charge)
    if manual:
        sandbox.events.emit(account, "payment_intent.amount_capturable_updated", intent)
        return "requires_capture"
    sandbox.events.emit(account, "payment_intent.succeeded", intent)
    if card.dispute is not None:
        plan_dispute(sandbox, account, charge, card.dispute)
    return "succeeded"


def plan_dispute(sandbox: "Sandbox", account: str, charge: Json, kind: str) -> None:
    """Lets the donor dispute a charge, "later" or at once; an "inquiry" moves no money."""
    delay = cards.DISPUTE_AFTER if kind == "later" else 0
    charge["_dispute"] = kind
    due = sandbox.clock.now() + delay
    sandbox.agenda.add("dispute", due=due, account=account, target=charge["id"])


def _debit(sandbox: "Sandbox", account: str, intent: Json, method: Json) -> str:
    """A bank debit: nothing is certain yet, so no balance transaction either.

    Sources: docs.stripe.com/payments/sepa-debit and docs.stripe.com/payments/ach-direct-debit
    (delayed notification).
    """
    make_charge(sandbox, account, intent, method, status="pending")
    intent["status"] = "processing"
    sandbox.store.put(account, "payment_intent", intent)
    sandbox.events.emit(account, "payment_intent.processing", intent)
    charge = sandbox.store.get(account, "charge", intent["latest_charge"])
    if charge is not None:
        sandbox.events.emit(account, "charge.pending", charge)
    debited = bank_accounts.ACCOUNTS[method["type"], method["_number"]]
    if debited.settles is not None:
        due = sandbox.clock.now() + debited.settles
        name = "settle_badly" if debited.failure else "settle_well"
        sandbox.agenda.add(name, due=due, account=account, target=intent["id"])
    return "processing"


def _ask_authentication(sandbox: "Sandbox", account: str, intent: Json) -> str:
    url = f"{sandbox.base_url}/authenticate/{intent['id']}"
    intent["status"] = "requires_action"
    intent["next_action"] = {
        "type": "redirect_to_url",
        "redirect_to_url": {"url": url, "return_url": intent.get("_return_url")},
    }
    sandbox.store.put(account, "payment_intent", intent)
    sandbox.events.emit(account, "payment_intent.requires_action", intent)
    return "requires_action"


def _refuse_authentication(sandbox: "Sandbox", account: str, intent: Json, method: Json) -> str:
    code, message = AUTHENTICATION_FAILED
    fail_intent(sandbox, account, intent, method, {"code": code, "message": message})
    sandbox.events.emit(account, "payment_intent.payment_failed", intent)
    return "declined"


def _decline(
    sandbox: "Sandbox",
    account: str,
    intent: Json,
    method: Json,
    decline: tuple[str, str | None, str],
) -> str:
    code, decline_code, message = decline
    charge = make_charge(sandbox, account, intent, method, status="failed")
    charge.update(failure_code=code, failure_message=message)
    charge["outcome"] = {
        **skeleton("charge_outcome"),
        "network_status": "declined_by_network",
        "reason": decline_code,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }
    error = {"charge": charge["id"], "code": code, "message": message}
    if decline_code is not None:
        error["decline_code"] = decline_code
    fail_intent(sandbox, account, intent, method, error)
    sandbox.events.emit(account, "charge.failed", charge)
    sandbox.events.emit(account, "payment_intent.payment_failed", intent)
    return "declined"


def fail_intent(sandbox: "Sandbox", account: str, intent: Json, method: Json, error: Json) -> None:
    """Puts the intent back to requires_payment_method with ``last_payment_error``."""
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = None
    intent["last_payment_error"] = {
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
        **error,
        "doc_url": f"https://stripe.com/docs/error-codes/{error['code']}",
        "payment_method": sandbox.renderer.plain(method),
    }
    sandbox.store.put(account, "payment_intent", intent)


def make_charge(
    sandbox: "Sandbox", account: str, intent: Json, method: Json, *, status: str
) -> Json:
    """A charge for the intent: succeeded, pending or failed. Its fee comes with post_fee."""
    kind = "charge" if method["type"] == "card" else "payment"
    identifier = identifiers.new(kind)
    succeeded = status == "succeeded"
    receipt = f"{sandbox.base_url}/receipt/{identifier}" if succeeded else None
    charge = {
        **skeleton("charge"),
        "id": identifier,
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if succeeded else 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": intent["statement_descriptor"] or "SANDBOX",
        "captured": status != "failed",
        "created": sandbox.clock.now(),
        "currency": intent["currency"],
        "description": intent.get("description"),
        "fraud_details": {},
        "metadata": dict(intent["metadata"]),
        "outcome": {**skeleton("charge_outcome"), **AUTHORIZED},
        "paid": succeeded,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": methods.of_charge(method),
        "receipt_email": intent["receipt_email"],
        "receipt_url": receipt,
        "shipping": intent["shipping"],
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
    }
    intent["latest_charge"] = identifier
    return sandbox.store.put(account, "charge", charge)


def late_fees(sandbox: "Sandbox") -> bool:
    """Whether new charges keep ``balance_transaction`` null until the fees are released."""
    return sandbox.store.get("", "sandbox.fees", "late") is not None


def post_fee(sandbox: "Sandbox", account: str, charge_id: str, *, released: bool = False) -> bool:
    """Gives a captured charge its balance transaction and emits charge.updated.

    Returns whether it did. Source: docs.stripe.com/payments/payment-intents/asynchronous-capture.
    """
    charge = sandbox.store.get(account, "charge", charge_id)
    if (
        charge is None
        or charge["balance_transaction"] is not None
        or not (charge["paid"] and charge["captured"])
        or (late_fees(sandbox) and not released)
    ):
        return False
    amount, currency = charge["amount_captured"], charge["currency"]
    kind = charge["payment_method_details"]["type"]
    movement = sandbox.ledger.record(
        account,
        kind="charge" if kind == "card" else "payment",
        amount=amount,
        currency=currency,
        source=charge["id"],
        fee=money.fee(amount, currency, kind),
        available_now=bool(charge.get("_available_now")),
        description=charge["description"],
    )
    charge["balance_transaction"] = movement["id"]
    sandbox.store.put(account, "charge", charge)
    sandbox.events.emit(account, "charge.updated", charge, {"balance_transaction": None})
    return True
