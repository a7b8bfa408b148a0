"""Rules of the machine: visitors start and pay, sessions end."""

# ruff: noqa: FBT001 -- Hypothesis passes a rule its values by name
from __future__ import annotations

import dataclasses
from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from donations.gateway import GatewayError
from donations.services import late_choices
from events.models import Booking
from events.services.seating import seats
from events.states import BookingState
from fundraiser.core.money import Money, step
from tests.machine.world import Attempt, World, pick

NUMBERS = st.integers(0, 63)
CARDS = {
    "paid by card": {"card": "4242424242424242"},
    "paid with 3-D Secure": {"card": "4000002500003155"},
    "failed 3-D Secure": {"card": "4000002500003155", "outcome": "fail_authentication"},
    "declined": {"card": "4000000000000002"},
    "declined for funds": {"card": "4000000000009995"},
}
DEBIT = {"method": "sepa_debit"}
DEBITS = ("debit", "debit arrives", "debit fails")
_HOW = {"card": "paid by card", "secure": "paid with 3-D Secure"}
LATE = ("card", "card", "debit")


class Rules(RuleBasedStateMachine):
    """What all rules share. The world is set by the test that runs the machine."""

    world: World

    def with_attempts(self) -> bool:
        """Whether anybody has started."""
        return bool(self.world.attempts)

    def some(self, which: str) -> list[Attempt]:
        """Attempts of which ``which`` (paid, processing, ended) is true."""
        return [one for one in self.world.attempts if getattr(one, which)]

    def unpaid(self) -> list[Attempt]:
        """Attempts that may still be payable."""
        return [one for one in self.world.attempts if not (one.paid or one.processing or one.ended)]

    def waiting(self) -> list[Booking]:
        """Bookings with late money and no seat."""
        rows = Booking.objects.filter(state=BookingState.NEEDS_ATTENTION)
        return list(rows.select_related("workshop").order_by("pk"))

    def decide(self, booking: Booking, choice: str) -> None:
        """Let its donor choose: refund, or keep."""
        if choice == "keep":
            late_choices.keep(booking.pk)
            self.world.note("kept as a gift")
            return
        # Stripe refuses while the charge is disputed: the choice stays open.
        with suppress(GatewayError, late_choices.NothingToChooseError):
            late_choices.give_back(booking, gateway=self.world.gateway)
            self.world.note("given back")


