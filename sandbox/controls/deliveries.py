"""Controls of events and webhooks: hold, send, repeat, delay, lose."""

from typing import TYPE_CHECKING

from sandbox.controls.registry import control
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


@control("GET", "/_sandbox/events")
def events(sandbox: "Sandbox", given: Json) -> Json:
    """All events, the oldest first."""
    account = given.get("account") or PLATFORM
    found = reversed(sandbox.store.newest_first(account, "event"))
    return {"events": [sandbox.renderer.plain(event) for event in found]}


@control("POST", "/_sandbox/deliveries")
def hold(sandbox: "Sandbox", given: Json) -> Json:
    """Switches between ``auto`` and ``hold``."""
    if given["mode"] not in ("auto", "hold"):
        raise ValueError("mode is auto or hold")
    sandbox.courier.hold(on=given["mode"] == "hold")
    return {"mode": given["mode"]}


@control("GET", "/_sandbox/deliveries")
def deliveries(sandbox: "Sandbox", _given: Json) -> list[Json]:
    """What is still to be delivered, freshly signed, the oldest first."""
    return sandbox.courier.unsent()


@control("GET", "/_sandbox/delivered")
def delivered(sandbox: "Sandbox", _given: Json) -> list[Json]:
    """Every delivery with its answers, the oldest first."""
    return list(reversed(sandbox.store.newest_first(PLATFORM, "delivery")))


@control("POST", "/_sandbox/deliver")
def deliver(sandbox: "Sandbox", given: Json) -> Json:
    """Sends an event's deliveries now (again), or after ``delay`` seconds in the background."""
    if given.get("delay"):
        with sandbox.store.transaction():
            counts = [
                sandbox.courier.send_later(given["event"], given["delay"])
                for _ in range(given.get("times", 1))
            ]
        return {"planned": sum(counts)}
    return {"answers": sandbox.courier.send_now(given["event"], given.get("times", 1))}


@control("POST", "/_sandbox/drop")
def drop(sandbox: "Sandbox", given: Json) -> Json:
    """Loses an event's deliveries for ever."""
    return {"dropped": sandbox.courier.drop(given["event"])}


@control("POST", "/_sandbox/resend_all")
def resend_all(sandbox: "Sandbox", _given: Json) -> Json:
    """Sends every event of every account once more, now, in order."""
    with sandbox.store.transaction():
        names = [entry["event"] for entry in delivered(sandbox, {})]
    answers = []
    for name in dict.fromkeys(names):
        answers += sandbox.courier.send_now(name, 1)
    return {"answers": answers}
