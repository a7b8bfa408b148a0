"""The life of a Checkout Session: open, complete or expired.

Sources: docs.stripe.com/api/checkout/sessions/object and
docs.stripe.com/payments/checkout/how-checkout-works.
"""

from typing import TYPE_CHECKING

from sandbox import methods, payments
from sandbox.errors import invalid
from sandbox.methods import Entry
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def find(sandbox: "Sandbox", identifier: str) -> tuple[str, Json] | None:
    """A session of any account with its account, for the hosted page; None if there is none."""
    account = sandbox.store.home("checkout.session", identifier)
    if account is None:
        return None
    session = sandbox.store.get(account, "checkout.session", identifier)
    return None if session is None else (account, session)


def pay(
    sandbox: "Sandbox",
    account: str,
    session: Json,
    source: Entry | Json,
    *,
    authenticated: bool | None = None,
) -> Json:
    """Pays an open session with what was typed or with a stored method.

    Returns {status, payment_intent, decline_code?, message?}; status is succeeded, processing,
    requires_action or declined. Raises ``StripeError`` when the session is not open or the
    number is no test number.
    """
    require_open(session)
    if session["amount_total"] == 0:
        details = source.billing if isinstance(source, Entry) else source["billing_details"]
        complete(sandbox, account, session, "no_payment_required", details)
        return {"status": "succeeded", "payment_intent": None}
    method = methods.stored(sandbox, account, source) if isinstance(source, Entry) else source
    if method["type"] not in session["payment_method_types"]:
        raise invalid(f"This session does not accept {method['type']}.", param="payment_method")
    intent = _intent(sandbox, account, session)
    outcome = payments.confirm(sandbox, account, intent, method, authenticated=authenticated)
    return _finish(sandbox, account, session, intent, outcome)


def _finish(sandbox: "Sandbox", account: str, session: Json, intent: Json, outcome: str) -> Json:
    """Completes the session after a try to pay, and says how it went."""
    method = sandbox.store.get(account, "payment_method", intent["payment_method"] or "")
    details = method["billing_details"] if method else {}
    answer: Json = {"status": outcome, "payment_intent": intent["id"]}
    if outcome in ("succeeded", "requires_capture"):
        complete(sandbox, account, session, "paid" if outcome == "succeeded" else "unpaid", details)
        payments.post_fee(sandbox, account, intent["latest_charge"])
    elif outcome == "processing":
        complete(sandbox, account, session, "unpaid", details)
    elif outcome == "declined":
        error = intent["last_payment_error"]
        answer.update(
            code=error["code"],
            decline_code=error.get("decline_code", error["code"]),
            message=error["message"],
        )
    return answer


def require_open(session: Json) -> None:
    """Raises ``StripeError`` unless the session can still be paid."""
    if session["status"] != "open":
        raise invalid(
            f"This Checkout Session is no longer open; its status is {session['status']}.",
            code="resource_missing" if session["status"] == "expired" else None,
            param="session",
        )


def _intent(sandbox: "Sandbox", account: str, session: Json) -> Json:
    """The session's PaymentIntent, made at the first try to pay (since version 2022-08-01)."""
    known = session["payment_intent"] and sandbox.store.get(
        account, "payment_intent", session["payment_intent"]
    )
    if known:
        return known
    wanted = dict(session["_payment_intent_data"])
    wanted.setdefault("receipt_email", None)
    wanted.pop("setup_future_usage", None)
    intent = payments.create_intent(
        sandbox,
        account,
        amount=session["amount_total"],
        currency=session["currency"],
        values={
            **wanted,
            "payment_method_types": session["payment_method_types"],
            "_session": session["id"],
        },
    )
    session["payment_intent"] = intent["id"]
    sandbox.store.put(account, "checkout.session", session)
    return intent


def complete(
    sandbox: "Sandbox", account: str, session: Json, payment_status: str, details: Json
) -> None:
    """Marks the session complete and emits checkout.session.completed."""
    session["status"] = "complete"
    session["payment_status"] = payment_status
    session["url"] = None
    session["customer_details"] = {
        **(session["customer_details"] or {}),
        "address": details.get("address"),
        "business_name": None,
        "email": details.get("email") or session["customer_email"],
        "individual_name": None,
        "name": details.get("name"),
        "phone": details.get("phone"),
        "tax_exempt": "none",
        "tax_ids": [],
    }
    sandbox.store.put(account, "checkout.session", session)
    event = sandbox.events.emit(account, "checkout.session.completed", session)
    session["_completed_event"] = event["id"]


def expire(sandbox: "Sandbox", account: str, session: Json) -> None:
    """Expires an open session: it can never be paid any more. Emits checkout.session.expired.

    Source: docs.stripe.com/api/checkout/sessions/expire.
    """
    intent = session["payment_intent"] and sandbox.store.get(
        account, "payment_intent", session["payment_intent"]
    )
    if intent and intent["status"] != "canceled":
        intent.update(
            status="canceled",
            canceled_at=sandbox.clock.now(),
            cancellation_reason="expired",
            next_action=None,
        )
        sandbox.store.put(account, "payment_intent", intent)
        sandbox.events.emit(account, "payment_intent.canceled", intent)
    session["status"] = "expired"
    session["url"] = None
    sandbox.store.put(account, "checkout.session", session)
    sandbox.events.emit(account, "checkout.session.expired", session)


def expire_if_open(sandbox: "Sandbox", account: str, identifier: str) -> None:
    """The agenda's action at ``expires_at``."""
    session = sandbox.store.get(account, "checkout.session", identifier)
    if session is not None and session["status"] == "open":
        expire(sandbox, account, session)
