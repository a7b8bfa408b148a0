"""One small world: campaigns on two Stripe accounts, their visitors, and what is true at Stripe.

What was paid is known from the sandbox's own answers, never from the product.
"""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from donations.gateway import Gateway, GatewayError
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import checkout, inbox, offers, settlement
from events.models import Booking, Workshop
from events.services.seating import seats, waiting_list
from events.services.seating.seats import Companion, Payer
from events.states import Destination
from fundraiser.core import clock as product_clock
from fundraiser.core.money import Money, step
from tests.machine.things import Attempt, Case, Place
from tests.support.cast import deliver, make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.sandbox import SandboxControl

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONNECTED = "acct_1MachineCharity"
DRAIN_LIMIT = 60

Thing = TypeVar("Thing")


@dataclass
class World:
    """Everything that a scenario acts on. ``reached`` counts what happened, by name."""

    sandbox: SandboxControl
    client: Client
    clock: Clock
    reached: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        tables = [
            connection.ops.quote_name(model._meta.db_table)
            for label in ("events", "donations")
            for model in apps.get_app_config(label).get_models()
        ]
        # DELETE: a TRUNCATE of so many small tables takes a hundred times longer.
        self._empty = "SET LOCAL session_replication_role = replica; " + "; ".join(
            f"DELETE FROM {table}" for table in tables
        )

    @property
    def gateway(self) -> Gateway:
        return for_visitors()

    def begin(
        self, *, currency: str = "USD", capacities: Sequence[int] = (2, 3), dates: bool = False
    ) -> None:
        """Empty everything: a campaign in euros on the site's account, one on a connected one.

        With ``dates`` each has a second workshop.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self._empty)
        self.clock.set(BEGIN)
        self.sandbox.reset()
        self.sandbox.hold_deliveries()
        self.sandbox.post("clock", now=int(BEGIN.timestamp()), freeze=True)
        self.sandbox.post("connect", account=CONNECTED)
        own = make_campaign(currency="EUR")
        connected = make_campaign(
            currency=currency,
            destination=Destination.CHARITY,
            stripe_account=CONNECTED,
            team=own.team,
        )
        self.campaigns = [own, connected]
        shops = [
            make_workshop(campaign, capacity=capacity, offer_minutes=90)
            for campaign, capacity in zip(self.campaigns, capacities, strict=True)
        ]
        #: Second dates, to which people are moved and that may be cancelled.
        self.later = [make_workshop(one, capacity=6) for one in self.campaigns] if dates else []
        self.places = [Place(one.campaign, one) for one in shops]
        self.places += [Place(one, None) for one in self.campaigns]
        self.attempts: list[Attempt] = []
        self.refunds: list[tuple[str, Attempt]] = []
        self.cases: list[Case] = []
        self.booking_states: dict[int, str] = {}
        self.visits = itertools.count()
        #: So many gifts were entered by hand: a few are as good as many.
        self.by_hand = 0

    # --- visitors -----------------------------------------------------------------------------
    def gift(
        self,
        place: Place,
        *,
        steps: int = 20,
        seats: int = 1,
        visitor: int | None = None,
        companions: tuple[Companion, ...] = (),
    ) -> checkout.Gift:
        """Fill in a form: ``steps`` hundred of the currency's smallest steps; visitor n's address.

        Without ``visitor`` somebody new comes.
        """
        currency = place.campaign.currency
        number = next(self.visits)
        person = f"visitor{visitor}" if visitor is not None else f"new{number}"
        email = place.booking.email if place.booking else f"{person}@example.org"
        return checkout.Gift(
            amount=Money(steps * 100 * step(currency), currency),
            cover=Money(0, currency),
            payer=Payer(
                name=person.title(),
                email=email,
                language="en",
                seats=len(companions) + 1 if companions else seats,
                companions=companions,
            ),
            visit=uuid.uuid5(uuid.NAMESPACE_OID, f"visit {number}"),
        )

    def start(self, place: Place, gift: checkout.Gift) -> Attempt:
        """Send a form; raises what checkout raises."""
        donation = self._donation(place, gift)
        known = next((one for one in self.attempts if one.donation == donation.pk), None)
        if known is not None:
            return known
        attempt = Attempt(donation.pk, donation.session_id or "", place, gift)
        if attempt.session:
            self.attempts.append(attempt)
        return attempt

    def _donation(self, place: Place, gift: checkout.Gift) -> Donation:
        if place.booking is None:
            return checkout.start(
                campaign=place.campaign, workshop=place.workshop, gift=gift, gateway=self.gateway
            )
        booking = Booking.objects.select_related("workshop__campaign").get(pk=place.booking.pk)
        try:
            return offers.start(booking=booking, gift=gift, gateway=self.gateway)
        except seats.OverError as error:
            raise seats.FullError(str(error)) from error

    def begun(self, place: int = 0, **form: Any) -> Attempt:
        """Start a checkout at ``places[place]``."""
        return self.start(self.places[place], self.gift(self.places[place], **form))

    def wait(self, workshop: Workshop, name: str, *, seats: int = 1) -> Booking | None:
        """Join the line of a full workshop."""
        payer = Payer(name=name.title(), email=f"{name}@example.org", language="en", seats=seats)
        nonce = uuid.uuid5(uuid.NAMESPACE_OID, f"line {next(self.visits)}")
        return waiting_list.join(workshop=workshop, payer=payer, nonce=nonce)

    def other_date(self, workshop: Workshop) -> Workshop:
        """Return the campaign's other date."""
        dates = (*(one.workshop for one in self.places), *self.later)
        return next(
            one
            for one in dates
            if one is not None and one.campaign == workshop.campaign and one != workshop
        )

    # --- Stripe -------------------------------------------------------------------------------
    def ask(self, control: str, **body: Any) -> Any:
        """Call a control of the sandbox; None where it refuses as Stripe would."""
        try:
            return self.sandbox.post(control, **body)
        except AssertionError as refused:
            if not any(f": {status} " in str(refused) for status in (400, 402, 404)):
                raise
            return None

    def pay(self, attempt: Attempt, **how: Any) -> str:
        """Pay a session; return succeeded, processing, declined, or refused (no longer open)."""
        answer = self.ask("pay", session=attempt.session, **how)
        if answer is None:
            return "refused"
        status = str(answer["status"])
        attempt.paid = attempt.paid or status == "succeeded"
        attempt.processing = status == "processing"
        return status

    def settle_debit(self, attempt: Attempt, *, succeeded: bool) -> bool:
        """End a bank debit; return whether there was one."""
        done = self.ask("settle_debit", session=attempt.session, succeeded=succeeded) is not None
        if done:
            attempt.processing, attempt.paid = False, succeeded
        return done

    def refund(self, attempt: Attempt, *, minor: int | None = None) -> str | None:
        """Refund in Stripe's dashboard; return the refund's id, or None where Stripe refuses."""
        made = self.ask("refund", session=attempt.session, amount=minor)
        if made is None:
            return None
        self.refunds.append((made["id"], attempt))
        return str(made["id"])

    def tamper(self, attempt: Attempt, what: str, value: object) -> None:
        """Make a session say another amount, currency or livemode; unpaid, it is paid like that."""
        if self.ask("tamper", session=attempt.session, **{what: value}) is None:
            return
        attempt.tampered = what
        if isinstance(value, int) and what == "amount" and not (attempt.paid or attempt.processing):
            attempt.minor = value

    def dispute(self, attempt: Attempt, *, inquiry: bool = False) -> Case | None:
        """Open a dispute of the whole charge, or an inquiry that moves no money."""
        made = self.ask("dispute", session=attempt.session, inquiry=inquiry)
        if made is None:
            return None
        case = Case(made["id"], attempt, inquiry)
        self.cases.append(case)
        return case

    def close(self, case: Case, status: str) -> None:
        """Close a dispute as won or lost."""
        if self.ask("dispute_close", dispute=case.id, status=status) is not None:
            case.status = status

    def reinstate(self, case: Case) -> None:
        """Win a lost dispute after all."""
        if self.ask("dispute_reinstate", dispute=case.id) is not None:
            case.status = "reinstated"

    def advance(self, **parts: float) -> None:
        """Move both clocks on."""
        seconds = int(timedelta(**parts).total_seconds())
        self.clock.advance(seconds=seconds)
        self.sandbox.advance_clock(seconds)

    # --- webhooks -----------------------------------------------------------------------------
    def post(self, delivery: dict[str, Any], *, times: int = 1) -> None:
        """Post one signed delivery to the real view; every answer must be 200."""
        for _ in range(times):
            status = deliver(self.client, delivery)
            assert status == 200, f"{delivery['type']} was answered {status}"
        self.sandbox.drop(delivery["event"])

    def deliver_all(self) -> None:
        """Deliver everything that waits, in order, and apply it."""
        for delivery in self.sandbox.deliveries():
            self.post(delivery)
        inbox.apply_pending(gateway=self.gateway)

    def drop_all(self) -> None:
        """Lose everything that waits."""
        for delivery in self.sandbox.deliveries():
            self.sandbox.drop(delivery["event"])

    def clear_faults(self) -> None:
        """Use up the failures that were planned and did not happen."""
        for _ in range(DRAIN_LIMIT):
            if self.sandbox.get("fail_next")["left"] == 0:
                return
            self.use_up_one()
        raise AssertionError("planned failures do not end")

    def use_up_one(self) -> None:
        """Make one call to the API whose outcome matters to nobody."""
        with suppress(GatewayError):
            self.gateway.fetch_session("cs_none", account="")

    # --- the product --------------------------------------------------------------------------
    def apply(self, attempt: Attempt, *, gateway: Gateway | None = None) -> Donation:
        """Settle one donation."""
        return settlement.apply(attempt.donation, gateway=gateway or self.gateway)

    def donation(self, attempt: Attempt) -> Donation:
        """Read an attempt's donation anew, with its booking."""
        return Donation.objects.select_related("booking", "campaign").get(pk=attempt.donation)

    def note(self, *names: str) -> None:
        """Count that something happened."""
        self.reached.update(names)


def pick(things: Sequence[Thing], number: int) -> Thing:
    """Return one of the things by any number."""
    return things[number % len(things)]


def clock_of(world: World) -> Any:
    """Return the context in which the product's time is the world's."""
    return product_clock.using(world.clock.now)
