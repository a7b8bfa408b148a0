"""Controls of faults, of the clock, and reading or forgetting the state."""

import time
from typing import TYPE_CHECKING

from sandbox.controls.registry import control
from sandbox.faults import HOWS, Fault
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


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
def failures_left(sandbox: "Sandbox", _given: Json) -> Json:
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
def read_clock(sandbox: "Sandbox", _given: Json) -> Json:
    """The sandbox's time in Unix seconds."""
    return {"now": sandbox.clock.now()}


@control("GET", "/_sandbox/balance_transactions")
def balance_transactions(sandbox: "Sandbox", given: Json) -> list[Json]:
    """Every movement of an account, the oldest first."""
    account = given.get("account") or PLATFORM
    found = reversed(sandbox.store.newest_first(account, "balance_transaction"))
    return [sandbox.renderer.plain(movement) for movement in found]


@control("POST", "/_sandbox/reset")
def reset(sandbox: "Sandbox", given: Json) -> Json:
    """Forgets everything, or all that belongs to one account."""
    sandbox.reset(given.get("account"))
    return {"reset": given.get("account", "everything")}
