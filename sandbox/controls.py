"""The controls under ``/_sandbox/``: what tests, the demo and benchmarks steer.

They have no counterpart at Stripe, except those that stand for its dashboard.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox import checkouts, debits, disputes, paying_out, payments, refunding
from sandbox.api import accounts
from sandbox.errors import StripeError, invalid, missing
from sandbox.faults import HOWS, Fault
from sandbox.messages import Request, Response, json_response, read_json
from sandbox.routes import Routes
from sandbox.shapes import PLATFORM, Json
from sandbox.text import query_values

if TYPE_CHECKING:
    from sandbox.application import Sandbox

Control = Callable[["Sandbox", Json], Any]
CONTROLS: Routes[Control] = Routes()
control = CONTROLS.add
# These send webhooks and wait for the answers, so they must not hold the lock.
UNLOCKED = ("/_sandbox/deliver", "/_sandbox/resend_all")


def answer(sandbox: "Sandbox", request: Request) -> Response:
    """Runs one control; JSON in, JSON out."""
    found = CONTROLS.find(request.method, request.path)
    if found is None:
        return json_response({"error": {"message": f"no such control: {request.path}"}}, 404)
    function, pattern, _ = found
    try:
        given = query_values(request.query) if request.method == "GET" else read_json(request)
        if pattern in UNLOCKED:
            return json_response(function(sandbox, given))
        with sandbox.store.transaction():
            sandbox.run_due()
            return json_response(function(sandbox, given))
    except StripeError as failure:
        return json_response(failure.body(), failure.status)
    except (KeyError, TypeError, ValueError) as problem:
        error = {"message": f"wrong input: {problem!r}", "type": "invalid_request_error"}
        return json_response({"error": error}, 400)


def _find(sandbox: "Sandbox", kind: str, identifier: str) -> tuple[str, Json]:
    """An object of whatever account, with its account."""
    account = sandbox.store.home(kind, identifier)
    value = None if account is None else sandbox.store.get(account, kind, identifier)
    if account is None or value is None:
        raise missing(kind, identifier)
    return account, value


@control("POST", "/_sandbox/pay")
def pay(sandbox: "Sandbox", given: Json) -> Json:
    """Pays a session; a 3-D Secure card counts as authenticated unless ``outcome`` says no.

    ``outcome`` "late" lets the money of an expired session arrive after all.
    """
    account, session = _find(sandbox, "checkout.session", given["session"])
    if given.get("outcome") == "late" and session["status"] == "expired":
        session["status"] = "open"
    debit = given.get("method", "card") == "sepa_debit"
    return checkouts.pay(
        sandbox,
        account,
        session,
        card=None if debit else given.get("card", "4242424242424242"),
        iban=given.get("iban", checkouts.IBAN_WHEN_TOLD) if debit else None,
        billing={"email": given.get("email"), "name": given.get("name", "Test Donor")},
        authenticated=given.get("outcome") != "fail_authentication",
    )


@control("POST", "/_sandbox/expire")
def expire(sandbox: "Sandbox", given: Json) -> Json:
    """Expires an open session now."""
    account, session = _find(sandbox, "checkout.session", given["session"])
    checkouts.require_open(session)
    checkouts.expire(sandbox, account, session)
    return {"status": session["status"]}


@control("POST", "/_sandbox/settle_debit")
def settle_debit(sandbox: "Sandbox", given: Json) -> Json:
    """Ends a bank debit that is processing."""
    account, session = _find(sandbox, "checkout.session", given["session"])
    if not debits.settle(sandbox, account, session["payment_intent"], given["succeeded"]):
        raise invalid("This session has no debit that is processing.", param="session")
    return {"payment_status": session["payment_status"]}


@control("POST", "/_sandbox/refund")
def refund(sandbox: "Sandbox", given: Json) -> Json:
    """A refund made in Stripe's dashboard."""
    account, charge = _charge(sandbox, given)
    made = refunding.create(sandbox, account, charge, amount=given.get("amount"),
                            reason="requested_by_customer")
    return sandbox.renderer.plain(made)


def _charge(sandbox: "Sandbox", given: Json) -> tuple[str, Json]:
    if "charge" in given:
        return _find(sandbox, "charge", given["charge"])
    if "payment_intent" in given:
        _, intent = _find(sandbox, "payment_intent", given["payment_intent"])
    else:
        _, session = _find(sandbox, "checkout.session", given["session"])
        _, intent = _find(sandbox, "payment_intent", session["payment_intent"] or "")
    return _find(sandbox, "charge", intent["latest_charge"] or "")


