"""The conformance run: ``python -m tests.conformance [EVENT …]``.

Stripe's own tool triggers events against a strict sandbox (every answer and event is checked
against Stripe's schema there); what happened is checked here. Ends with "N passed, M failed".
"""

import sys
import traceback

import stripe

from tests.conformance import tool
from tests.conformance.cases import CASES, World
from tests.sandbox.running import running_sandbox

# Transfers need money that is available; a real test account has some.
NEEDS_FUNDS = ("transfer.created", "transfer.updated", "transfer.reversed")


def say(line: str) -> None:
    """Writes a line at once, so that a watcher sees how far the run is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fund(world: World) -> None:
    """Puts 100 dollars into the available balance (docs.stripe.com/testing#available-balance)."""
    world.client.v1.payment_intents.create(
        {
            "amount": 10000,
            "currency": "usd",
            "payment_method": "pm_card_bypassPending",
            "payment_method_types": ["card"],
            "confirm": True,
        },
        options={"stripe_version": "2026-08-26.dahlia"},
    )


def run(event: str, url: str, binary: object) -> str | None:
    """Triggers one event and checks it; returns what is wrong, or None."""
    world = World(url)
    world.control.reset()
    if event in NEEDS_FUNDS:
        fund(world)
    status, output = tool.trigger(binary, event, url)
    if status != 0:
        return f"the tool failed: {output.strip()}"
    try:
        CASES[event](world)
    except (AssertionError, stripe.StripeError, LookupError, TypeError, AttributeError):
        return traceback.format_exc(limit=-2)
    return None


def main(wanted: list[str]) -> int:
    """Runs the named events, or all; returns the exit status."""
    try:
        binary = tool.install()
    except tool.ToolMissingError as problem:
        say(f"{problem}\n0 passed, 1 failed")
        return 1
    failed = 0
    events = wanted or list(CASES)
    with running_sandbox("--strict") as sandbox:
        for event in events:
            problem = run(event, sandbox.url, binary)
            failed += problem is not None
            say(f"ok     {event}" if problem is None else f"FAILED {event}\n{problem}")
    say(f"{len(events) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
