"""What Stripe's own hosted page calls, as its command-line tool imitates it.

Undocumented at docs.stripe.com/api; seen in the fixtures of github.com/stripe/stripe-cli
(pkg/fixtures/triggers/checkout.session.completed.json).
"""

from sandbox import checkouts
from sandbox.call import Call, endpoint
from sandbox.errors import StripeError, invalid
from sandbox.shapes import Json


@endpoint("GET", "/v1/payment_pages/{session}")
def retrieve(call: Call) -> Json:
    """The page's view of a session."""
    return _page(call.get("checkout.session", call.path["session"]))


@endpoint("POST", "/v1/payment_pages/{session}/confirm")
def confirm(call: Call) -> Json:
    """Pays a session with a stored payment method."""
    session = call.get("checkout.session", call.path["session"])
    wanted = call.parameters.get("expected_amount")
    if wanted is not None and wanted != session["amount_total"]:
        raise invalid("The amount has changed since the page was shown.", param="expected_amount")
    method = call.get("payment_method", call.parameters["payment_method"], param="payment_method")
    outcome = checkouts.pay(call.sandbox, call.account, session, method)
    if outcome["status"] == "declined":
        raise StripeError(
            402,
            type="card_error",
            message=outcome["message"],
            code=outcome["code"],
            decline_code=outcome["decline_code"],
        )
    call.sandbox.run_due()
    return _page(session)


def _page(session: Json) -> Json:
    return {
        "id": f"ppage_{session['id'][8:32]}",
        "object": "checkout.session",
        "session_id": session["id"],
        "status": session["status"],
        "payment_status": session["payment_status"],
        "amount_total": session["amount_total"],
        "currency": session["currency"],
    }
