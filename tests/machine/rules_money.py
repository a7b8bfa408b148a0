"""Rules of the machine: money goes back, is fought over, or is not what was asked for."""

# ruff: noqa: FBT001 -- Hypothesis passes a rule its values by name
from __future__ import annotations

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from donations.gateway import GatewayError
from donations.services import attention, cancelling, settlement
from events.models import Booking
from events.services import seats
from events.states import BookingState
from tests.machine.rules_paying import NUMBERS, Rules
from tests.machine.world import Attempt, pick


class MoneyRules(Rules):
    """Refunds, disputes, late fees, tampering, and what people choose."""

    @precondition(lambda self: self.some("paid"))
    @rule(which=NUMBERS, tenths=st.sampled_from([None, None, 1, 5, 9]), fails=st.booleans())
    def refund(self, which: int, tenths: int | None, fails: bool) -> None:
        """A refund in Stripe's dashboard, wholly or in part; it may fail at once."""
        attempt = pick(self.some("paid"), which)
        minor = None if tenths is None else attempt.gift.amount.minor * tenths // 10
        refund = self.world.refund(attempt, minor=minor)
        if refund is None:
            return
        self.world.note("refund" if tenths is None else "partial refund")
        if fails and which % 2:
            self._fail(refund)

    @precondition(lambda self: self.world.refunds)
    @rule(which=NUMBERS)
    def fail_refund(self, which: int) -> None:
        """The donor's bank sends a refund back."""
        self._fail(pick(self.world.refunds, which)[0])

    def _fail(self, refund: str) -> None:
        if self.world.ask("fail_refund", refund=refund) is not None:
            self.world.note("failed refund")

    @precondition(lambda self: self.some("paid"))
    @rule(which=NUMBERS)
    def dispute(self, which: int) -> None:
        """The donor disputes."""
        if self.world.dispute(pick(self.some("paid"), which)) is not None:
            self.world.note("dispute")

    @precondition(lambda self: self.some("paid"))
    @rule(which=NUMBERS, closed=st.booleans())
    def inquire(self, which: int, closed: bool) -> None:
        """The bank only asks, which moves no money."""
        case = self.world.dispute(pick(self.some("paid"), which), inquiry=True)
        if case is not None:
            self.world.note("inquiry")
            if closed:
                self.world.close(case, "won")
                self.world.note("inquiry closed")

    @precondition(lambda self: any(case.status == "open" for case in self.world.cases))
    @rule(which=NUMBERS, status=st.sampled_from(["won", "lost"]), reinstated=st.booleans())
    def close_dispute(self, which: int, status: str, reinstated: bool) -> None:
        """The bank decides, and may decide anew."""
        case = pick([case for case in self.world.cases if case.status == "open"], which)
        self.world.close(case, status)
        self.world.note("inquiry closed" if case.inquiry else f"dispute {status}")
        if reinstated and status == "lost" and not case.inquiry:
            self._reinstate(which)

    @precondition(lambda self: any(case.status == "lost" for case in self.world.cases))
    @rule(which=NUMBERS)
    def reinstate(self, which: int) -> None:
        """A lost dispute is won after all."""
        self._reinstate(which)

    def _reinstate(self, which: int) -> None:
        case = pick([case for case in self.world.cases if case.status == "lost"], which)
        self.world.reinstate(case)
        if case.status == "reinstated":
            self.world.note("dispute lost, then won")

    @precondition(lambda self: self.unpaid())
    @rule(on=st.booleans())
    def late_fees(self, on: bool) -> None:
        """From now on the fees of charges are (not) known at once."""
        self.world.sandbox.late_fees(on=on)

    @precondition(lambda self: self.some("paid"))
    @rule()
    def release_fees(self) -> None:
        """Stripe tells the fees that it kept back."""
        if self.world.sandbox.release_fees()["charges"]:
            self.world.note("late fee")

    @rule(which=NUMBERS, what=st.sampled_from(["amount", "currency", "livemode"]))
    def pay_what_was_not_asked(self, which: int, what: str) -> None:
        """A session says something that was never asked for, and is paid like that."""
        place = pick(self.world.places, which)
        with suppress(seats.FullError):
            attempt = self.world.start(place, self.world.gift(place))
            self._tamper(attempt, what)
            if self.world.pay(attempt) == "succeeded":
                self.world.note(f"paid with a wrong {what}")

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS, what=st.sampled_from(["amount", "currency", "livemode"]))
    def tamper(self, which: int, what: str) -> None:
        """Any session, paid or not, suddenly says something else."""
        self._tamper(pick(self.world.attempts, which), what)

    def _tamper(self, attempt: Attempt, what: str) -> None:
        minor = attempt.gift.amount.minor
        value = {"amount": minor + 500, "currency": "chf", "livemode": True}[what]
        if self.world.ask("tamper", session=attempt.session, **{what: value}) is not None:
            attempt.tampered = what

    def _waiting(self) -> list[Booking]:
        rows = Booking.objects.filter(state=BookingState.NEEDS_ATTENTION)
        return list(rows.select_related("workshop").order_by("pk"))

    @precondition(lambda self: self._waiting())
    @rule(which=NUMBERS, refunded=st.booleans())
    def choose(self, which: int, refunded: bool) -> None:
        """A donor without a seat asks for the money back, or leaves it as a gift."""
        booking = pick(self._waiting(), which)
        if not refunded:
            attention.keep(booking.pk)
            self.world.note("kept as a gift")
            return
        # Stripe refuses while the charge is disputed: the choice stays open.
        with suppress(GatewayError, attention.NothingToChooseError):
            attention.give_back(booking, gateway=self.world.gateway)
            self.world.note("given back")

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS)
    def cancel_seat(self, which: int) -> None:
        """An attendee gives the seat back, paid or not."""
        bookings = list(Booking.objects.select_related("workshop").order_by("pk"))
        if not bookings:
            return
        before = pick(bookings, which).state
        with suppress(GatewayError, settlement.BusyError):
            after = cancelling.cancel_seat(pick(bookings, which), gateway=self.world.gateway)
            if before != after.state == BookingState.CANCELLED:
                self.world.note("seat given back")