@control("POST", "/_sandbox/fail_refund")
def fail_refund(sandbox: "Sandbox", given: Json) -> Json:
    """The donor's bank sends a refund back."""
    account, found = _find(sandbox, "refund", given["refund"])
    return sandbox.renderer.plain(refunding.fail(sandbox, account, found))


@control("POST", "/_sandbox/dispute")
def dispute(sandbox: "Sandbox", given: Json) -> Json:
    """The donor disputes a charge; ``inquiry`` moves no money, ``amount`` in minor units."""
    account, charge = _charge(sandbox, given)
    made = disputes.opened(sandbox, account, charge, inquiry=given.get("inquiry", False),
                           amount=given.get("amount"))
    return sandbox.renderer.plain(made)


@control("POST", "/_sandbox/dispute_close")
def dispute_close(sandbox: "Sandbox", given: Json) -> Json:
    """The bank decides: ``status`` is won or lost."""
    if given["status"] not in ("won", "lost"):
        raise ValueError("status is won or lost")
    account, found = _find(sandbox, "dispute", given["dispute"])
    return sandbox.renderer.plain(disputes.close(sandbox, account, found, given["status"]))


@control("POST", "/_sandbox/dispute_reinstate")
def dispute_reinstate(sandbox: "Sandbox", given: Json) -> Json:
    """A lost dispute is won after all."""
    account, found = _find(sandbox, "dispute", given["dispute"])
    return sandbox.renderer.plain(disputes.win_after_loss(sandbox, account, found))


@control("POST", "/_sandbox/payout")
def payout(sandbox: "Sandbox", given: Json) -> Json:
    """Pays the whole balance out to the bank."""
    made = paying_out.pay_out_everything(sandbox, given.get("account", PLATFORM))
    return {"payouts": [sandbox.renderer.plain(entry) for entry in made]}


@control("POST", "/_sandbox/fail_payout")
def fail_payout(sandbox: "Sandbox", given: Json) -> Json:
    """The bank sends a payout back."""
    account, found = _find(sandbox, "payout", given["payout"])
    return sandbox.renderer.plain(paying_out.fail(sandbox, account, found))


@control("POST", "/_sandbox/late_fees")
def late_fees(sandbox: "Sandbox", given: Json) -> Json:
    """Whether new charges keep their fee unknown."""
    if given["on"]:
        sandbox.store.put(PLATFORM, "sandbox.fees", {"id": "late"})
    elif payments.late_fees(sandbox):
        sandbox.store.delete(PLATFORM, "sandbox.fees", "late")
    return {"on": given["on"]}


@control("POST", "/_sandbox/release_fees")
def release_fees(sandbox: "Sandbox", given: Json) -> Json:
    """Gives every charge that waits for it its balance transaction (charge.updated)."""
    released = [
        charge["id"]
        for account in sandbox.store.accounts()
        for charge in reversed(sandbox.store.newest_first(account, "charge"))
        if payments.post_fee(sandbox, account, charge["id"], released=True)
    ]
    return {"charges": released}


@control("POST", "/_sandbox/tamper")
def tamper(sandbox: "Sandbox", given: Json) -> Json:
    """Makes a session say something wrong, for tests of what must not be believed.

    Before the payment a wrong amount or currency is also what gets paid.
    """
    account, session = _find(sandbox, "checkout.session", given["session"])
    if "amount" in given:
        session["amount_total"] = session["amount_subtotal"] = given["amount"]
    for name in ("currency", "livemode"):
        if name in given:
            session[name] = given[name]
    return sandbox.renderer.plain(sandbox.store.put(account, "checkout.session", session))


@control("POST", "/_sandbox/connect")
def connect(sandbox: "Sandbox", given: Json) -> Json:
    """An onboarded connected account, made or finished in one step."""
    identifier = given.get("account")
    known = identifier and sandbox.store.get(PLATFORM, "account", identifier)
    account = known or accounts.make(sandbox, {"country": given.get("country", "US")}, identifier)
    accounts.onboard(sandbox, account, complete=given.get("complete", True))
    return sandbox.renderer.plain(account)


@control("POST", "/_sandbox/deauthorize")
def deauthorize(sandbox: "Sandbox", given: Json) -> Json:
    """The account disconnects from the platform: account.application.deauthorized."""
    account = sandbox.store.get(PLATFORM, "account", given["account"])
    if account is None:
        raise missing("account", given["account"])
    application = {"id": "ca_sandbox", "object": "application", "name": "Sandbox"}
    sandbox.events.emit(account["id"], "account.application.deauthorized", application)
    sandbox.store.delete(PLATFORM, "account", account["id"])
    return {"account": account["id"]}


