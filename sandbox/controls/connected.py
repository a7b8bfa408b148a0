"""Controls of connected accounts and of what only Stripe can notice."""

from typing import TYPE_CHECKING

from sandbox import onboarding
from sandbox.api import accounts
from sandbox.controls.registry import control, find_charge
from sandbox.errors import missing
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


@control("POST", "/_sandbox/connect")
def connect(sandbox: "Sandbox", given: Json) -> Json:
    """A connected account, made or answered in one step: all of it, or the ``steps`` named.

    ``currencies`` (lower case) are those of its bank accounts; without ``complete`` nothing is
    answered.
    """
    identifier = given.get("account")
    known = identifier and sandbox.store.get(PLATFORM, "account", identifier)
    account = known or accounts.make(sandbox, {"country": given.get("country", "US")}, identifier)
    steps = set(given.get("steps", onboarding.STEPS)) if given.get("complete", True) else set()
    account.update(_extra=[], _pending=[], _blocked=None)
    onboarding.answered(sandbox, account, steps, given.get("currencies", []))
    return sandbox.renderer.plain(account)


@control("POST", "/_sandbox/require")
def require(sandbox: "Sandbox", given: Json) -> Json:
    """Stripe asks for more (``due``), looks at something (``pending``), or stops the account.

    ``blocked`` is a disabled_reason: it takes no payments then. Emits account.updated.
    """
    account = sandbox.store.get(PLATFORM, "account", given["account"])
    if account is None:
        raise missing("account", given["account"])
    account["_extra"] = list(given.get("due", []))
    account["_pending"] = list(given.get("pending", []))
    account["_blocked"] = given.get("blocked")
    onboarding.changed(sandbox, account)
    return sandbox.renderer.plain(account)


@control("POST", "/_sandbox/deauthorize")
def deauthorize(sandbox: "Sandbox", given: Json) -> Json:
    """The account disconnects from the platform: account.application.deauthorized."""
    account = sandbox.store.get(PLATFORM, "account", given["account"])
    if account is None:
        raise missing("account", given["account"])
    accounts.disconnect(sandbox, account)
    return {"account": account["id"]}


@control("POST", "/_sandbox/early_fraud_warning")
def early_fraud_warning(sandbox: "Sandbox", given: Json) -> Json:
    """The card network suspects fraud: radar.early_fraud_warning.created."""
    account, charge = find_charge(sandbox, given)
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