class PayingRules(Rules):
    """Start, pay, pay late, expire."""

    @rule(
        place=NUMBERS,
        steps=st.integers(10, 60),
        seats_wanted=st.sampled_from([1, 1, 1, 2]),
        visitor=st.sampled_from([None, None, 1, 2]),
        how=st.sampled_from([None, None, "card", "secure", *DEBITS]),
    )
    def start(
        self, place: int, steps: int, seats_wanted: int, visitor: int | None, how: str | None
    ) -> None:
        """A visitor sends the form, and mostly pays at once."""
        where = pick(self.world.places, place)
        gift = self.world.gift(where, steps=steps, seats=seats_wanted, visitor=visitor)
        try:
            attempt = self.world.start(where, gift)
        except seats.FullError:
            self.world.note("full")
            return
        if where.workshop is None:
            self.world.note("gift without a seat")
        if how is not None:
            self._pay(attempt, _HOW.get(how, "debit"))
        if how in {"debit arrives", "debit fails"}:
            self._settle(attempt, succeeded=how == "debit arrives")

    def _pay(self, attempt: Attempt, name: str, **more: str) -> None:
        status = self.world.pay(attempt, **(DEBIT if name == "debit" else CARDS[name]), **more)
        if status == "refused":
            self.world.note("refused by Stripe: no longer open")
            return
        self.world.note(f"debit {status}" if name == "debit" else name)
        assert (status == "succeeded") == name.startswith("paid") or name == "debit"

    @precondition(lambda self: self.unpaid())
    @rule(which=NUMBERS, names=st.lists(st.sampled_from([*CARDS, "debit"]), min_size=1, max_size=3))
    def pay(self, which: int, names: list[str]) -> None:
        """A visitor tries cards or a bank debit until one is taken."""
        attempt = pick(self.unpaid(), which)
        for name in names:
            if not (attempt.paid or attempt.processing):
                self._pay(attempt, name)

    @precondition(lambda self: self.some("processing"))
    @rule(which=NUMBERS, succeeded=st.booleans())
    def settle_debit(self, which: int, succeeded: bool) -> None:
        """The bank answers."""
        self._settle(pick(self.some("processing"), which), succeeded=succeeded)

    def _settle(self, attempt: Attempt, *, succeeded: bool) -> None:
        if self.world.settle_debit(attempt, succeeded=succeeded):
            attempt.ended = not succeeded
            self.world.note("debit arrived" if succeeded else "debit failed")

    @precondition(lambda self: self.with_attempts())
    @rule(which=NUMBERS)
    def submit_again(self, which: int) -> None:
        """The same form once more: a double click, a reload, the back button."""
        attempt = pick(self.world.attempts, which)
        try:
            again = self.world.start(attempt.place, attempt.gift)
        except seats.FullError:
            self.world.note("full")
            return
        same = again.donation == attempt.donation
        self.world.note("same form, same donation" if same else "same form after its end")

    @precondition(lambda self: self.unpaid())
    @rule(which=NUMBERS, steps=st.integers(61, 80))
    def change_the_amount(self, which: int, steps: int) -> None:
        """Back from Stripe, another amount in the same form."""
        attempt = pick(self.unpaid(), which)
        currency = attempt.gift.amount.currency
        amount = Money(steps * 100 * step(currency), currency)
        try:
            self.world.start(attempt.place, dataclasses.replace(attempt.gift, amount=amount))
        except seats.FullError:
            self.world.note("full")
            return
        self.world.note("another amount")

    @precondition(lambda self: self.unpaid())
    @rule(which=NUMBERS, late=st.sampled_from([None, "card", "debit"]))
    def expire(self, which: int, late: str | None) -> None:
        """Stripe ends a session; the money may have been on its way all the same."""
        attempt = pick(self.unpaid(), which)
        self.world.ask("expire", session=attempt.session)
        if late is not None:
            self._late(attempt, late)

    @precondition(lambda self: self.unpaid())
    @rule(which=NUMBERS, how=st.sampled_from(["card", "debit"]))
    def pay_late(self, which: int, how: str) -> None:
        """Money of an expired session arrives after all."""
        self._late(pick(self.unpaid(), which), how)

    def _late(self, attempt: Attempt, how: str) -> None:
        self._pay(attempt, "paid by card" if how == "card" else "debit", outcome="late")
        self.world.note("paid late")

    @rule(
        which=NUMBERS,
        crowded=st.sampled_from([True, True, False]),
        how=st.sampled_from(LATE),
        choice=st.sampled_from([None, "refund", "keep"]),
    )
    def be_too_late(self, which: int, crowded: bool, how: str, choice: str | None) -> None:
        """A seat is released; others may take it; then the money for it arrives after all."""
        place = pick(self.world.places[:2], which)
        try:
            attempt = self.world.start(place, self.world.gift(place))
        except seats.FullError:
            self.world.note("full")
            return
        self.world.ask("expire", session=attempt.session)
        self.world.deliver_all()
        if crowded:
            assert place.workshop is not None
            place.workshop.refresh_from_db()
            left = place.workshop.seats_left
            if left:
                with suppress(seats.FullError):  # it is free, but somebody waits for it
                    self.world.start(place, self.world.gift(place, seats=left))
        self._late(attempt, how)
        if choice is not None:
            self.world.deliver_all()
            self._note_what_became_of_it(attempt)
            for booking in self.waiting()[:1]:
                self.decide(booking, choice)

    def _note_what_became_of_it(self, attempt: Attempt) -> None:
        booking = self.world.donation(attempt).booking
        if attempt.paid and booking is not None:
            self.world.note(f"late money: booking {booking.state}")
