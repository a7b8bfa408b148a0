"""Controls that move money: pay, refund, dispute, pay out."""

from typing import TYPE_CHECKING

from sandbox import bank_accounts, checkouts, debits, disputes, paying_out, payments, refunding
from sandbox.controls.registry import control, find, find_charge
from sandbox.errors import invalid
from sandbox.methods import Entry
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


@control("POST", "/_sandbox/pay")
def pay(sandbox: "Sandbox", given: Json) -> Json:
    """Pays a session; a 3-D Secure card counts as authenticated unless ``outcome`` says no.

    ``outcome`` "late" lets the money of an expired session arrive after all; where none arrives,
    the session is as expired as it was.
    """
    account, session = find(sandbox, "checkout.session", given["session"])
    late = given.get("outcome") == "late" and session["status"] == "expired"
    if late:
        session["status"] = "open"
    try:
        return checkouts.pay(
            sandbox,
            account,
            session,
            _entry(given),
            authenticated=given.get("outcome") != "fail_authentication",
        )
    finally:
        if late and session["status"] == "open":
            session["status"] = "expired"


def _entry(given: Json) -> Entry:
    """What the page's form would hold; debits wait to be told unless an account is given."""
    kind = given.get("method", "card")
    billing = {"email": given.get("email"), "name": given.get("name", "Test Donor")}
    if kind == "card":
        return Entry(kind, given.get("card", "4242424242424242"), billing)
    if kind not in bank_accounts.WHEN_TOLD:
        raise ValueError("method is card, sepa_debit or us_bank_account")
    return Entry(kind, given.get("account_number", bank_accounts.WHEN_TOLD[kind]), billing)


@control("POST", "/_sandbox/expire")
def expire(sandbox: "Sandbox", given: Json) -> Json:
    """Expires an open session now."""
    account, session = find(sandbox, "checkout.session", given["session"])
    checkouts.require_open(session)
    checkouts.expire(sandbox, account, session)
    return {"status": session["status"]}


@control("POST", "/_sandbox/settle_debit")
def settle_debit(sandbox: "Sandbox", given: Json) -> Json:
    """Ends a bank debit that is processing."""
    account, session = find(sandbox, "checkout.session", given["session"])
    if not debits.settle(sandbox, account, session["payment_intent"], succeeded=given["succeeded"]):
        raise invalid("This session has no debit that is processing.", param="session")
    return {"payment_status": session["payment_status"]}


@control("POST", "/_sandbox/refund")
def refund(sandbox: "Sandbox", given: Json) -> Json:
    """A refund made in Stripe's dashboard."""
    account, charge = find_charge(sandbox, given)
    made = refunding.create(
        sandbox, account, charge, amount=given.get("amount"), reason="requested_by_customer"
    )
    return sandbox.renderer.plain(made)


@control("POST", "/_sandbox/fail_refund")
def fail_refund(sandbox: "Sandbox", given: Json) -> Json:
    """The donor's bank sends a refund back."""
    account, found = find(sandbox, "refund", given["refund"])
    return sandbox.renderer.plain(refunding.fail(sandbox, account, found))


@control("POST", "/_sandbox/dispute")
def dispute(sandbox: "Sandbox", given: Json) -> Json:
    """The donor disputes a charge; ``inquiry`` moves no money, ``amount`` in minor units.

    ``currency``: the bank takes it in this one, as where the account settles in another.
    """
    account, charge = find_charge(sandbox, given)
    made = disputes.opened(
        sandbox,
        account,
        charge,
        inquiry=given.get("inquiry", False),
        amount=given.get("amount"),
        settled_in=given.get("currency"),
    )
    return sandbox.renderer.plain(made)


@control("POST", "/_sandbox/dispute_close")
def dispute_close(sandbox: "Sandbox", given: Json) -> Json:
    """The bank decides: ``status`` is won or lost."""
    if given["status"] not in ("won", "lost"):
        raise ValueError("status is won or lost")
    account, found = find(sandbox, "dispute", given["dispute"])
    return sandbox.renderer.plain(disputes.close(sandbox, account, found, given["status"]))


@control("POST", "/_sandbox/dispute_reinstate")
def dispute_reinstate(sandbox: "Sandbox", given: Json) -> Json:
    """A lost dispute is won after all."""
    account, found = find(sandbox, "dispute", given["dispute"])
    return sandbox.renderer.plain(disputes.win_after_loss(sandbox, account, found))


@control("POST", "/_sandbox/payout")
def payout(sandbox: "Sandbox", given: Json) -> Json:
    """Pays the whole balance out to the bank."""
    made = paying_out.pay_out_everything(sandbox, given.get("account") or PLATFORM)
    return {"payouts": [sandbox.renderer.plain(entry) for entry in made]}


@control("POST", "/_sandbox/fail_payout")
def fail_payout(sandbox: "Sandbox", given: Json) -> Json:
    """The bank sends a payout back."""
    account, found = find(sandbox, "payout", given["payout"])
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
def release_fees(sandbox: "Sandbox", _given: Json) -> Json:
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
    account, session = find(sandbox, "checkout.session", given["session"])
    if "amount" in given:
        session["amount_total"] = session["amount_subtotal"] = given["amount"]
    for name in ("currency", "livemode"):
        if name in given:
            session[name] = given[name]
    return sandbox.renderer.plain(sandbox.store.put(account, "checkout.session", session))


@control("POST", "/_sandbox/miscount")
def miscount(sandbox: "Sandbox", given: Json) -> Json:
    """Adds to an amount of an object, such as a balance transaction's, for tests of who notices."""
    account, found = find(sandbox, given["kind"], given["id"])
    found[given["field"]] += given["by"]
    return sandbox.renderer.plain(sandbox.store.put(account, given["kind"], found))
