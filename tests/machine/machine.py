"""The machine itself: all rules together, what is checked after each step, and the statistics."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from tests.machine import checks
from tests.machine.rules_money import MoneyRules
from tests.machine.rules_organizing import OrganizingRules
from tests.machine.rules_paying import PayingRules, Rules
from tests.machine.rules_waiting import OFFER_POINTS, WaitingRules
from tests.machine.rules_webhooks import (
    APPLY_POINTS,
    INTAKE_POINTS,
    START_POINTS,
    WebhookRules,
)
from tests.machine.world import World

#: What a run has to reach, or it has proven nothing about it.
DECLARED = (
    "paid by card",
    "paid with 3-D Secure",
    "failed 3-D Secure",
    "declined",
    "declined for funds",
    "debit processing",
    "debit arrived",
    "debit failed",
    "gift without a seat",
    "full",
    "same form, same donation",
    "same form after its end",
    "another amount",
    "paid late",
    "booking held → confirmed",
    "booking held → expired",
    "booking held → cancelled",
    "booking confirmed → cancelled",
    "late money: booking confirmed",
    "late money: booking needs_attention",
    "refund",
    "partial refund",
    "failed refund",
    "dispute",
    "dispute won",
    "dispute lost",
    "dispute lost, then won",
    "inquiry",
    "inquiry closed",
    "late fee",
    "paid with a wrong amount",
    "paid with a wrong currency",
    "paid with a wrong livemode",
    "quarantined, given back: paid",
    "quarantined, given back: failed",
    "quarantined again",
    "joined the line",
    "waits or has a seat already",
    "booking waiting → held",
    "booking waiting → cancelled",
    "offered",
    "offer taken up",
    "two sessions of an offer",
    "offer succeeded",
    "offer processing",
    "offer paid late",
    "offer over",
    "offer ended",
    "left the line",
    "let it go",
    "more time for a hold",
    "more time for a session",
    "group seated",
    "kept as a gift",
    "given back",
    "seat given back",
    "events doubled",
    "events overtaken",
    "events in reverse order",
    "event dropped",
    "event of a connected account",
    "event set aside",
    "reconcile found lost events",
    "reconciled",
    "swept",
    "snapshot overtaken",
    "outage during start",
    "outage during apply",
    "calls failed",
    "outage during cancel",
    *(
        f"died at {point}"
        for point in (*APPLY_POINTS, *INTAKE_POINTS, *START_POINTS, *OFFER_POINTS)
    ),
)


#: What a run of the other machine has to reach.
ORGANIZED = (
    "given",
    "refund ordered",
    "seat freed with it",
    "silence during a refund",
    "failed refund",
    "moved to another date",
    "workshop cancelled",
    "cancelled workshop: refund",
    "cancelled workshop: keep",
    "cancelled workshop: move",
    "refund of a cancelled workshop",
    "entered by hand",
    "promised by hand",
    "sent on",
)


class Machine(Rules):
    """What is checked after each step, and at the end."""

    def __init__(self, world: World) -> None:
        self.world = world
        super().__init__()

    @invariant()
    def nothing_is_broken(self) -> None:
        """What must hold at any moment."""
        if hasattr(self.world, "campaigns"):
            _refuse(checks.always(self.world))

    def teardown(self) -> None:
        """Everything comes to rest; then ours is Stripe's."""
        if self.world.attempts:
            _refuse(checks.finish(self.world))


class PaymentMachine(PayingRules, MoneyRules, WaitingRules, WebhookRules, Machine):
    """Any interleaving of what visitors, Stripe, the network and our own processes do."""

    @initialize(
        currency=st.sampled_from(["USD", "JPY", "KWD", "ISK"]), capacity=st.sampled_from([1, 2, 4])
    )
    def begin(self, currency: str, capacity: int) -> None:
        """Begin in an empty world."""
        self.world.begin(currency=currency, capacities=(capacity, 3))


class OrganizingMachine(OrganizingRules, Machine):
    """Any interleaving of what organizers do with money and seats that are there."""

    @initialize(currency=st.sampled_from(["USD", "JPY", "KWD", "ISK"]))
    def begin(self, currency: str) -> None:
        """Begin in an empty world, where each campaign has two dates."""
        self.world.begin(currency=currency, capacities=(4, 3), dates=True)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise AssertionError("; ".join(problems))


def statistics(reached: Counter[str]) -> str:
    """Return one line that tells how often each thing happened."""
    return ", ".join(f"{name} {count}" for name, count in sorted(reached.items()))


def never_reached(reached: Counter[str], declared: tuple[str, ...] = DECLARED) -> list[str]:
    """Return what was declared and did not happen."""
    return [name for name in declared if not reached[name]]
