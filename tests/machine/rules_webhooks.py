"""Rules of the machine: how news of payments travels, and what happens on the way."""

# ruff: noqa: FBT001 -- Hypothesis passes a rule its values by name
from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from donations.gateway import GatewayError
from donations.models import StripeEvent
from donations.services import checkout, inbox, reconcile, settlement, sweeper
from events.services.seating import seats
from tests.machine.faults import SlowGateway, dying_at
from tests.machine.rules_paying import NUMBERS, Rules
from tests.machine.world import Attempt, pick

APPLY_POINTS = (
    "apply:fetched",
    "apply:locked",
    "apply:posted",
    "apply:advanced",
    "apply:committed",
)
INTAKE_POINTS = ("intake:verified", "intake:stored", "intake:committed")
START_POINTS = ("checkout:held", "checkout:session_created", "checkout:opened")
OUTAGES = st.sampled_from(["500", "reset", "409", "429", "after"])
VISITORS = ("start", "cancel")
WORKERS = ("apply", "sweep", "reconcile")


class WebhookRules(Rules):
    """Deliver, duplicate, reorder, drop, delay; sweep, reconcile, die, overtake, outage."""

    @precondition(lambda self: self.with_attempts())
    @rule(
        which=NUMBERS,
        count=st.sampled_from([1, 1, 3, 20]),
        times=st.sampled_from([1, 1, 1, 3]),
        backwards=st.booleans(),
        applied=st.booleans(),
    )
    def deliver(self, which: int, count: int, times: int, backwards: bool, applied: bool) -> None:
        """Some of the waiting webhooks arrive, perhaps twice or backwards; others stay delayed."""
        waiting = self.world.sandbox.deliveries()
        if not waiting:
            return
        begin = which % len(waiting)
        chosen = waiting[begin : begin + count]
        if backwards and len(chosen) > 1:
            chosen.reverse()
            self.world.note("events in reverse order")
        if begin:
            self.world.note("events overtaken")
        for delivery in chosen:
            self.world.post(delivery, times=times)
            if delivery["account"]:
                self.world.note("event of a connected account")
        self.world.note(*(["events doubled"] if times > 1 else []))
        if applied:
            inbox.apply_pending(gateway=self.world.gateway)

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS, every=st.sampled_from([False, False, False, True]))
    def drop(self, which: int, every: bool) -> None:
        """Webhooks are lost for ever."""
        waiting = self.world.sandbox.deliveries()
        for delivery in waiting if every else waiting[: which % 4]:
            self.world.sandbox.drop(delivery["event"])
            self.world.note("event dropped")

    @precondition(lambda self: self.with_attempts())
    @rule()
    def apply_pending(self) -> None:
        """A worker applies what is in the inbox."""
        inbox.apply_pending(gateway=self.world.gateway)

    @precondition(lambda self: self.with_attempts())
    @rule(minutes=st.sampled_from([1, 10, 31, 61, 25 * 60]))
    def advance(self, minutes: int) -> None:
        """Time goes by, here and at Stripe; sessions expire."""
        self.world.advance(minutes=minutes)

    @precondition(lambda self: self.with_attempts())
    @rule(minutes=st.sampled_from([0, 61]))
    def sweep(self, minutes: int) -> None:
        """The sweeper's turn, now or after the sessions' end."""
        self.world.advance(minutes=minutes)
        swept = sweeper.sweep(gateway=self.world.gateway)
        self.world.note(*(["swept"] if swept.sessions else []))

    @precondition(lambda self: self.with_attempts())
    @rule()
    def reconcile(self) -> None:
        """The reconciler's turn."""
        reconcile.run(gateway=self.world.gateway)
        self.world.note("reconciled")

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS)
    def return_page(self, which: int) -> None:
        """A donor comes back before any webhook, and the page asks Stripe."""
        self.world.apply(pick(self.world.attempts, which))

    # --- going wrong ----------------------------------------------------------------------------
    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS, first=st.integers(0, len(APPLY_POINTS) - 1))
    def die_applying(self, which: int, first: int) -> None:
        """Workers die half-way through a payment, each a little later than the one before."""
        attempt = pick(self.unpaid() or self.world.attempts, which)
        self.world.pay(attempt)
        for point in APPLY_POINTS[first:]:
            with dying_at(point) as died:
                self.world.apply(attempt)
            self.world.note(*(f"died at {name}" for name in died))

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS, first=st.integers(0, len(INTAKE_POINTS) - 1))
    def die_receiving(self, which: int, first: int) -> None:
        """The web server dies before, while or after it stores an event; Stripe sends again."""
        self.world.pay(pick(self.world.attempts, which))
        for point in INTAKE_POINTS[first:]:
            with dying_at(point) as died:
                for delivery in self.world.sandbox.deliveries()[:1]:
                    self.world.post(delivery)
            self.world.note(*(f"died at {name}" for name in died))

    @rule(which=NUMBERS, first=st.integers(0, len(START_POINTS) - 1), again=st.booleans())
    def die_starting(self, which: int, first: int, again: bool) -> None:
        """The web server dies while it makes a session; the visitor may send the form again."""
        place = pick(self.world.places, which)
        gift = self.world.gift(place)
        with suppress(seats.FullError):
            for point in START_POINTS[first:]:
                with dying_at(point) as died:
                    self.world.start(place, gift)
                self.world.note(*(f"died at {name}" for name in died))
            if again:
                self.world.start(place, gift)

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS, what=st.sampled_from(["pay", "expire", "refund", "dispute", "tamper"]))
    def overtake(self, which: int, what: str) -> None:
        """Between one apply's fetch and its lock, something happens and is applied by another."""
        attempt = pick(self.world.attempts, which)
        happen = self._happening(attempt, what)

        def meanwhile() -> None:
            if happen() not in (None, "refused"):
                self.world.note("snapshot overtaken")
            self.world.apply(attempt)

        slow = SlowGateway(self.world.gateway, meanwhile)
        self.world.apply(attempt, gateway=slow)
        assert slow.fetches == 2, "an older snapshot was written over a newer one"

    def _happening(self, attempt: Attempt, what: str) -> Callable[[], object]:
        world = self.world

        def tamper_and_pay() -> object:
            if attempt.paid or world.pay(attempt, card="4000000000000002") != "declined":
                return None
            attempt.tampered = "amount"
            world.ask("tamper", session=attempt.session, amount=attempt.gift.amount.minor + 500)
            return world.pay(attempt)

        return {
            "pay": lambda: world.pay(attempt),
            "expire": lambda: world.ask("expire", session=attempt.session),
            "refund": lambda: world.refund(attempt, minor=attempt.gift.amount.minor // 4),
            "dispute": lambda: world.dispute(attempt),
            "tamper": tamper_and_pay,
        }[what]

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS, count=st.integers(1, 3), how=OUTAGES, task=st.sampled_from(VISITORS))
    def outage_for_visitors(self, which: int, count: int, how: str, task: str) -> None:
        """Stripe does not answer some calls, or does the work and the answer is lost."""
        world = self.world
        place, attempt = pick(world.places, which), pick(world.attempts, which)
        if task == "start":
            self._without_stripe(count, how, task, lambda: world.start(place, world.gift(place)))
            return
        donation = world.donation(attempt)
        end = partial(checkout.end, donation, gateway=world.gateway)
        self._without_stripe(count, how, task, end)

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS, count=st.integers(1, 3), how=OUTAGES, task=st.sampled_from(WORKERS))
    def outage_for_workers(self, which: int, count: int, how: str, task: str) -> None:
        """Stripe does not answer some calls of the background work."""
        world = self.world
        tasks: dict[str, Callable[[], object]] = {
            "apply": lambda: world.apply(pick(world.attempts, which)),
            "sweep": lambda: sweeper.sweep(gateway=world.gateway),
            "reconcile": lambda: reconcile.run(gateway=world.gateway),
        }
        self._without_stripe(count, how, task, tasks[task])

    def _without_stripe(self, count: int, how: str, task: str, work: Callable[[], object]) -> None:
        self.world.sandbox.fail_next(count, how=how, path="/v1/")
        try:
            work()
        except (GatewayError, checkout.UnreachableError, settlement.BusyError):
            self.world.note(f"outage during {task}")
        except seats.FullError:
            self.world.note("full")
        left = self.world.sandbox.get("fail_next")["left"]
        self.world.note(*(["calls failed"] if left < count else []))
        self.world.clear_faults()

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS)
    def long_outage(self, which: int) -> None:
        """Stripe is away for so long that an event is set aside."""
        for delivery in self.world.sandbox.deliveries()[:3]:
            self.world.post(delivery)
        waiting = StripeEvent.objects.filter(applied_at=None, set_aside_at=None)
        event = pick(list(waiting.order_by("pk")), which) if waiting else None
        if event is None:
            return
        for _ in range(inbox.MAXIMUM_ATTEMPTS):
            self.world.advance(hours=1)
            self.world.sandbox.fail_next(1, how="500", path="/v1/")
            inbox.apply_event(event.pk, gateway=self.world.gateway)
            self.world.clear_faults()
        event.refresh_from_db()
        self.world.note(*(["event set aside"] if event.set_aside_at else []))
