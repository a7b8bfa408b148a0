"""Rules of the machine: people wait for seats, are offered them, take them or leave them."""

# ruff: noqa: FBT001 -- Hypothesis passes a rule its values by name
from __future__ import annotations

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from donations.gateway import GatewayError
from donations.models import Donation
from donations.services import cancelling, offers, settlement, sweeper
from donations.states import Purpose
from events.models import Booking, Workshop
from events.services.seating import seats, waiting_list
from events.states import BookingState
from tests.machine.faults import dying_at
from tests.machine.rules_paying import NUMBERS, Rules
from tests.machine.world import Attempt, Place, pick

OFFER_POINTS = ("offer:taken", "offer:committed")
ANSWERS = st.sampled_from(["none", "card", "debit", "late"])
TABS = st.sampled_from([1, 1, 2])
PEOPLE = ("wanda", "willy", "wilma", "walter")


class WaitingRules(Rules):
    """The line, offers, groups, and more time."""

    def bookings(self, **values: object) -> list[Booking]:
        """Return bookings with their workshops, oldest first."""
        rows = Booking.objects.filter(**values).select_related("workshop__campaign")
        return list(rows.order_by("pk"))

    def open_offers(self) -> list[Booking]:
        """Return the holds that were offered."""
        return self.bookings(state=BookingState.HELD, offered_at__isnull=False)

    def in_line(self) -> list[Booking]:
        """Return who waits, anywhere."""
        return self.bookings(state=BookingState.WAITING)

    @rule(
        place=st.sampled_from([0, 0, 1]),
        people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3),
        wanted=st.sampled_from([1, 1, 1, 2]),
        answer=st.sampled_from(["stays full", "none", "card", "debit", "late"]),
        tabs=TABS,
    )
    def wait(self, place: int, people: list[str], wanted: int, answer: str, tabs: int) -> None:
        """Every seat is taken; people join the line; a seat may come free and be taken at once."""
        where = self.world.places[place]
        workshop = where.workshop
        assert workshop is not None
        bought = self._fill(where, workshop)
        for person in people:
            with suppress(waiting_list.NotFullError):
                joined = self.world.wait(workshop, person, seats=wanted)
                self.world.note("joined the line" if joined else "waits or has a seat already")
        if answer != "stays full" and bought is not None:
            self.world.ask("expire", session=bought.session)
            self.world.deliver_all()
            self._offer(workshop.pk)
            mine = [one for one in self.open_offers() if one.workshop_id == workshop.pk]
            if mine and answer != "none":
                self._take(mine[-1], 20, answer, tabs)

    def _fill(self, where: Place, workshop: Workshop) -> Attempt | None:
        workshop.refresh_from_db()
        left = workshop.seats_left
        if not left:
            return None
        with suppress(seats.FullError):  # it is free, but somebody waits for it
            gift = self.world.gift(where, seats=left)
            return self.world.start(where, gift)
        return None

    def _offer(self, workshop: int) -> None:
        made = waiting_list.offer(workshop)
        self.world.note(*["offered"] * made)

    @precondition(lambda self: self.in_line())
    @rule(which=NUMBERS)
    def offer(self, which: int) -> None:
        """A worker was woken because a seat came free."""
        self._offer(pick(self.in_line(), which).workshop_id)

    @precondition(lambda self: self.in_line())
    @rule(which=NUMBERS, first=st.integers(0, len(OFFER_POINTS) - 1))
    def die_offering(self, which: int, first: int) -> None:
        """Workers die while they offer."""
        workshop = pick(self.in_line(), which).workshop
        more = workshop.seats_taken + 2
        Workshop.objects.filter(pk=workshop.pk, capacity__lt=more).update(capacity=more)
        for point in OFFER_POINTS[first:]:
            with dying_at(point) as died:
                waiting_list.offer(workshop.pk)
            self.world.note(*(f"died at {name}" for name in died))

    @precondition(lambda self: self.open_offers())
    @rule(which=NUMBERS, steps=st.integers(10, 60), answer=ANSWERS, tabs=TABS)
    def take(self, which: int, steps: int, answer: str, tabs: int) -> None:
        """Somebody takes an offered seat, perhaps from two tabs with two amounts."""
        self._take(pick(self.open_offers(), which), steps, answer, tabs)

    def _take(self, booking: Booking, steps: int, answer: str, tabs: int) -> None:
        place = next(one for one in self.world.places if one.workshop == booking.workshop)
        place = Place(place.campaign, booking.workshop, booking)
        try:
            for tab in range(tabs):
                attempt = self.world.start(place, self.world.gift(place, steps=steps + tab))
        except seats.FullError:
            self.world.note("offer over")
            return
        self.world.note("two sessions of an offer" if tabs == 2 else "offer taken up")
        if answer == "late":
            self.world.ask("expire", session=attempt.session)
            self.world.pay(attempt, outcome="late")
            self.world.note("offer paid late")
        elif answer != "none":
            how = {} if answer == "card" else {"method": "sepa_debit"}
            paid = self.world.pay(attempt, **how)
            self.world.note(f"offer {paid}")

    @precondition(lambda self: self.open_offers())
    @rule(gone=st.booleans())
    def let_offers_end(self, gone: bool) -> None:
        """Nobody answers until the offers end; what comes free passes on."""
        before = {one.pk for one in self.open_offers()}
        self.world.advance(minutes=200 if gone else 91)
        sweeper.sweep(gateway=self.world.gateway)
        ended = Booking.objects.filter(pk__in=before, state=BookingState.EXPIRED).count()
        self.world.note(*["offer ended"] * ended)

    @precondition(lambda self: self.in_line() or self.open_offers())
    @rule(which=NUMBERS)
    def leave(self, which: int) -> None:
        """Somebody leaves the line, or lets an offer go."""
        booking = pick(self.in_line() + self.open_offers(), which)
        with suppress(GatewayError, settlement.BusyError):
            ended = cancelling.cancel_seat(booking, gateway=self.world.gateway)
            if ended.state == BookingState.CANCELLED:
                was = booking.state
                self.world.note("left the line" if was == BookingState.WAITING else "let it go")

    @precondition(lambda self: self.bookings(state=BookingState.HELD))
    @rule(which=NUMBERS, soon=st.booleans(), twice=st.booleans())
    def ask_for_more_time(self, which: int, soon: bool, twice: bool) -> None:
        """A visitor needs longer, mostly when the session is about to end."""
        booking = pick(self.bookings(state=BookingState.HELD), which)
        if soon:
            self.world.advance(minutes=40)
        held = booking.hold_expires_at
        for _ in range(2 if twice else 1):
            made = offers.extend(booking, gateway=self.world.gateway)
            booking.refresh_from_db()
            if made is None and booking.hold_expires_at != held:
                self.world.note("more time for a hold")
            elif made is not None:
                self._follow(made)

    def _follow(self, made: Donation) -> None:
        known = {one.donation for one in self.world.attempts}
        if made.pk in known or made.session_id is None:
            return
        mine = [
            one
            for one in self.world.attempts
            if self.world.donation(one).booking_id == made.booking_id
        ]
        if mine:  # else the visitor's browser never learned of the first one
            again = Attempt(made.pk, made.session_id, mine[-1].place, mine[-1].gift)
            again.minor = made.amount_minor
            self.world.attempts.append(again)
            self.world.note("more time for a session")

    @rule(place=st.sampled_from([0, 1]), paid=st.booleans())
    def bring_friends(self, place: int, paid: bool) -> None:
        """A group of named people on one gift."""
        where = self.world.places[place]
        friends = (seats.Companion("Fred", "fred@example.org"), seats.Companion("Fay"))
        with suppress(seats.FullError):
            attempt = self.world.start(where, self.world.gift(where, companions=friends))
            if paid and self.world.pay(attempt) == "succeeded":
                self.world.apply(attempt)
                self.world.note("group seated")
                self._check_group(attempt)

    def _check_group(self, attempt: Attempt) -> None:
        booking = self.world.donation(attempt).booking
        assert booking is not None
        if booking.state == BookingState.CONFIRMED:
            people = booking.registrations.order_by("position").values_list("name", flat=True)
            assert [*people][1:] == ["Fred", "Fay"]
            mails = booking.messages.filter(kind="confirmation")
            assert mails.filter(registration__name="Fred").count() == 1

    @precondition(lambda self: self.bookings(state=BookingState.HELD))
    @rule()
    def nobody_keeps_what_is_over(self) -> None:
        """After the sweeper came round, no hold without a session is past its end.

        An event that the first round applies may make an attempt give way: the second ends that.
        """
        for _ in range(2):
            sweeper.sweep(gateway=self.world.gateway)
        now = self.world.clock.now()
        over = Booking.objects.filter(state=BookingState.HELD, hold_expires_at__lte=now)
        assert not over.exists(), list(over)
        assert not Donation.objects.filter(
            purpose=Purpose.GIFT, booking__isnull=False, state="open", quarantine=""
        ).exists(), "what gave way to other money is still payable"
