"""Rules of the machine: money goes back, is fought over, or is not what was asked for."""

# ruff: noqa: FBT001 -- Hypothesis passes a rule its values by name
from __future__ import annotations

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from donations.gateway import GatewayError
from donations.services import cancelling, settlement
from events.models import Booking
from events.services.seating import seats
from events.states import BookingState
from tests.machine.rules_paying import NUMBERS, Rules
from tests.machine.world import Attempt, Case, pick


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
    @rule(which=NUMBERS, end=st.sampled_from([None, "won", "lost", "lost, then won"]))
    def dispute(self, which: int, end: str | None) -> None:
        """The donor disputes; the bank decides at once, later, or twice."""
        case = self.world.dispute(pick(self.some("paid"), which))
        if case is None:
            return
        self.world.note("dispute")
        if end is not None:
            self._close(case, "won" if end == "won" else "lost")
        if end == "lost, then won":
            self._reinstate(case)

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
    @rule(which=NUMBERS, status=st.sampled_from(["won", "lost"]))
    def close_dispute(self, which: int, status: str) -> None:
        """The bank decides."""
        open_cases = [case for case in self.world.cases if case.status == "open"]
        self._close(pick(open_cases, which), status)

    def _close(self, case: Case, status: str) -> None:
        self.world.close(case, status)
        self.world.note("inquiry closed" if case.inquiry else f"dispute {status}")

    @precondition(lambda self: any(case.status == "lost" for case in self.world.cases))
    @rule(which=NUMBERS)
    def reinstate(self, which: int) -> None:
        """A lost dispute is won after all."""
        self._reinstate(pick([case for case in self.world.cases if case.status == "lost"], which))

    def _reinstate(self, case: Case) -> None:
        self.world.reinstate(case)
        if case.status == "reinstated":
            self.world.note("dispute lost, then won")

    @rule(which=NUMBERS, told=st.booleans())
    def pay_with_a_late_fee(self, which: int, told: bool) -> None:
        """A charge whose fee Stripe does not know yet; the rest may be settled meanwhile."""
        place = pick(self.world.places, which)
        self.world.sandbox.late_fees(on=True)
        with suppress(seats.FullError):
            self.world.pay(self.world.start(place, self.world.gift(place)))
        self.world.sandbox.late_fees(on=False)
        if told:
            self.world.deliver_all()

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
        self.world.tamper(attempt, what, value)

    def not_asked(self) -> list[Attempt]:
        """Attempts that were paid, and whose session says what was never asked for."""
        return [one for one in self.some("paid") if one.tampered]

    @precondition(lambda self: self.not_asked())
    @rule(which=NUMBERS, told=st.booleans(), returns=st.booleans())
    def refund_what_was_not_asked(self, which: int, told: bool, returns: bool) -> None:
        """The organizer gives it back whole in Stripe's dashboard; it may come back."""
        attempt = pick(self.not_asked(), which)
        was_quarantined = bool(self.world.donation(attempt).quarantine)
        refund = self.world.refund(attempt)
        if refund is None:
            return
        if told:
            self.world.apply(attempt)
            donation = self.world.donation(attempt)
            if was_quarantined and not donation.quarantine:
                self.world.note(f"quarantined, given back: {donation.state}")
        if returns:
            self._fail(refund)
            if told and self.world.apply(attempt).quarantine:
                self.world.note("quarantined again")

    @precondition(lambda self: self.waiting())
    @rule(which=NUMBERS, choice=st.sampled_from(["refund", "keep"]))
    def choose(self, which: int, choice: str) -> None:
        """A donor without a seat asks for the money back, or leaves it as a gift."""
        self.decide(pick(self.waiting(), which), choice)

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
