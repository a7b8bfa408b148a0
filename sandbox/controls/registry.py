"""The register of controls, and how they find what they act on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.errors import missing
from sandbox.routes import Routes
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

Control = Callable[["Sandbox", Json], Any]
"""Takes the JSON that was posted (or the query's values) and returns what to answer."""
CONTROLS: Routes[Control] = Routes()
control = CONTROLS.add
# These send webhooks and wait for the answers, so they must not hold the lock.
UNLOCKED = ("/_sandbox/deliver", "/_sandbox/resend_all")


def find(sandbox: "Sandbox", kind: str, identifier: str) -> tuple[str, Json]:
    """An object of whatever account, with its account."""
    account = sandbox.store.home(kind, identifier)
    value = None if account is None else sandbox.store.get(account, kind, identifier)
    if account is None or value is None:
        raise missing(kind, identifier)
    return account, value


def find_charge(sandbox: "Sandbox", given: Json) -> tuple[str, Json]:
    """The charge that ``charge``, ``payment_intent`` or ``session`` names, with its account."""
    if "charge" in given:
        return find(sandbox, "charge", given["charge"])
    if "payment_intent" in given:
        _, intent = find(sandbox, "payment_intent", given["payment_intent"])
    else:
        _, session = find(sandbox, "checkout.session", given["session"])
        _, intent = find(sandbox, "payment_intent", session["payment_intent"] or "")
    return find(sandbox, "charge", intent["latest_charge"] or "")
