"""Rules of the machine: what organizers do with money and seats that are there already."""

# ruff: noqa: FBT001 -- Hypothesis passes a rule its values by name
from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from donations.gateway import GatewayError
from donations.models import CancellationChoice
from donations.services import (
    cancellations,
    moving,
    organizer_refunds,
    refund_run,
    settlement,
    totals,
)
from donations.services.declaring import offline
from donations.services.remitting import remittances
from donations.states import Choice, OfflineKind, RemittanceMethod, SeatAfter
from events.models import Booking, Workshop
from events.services.seating import seats
from events.services.seating.moving import CannotMoveError
from events.states import BookingState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.money import Money, step
from tests.machine.rules_paying import NUMBERS, Rules
from tests.machine.world import Place, pick

CHOICES = st.sampled_from([Choice.REFUND, Choice.KEEP, Choice.MOVE])
MOSTLY = st.sampled_from([True, True, False])
SILENT = st.sampled_from(["", "", "500", "after"])


class OrganizingRules(Rules):
    """Refunds that are ordered, other dates, a cancelled date, gifts by hand, transfers.

    Among them what visitors, Stripe and the network do, in short.
    """

    @rule(which=NUMBERS, steps=st.integers(10, 60), told=st.booleans())
    def give(self, which: int, steps: int, told: bool) -> None:
        """A visitor gives for a seat on any date, or without one."""
        later = [Place(one.campaign, one) for one in self.world.later]
        place = pick([*self.world.places, *later, *later], which)
        with suppress(seats.FullError, seats.ClosedError):
            self.world.pay(self.world.start(place, self.world.gift(place, steps=steps)))
            self.world.note("given")
        if told:
            self.world.deliver_all()

    @precondition(lambda self: self.some("paid"))
    @rule(lost=st.sampled_from([False, False, True]))
    def webhooks(self, lost: bool) -> None:
        """What Stripe tells arrives, or is lost for ever."""
        if lost:
            self.world.drop_all()
        else:
            self.world.deliver_all()

    @precondition(lambda self: self.some("paid"))
    @rule(which=NUMBERS, what=st.sampled_from(["refund", "dispute", "dispute lost"]))
    def money_goes_elsewhere(self, which: int, what: str) -> None:
        """A refund in Stripe's dashboard, or a dispute, of the same money."""
        attempt = pick(self.some("paid"), which)
        if what == "refund":
            self.world.refund(attempt, minor=attempt.minor // 10)
        elif (case := self.world.dispute(attempt)) is not None and what == "dispute lost":
            self.world.close(case, "lost")
        self.world.note(what)

    @precondition(lambda self: self.world.refunds)
    @rule(which=NUMBERS)
    def refund_comes_back(self, which: int) -> None:
        """The donor's bank does not take a refund that was ordered."""
        self._come_back(pick(self.world.refunds, which)[0])

    def _come_back(self, refund: str) -> None:
        if self.world.ask("fail_refund", refund=refund) is not None:
            self.world.note("failed refund")

    @precondition(lambda self: self.some("paid"))
    @rule(which=NUMBERS, part=st.sampled_from([None, 2, 10]), free=MOSTLY, silent=SILENT)
    def order_a_refund(self, which: int, part: int | None, free: bool, silent: str) -> None:
        """An organizer gives money back, all or a part; the seat may go, and Stripe may be silent.

        "after": Stripe does it, and says nothing.
        """
        attempt = pick(self.some("paid"), which)
        donation = self.world.donation(attempt)
        left = organizer_refunds.left_of(donation)
        amount = left if part is None else left.divided(part)
        if not amount:
            return
        goes = free and organizer_refunds.has_seat(donation)
        if silent:
            self.world.sandbox.fail_next(1, how=silent, path="/v1/")
            self.world.note("silence during a refund")
        with suppress(
            GatewayError,
            settlement.BusyError,
            organizer_refunds.TooMuchError,
            organizer_refunds.RefusedError,
        ):
            order = organizer_refunds.give_back(
                donation,
                nonce=uuid.uuid5(uuid.NAMESPACE_OID, f"order {next(self.world.visits)}"),
                amount=amount,
                reason="asked for",
                seat=SeatAfter.FREE if goes else SeatAfter.KEEP,
                gateway=self.world.gateway,
            )
            self.world.note("refund ordered", *(["seat freed with it"] if goes else []))
            if order.refund_id:
                self.world.refunds.append((order.refund_id, attempt))
                if which % 3 == 0:
                    self._come_back(order.refund_id)
        self.world.clear_faults()

    def seated(self) -> list[Booking]:
        """Bookings that have their seats."""
        rows = Booking.objects.filter(state=BookingState.CONFIRMED)
        return list(rows.select_related("workshop").order_by("pk"))

    @precondition(lambda self: self.some("paid"))
    @rule(which=NUMBERS)
    def move_to_another_date(self, which: int) -> None:
        """An organizer moves somebody to the other date of the campaign."""
        bookings = self.seated()
        if not bookings:
            return
        booking = pick(bookings, which)
        other = self.world.other_date(booking.workshop)
        with suppress(CannotMoveError, moving.GoesBackError, seats.FullError):
            moving.move(booking.pk, other.pk)
            self.world.note("moved to another date")

    def _later(self) -> list[Workshop]:
        """Later dates that take place, and where somebody has a seat."""
        rows = Workshop.objects.filter(
            pk__in=[one.pk for one in self.world.later],
            state=WorkshopState.PUBLISHED,
            bookings__state=BookingState.CONFIRMED,
        )
        return list(rows.distinct().order_by("pk").select_related("campaign"))

    @precondition(lambda self: self.some("paid") and self._later())
    @rule(
        which=NUMBERS,
        default=st.sampled_from([Choice.REFUND, Choice.REFUND, Choice.KEEP]),
        choices=st.lists(CHOICES, max_size=3),
        late=st.booleans(),
    )
    def cancel_a_date(self, which: int, default: Choice, choices: list[Choice], late: bool) -> None:
        """A later date is cancelled, its people are asked, and some of them answer at once."""
        shop = pick(self._later(), which)
        cancellations.cancel(
            shop,
            note="ill",
            default=default,
            deadline=clock.now() + timedelta(hours=1),
            offered=[self.world.other_date(shop)],
        )
        self.world.note("workshop cancelled")
        for number, choice in enumerate(choices):
            self._choose(number, choice)
        if choices:
            self._run_the_refunds(late=late)

    @precondition(lambda self: CancellationChoice.objects.filter(done_at=None).exists())
    @rule(which=NUMBERS, choice=CHOICES)
    def choose_after_cancelling(self, which: int, choice: Choice) -> None:
        """One of them chooses, perhaps anew."""
        self._choose(which, choice)

    def _choose(self, which: int, choice: Choice) -> None:
        rows = CancellationChoice.objects.filter(done_at=None).order_by("pk")
        waiting = list(rows.select_related("cancellation__workshop__campaign"))
        if not waiting:
            return
        found = pick(waiting, which)
        target = self.world.other_date(found.cancellation.workshop)
        with suppress(cancellations.TooLateError, CannotMoveError, seats.FullError):
            cancellations.choose(
                found.booking_id, choice, target=target if choice == Choice.MOVE else None
            )
            self.world.note(f"cancelled workshop: {choice}")

    @precondition(lambda self: CancellationChoice.objects.filter(done_at=None).exists())
    @rule(late=st.booleans())
    def run_the_refunds(self, late: bool) -> None:
        """The periodic job comes round, perhaps after the deadline."""
        self._run_the_refunds(late=late)

    def _run_the_refunds(self, *, late: bool) -> None:
        if late:
            self.world.advance(hours=2)
        with suppress(GatewayError, settlement.BusyError):
            organizer_refunds.finish_all(gateway=self.world.gateway)
            done = refund_run.run(gateway=self.world.gateway).done
            self.world.note(*(["refund of a cancelled workshop"] if done else []))

    @precondition(lambda self: self.with_attempts() and self.world.by_hand < 2)
    @rule(which=NUMBERS, steps=st.integers(1, 60), pledged=st.booleans())
    def enter_by_hand(self, which: int, steps: int, pledged: bool) -> None:
        """Cash that somebody brought, or promises."""
        campaign = pick(self.world.campaigns, which)
        entry = offline.Entry(
            kind=OfflineKind.MATCHING if pledged else OfflineKind.CASH,
            amount=Money(steps * 100 * step(campaign.currency), campaign.currency),
            received_on=clock.now().date(),
            visit=uuid.uuid5(uuid.NAMESPACE_OID, f"cash {next(self.world.visits)}"),
            pledged=pledged,
        )
        self.world.by_hand += 1
        offline.record(campaign=campaign, entry=entry, by=AnonymousUser())
        self.world.note("promised by hand" if pledged else "entered by hand")

    @precondition(lambda self: self.some("paid"))
    @rule(part=st.sampled_from([1, 2]))
    def send_on(self, part: int) -> None:
        """The team sends what it holds to the charity; more may be refunded afterwards."""
        campaign = self.world.campaigns[0]
        amount = totals.of_campaign(campaign).outstanding.divided(part)
        if amount.minor <= 0:
            return
        transfer = remittances.Transfer(
            amount=amount,
            sent_on=clock.now().date(),
            method=RemittanceMethod.BANK,
            reference="",
            note="",
            receipt="",
            receipt_is_public=False,
            more_is_meant=False,
            nonce=uuid.uuid5(uuid.NAMESPACE_OID, f"transfer {next(self.world.visits)}"),
        )
        remittances.record(campaign=campaign, transfer=transfer, user=AnonymousUser())
        self.world.note("sent on")