@control("POST", "/_sandbox/early_fraud_warning")
def early_fraud_warning(sandbox: "Sandbox", given: Json) -> Json:
    """The card network suspects fraud: radar.early_fraud_warning.created."""
    account, charge = _charge(sandbox, given)
    warning = {
        "id": f"issfr_{charge['id'][3:]}",
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": sandbox.clock.now(),
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    event = sandbox.events.emit(account, "radar.early_fraud_warning.created", warning)
    return {"event": event["id"]}


@control("GET", "/_sandbox/events")
def events(sandbox: "Sandbox", given: Json) -> Json:
    """All events, the oldest first."""
    account = given.get("account", PLATFORM)
    found = reversed(sandbox.store.newest_first(account, "event"))
    return {"events": [sandbox.renderer.plain(event) for event in found]}


@control("GET", "/_sandbox/balance_transactions")
def balance_transactions(sandbox: "Sandbox", given: Json) -> list[Json]:
    """Every movement of an account, the oldest first."""
    account = given.get("account", PLATFORM)
    found = reversed(sandbox.store.newest_first(account, "balance_transaction"))
    return [sandbox.renderer.plain(movement) for movement in found]


@control("POST", "/_sandbox/deliveries")
def hold(sandbox: "Sandbox", given: Json) -> Json:
    """Switches between ``auto`` and ``hold``."""
    if given["mode"] not in ("auto", "hold"):
        raise ValueError("mode is auto or hold")
    sandbox.courier.hold(given["mode"] == "hold")
    return {"mode": given["mode"]}


@control("GET", "/_sandbox/deliveries")
def deliveries(sandbox: "Sandbox", given: Json) -> list[Json]:
    """What is still to be delivered, freshly signed, the oldest first."""
    return sandbox.courier.unsent()


@control("GET", "/_sandbox/delivered")
def delivered(sandbox: "Sandbox", given: Json) -> list[Json]:
    """Every delivery with its answers, the oldest first."""
    return list(reversed(sandbox.store.newest_first(PLATFORM, "delivery")))


@control("POST", "/_sandbox/deliver")
def deliver(sandbox: "Sandbox", given: Json) -> Json:
    """Sends an event's deliveries now (again), or after ``delay`` seconds in the background."""
    if given.get("delay"):
        with sandbox.store.transaction():
            for _ in range(given.get("times", 1)):
                count = sandbox.courier.send_later(given["event"], given["delay"])
        return {"planned": count}
    return {"answers": sandbox.courier.send_now(given["event"], given.get("times", 1))}


@control("POST", "/_sandbox/drop")
def drop(sandbox: "Sandbox", given: Json) -> Json:
    """Loses an event's deliveries for ever."""
    return {"dropped": sandbox.courier.drop(given["event"])}


@control("POST", "/_sandbox/resend_all")
def resend_all(sandbox: "Sandbox", given: Json) -> Json:
    """Sends every event of every account once more, now, in order."""
    with sandbox.store.transaction():
        names = [entry["event"] for entry in delivered(sandbox, {})]
    answers = []
    for name in dict.fromkeys(names):
        answers += sandbox.courier.send_now(name, 1)
    return {"answers": answers}


@control("POST", "/_sandbox/fail_next")
def fail_next(sandbox: "Sandbox", given: Json) -> Json:
    """The next ``count`` API calls fail."""
    if given["how"] not in HOWS:
        raise ValueError(f"how is one of {', '.join(HOWS)}")
    sandbox.faults.plan(
        Fault(given["how"], float(given.get("seconds", 0))),
        count=given.get("count", 1),
        path=given.get("path", "/v1/"),
        method=given.get("method", ""),
    )
    return {"left": sandbox.faults.left()}


@control("GET", "/_sandbox/fail_next")
def failures_left(sandbox: "Sandbox", given: Json) -> Json:
    """How many planned failures are left."""
    return {"left": sandbox.faults.left()}


@control("POST", "/_sandbox/clock")
def move_clock(sandbox: "Sandbox", given: Json) -> Json:
    """Advances the clock, or sets it; ``freeze`` stops it there."""
    if "advance" in given:
        sandbox.clock.advance(int(given["advance"]))
    else:
        now = int(given.get("now", time.time()))
        sandbox.clock.move_to(now, freeze=given.get("freeze", False))
    sandbox.run_due()
    return {"now": sandbox.clock.now()}


@control("GET", "/_sandbox/clock")
def read_clock(sandbox: "Sandbox", given: Json) -> Json:
    """The sandbox's time in Unix seconds."""
    return {"now": sandbox.clock.now()}


@control("POST", "/_sandbox/reset")
def reset(sandbox: "Sandbox", given: Json) -> Json:
    """Forgets everything, or all that belongs to one account."""
    sandbox.reset(given.get("account"))
    return {"reset": given.get("account", "everything")}
