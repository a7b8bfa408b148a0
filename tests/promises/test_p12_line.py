"""Promise 12, with the waiting list. An abandoned seat is for sale again within 60 s of Stripe
saying that the session expired, and never while it can still be paid: where people wait, it is
offered to the first of them, an offer that ends passes on, and no newcomer gets in between."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Exists
from django.test import Client

from donations.services import sweeper
from donations.services.checkout import SESSION_TIME
from events.models import Booking, Message, Workshop
from events.querysets import somebody_waits
from events.services import access
from events.services.seating import holds, seats, waiting_list
from events.services.seating.seats import FullError, Payer
from events.states import SEAT_HOLDING
from fundraiser.core import clock
from tests.machine.world import World
from tests.promises.test_p12_abandoned_seat import LIMIT, PERIOD, payable_without_a_seat
from tests.support.cast import make_campaign, make_workshop
from tests.support.killing import killed_command

#: tests/promises/test_kill_points.py holds these against what is declared.
POINTS = ("offer:taken", "offer:committed")
OFFER = timedelta(minutes=90)


def passed_the_line(workshop: Workshop) -> list[str]:
    """Return who got a seat though somebody who came before, and wanted no more, waits still."""
    line = Booking.objects.in_line(workshop.pk)
    seated = Booking.objects.filter(workshop=workshop).filter(state__in=SEAT_HOLDING)
    return [
        f"{one.email} has a seat, {first.email} waits"
        for first in line
        for one in seated.filter(created_at__gt=first.created_at, seats__gte=first.seats)
    ]


def names(*states: str) -> list[str]:
    """Return who has a booking in one of these states, in the order of coming."""
    rows = Booking.objects.filter(state__in=states).order_by("created_at", "pk")
    return [email.partition("@")[0] for email in rows.values_list("email", flat=True)]


def full_with_a_line(world: World, *waiting: str) -> Workshop:
    """One seat, sold to somebody on Stripe's page, and people who wait for it."""
    world.begin(capacities=(1, 3))
    workshop = world.places[0].workshop
    assert workshop is not None
    Workshop.objects.filter(pk=workshop.pk).update(offer_minutes=OFFER // timedelta(minutes=1))
    world.begun()
    for name in waiting:
        world.wait(workshop, name)
        world.advance(seconds=1)
    return workshop


def newcomer_is_refused(world: World) -> bool:
    """Whether somebody new gets no seat now."""
    try:
        world.begun()
    except FullError:
        return True
    return False


@pytest.mark.parametrize("phase", range(0, PERIOD + 1, 5))
def test_an_abandoned_seat_is_offered_within_60_s(world: World, phase: int) -> None:
    workshop = full_with_a_line(world, "wanda", "willy")
    (attempt,) = world.attempts
    left = world.donation(attempt).session_expires_at - clock.now()
    world.advance(seconds=left.total_seconds() - 1)
    sweeper.sweep(gateway=world.gateway)
    assert names("waiting") == ["wanda", "willy"], "it can still be paid for one second"

    world.advance(seconds=1)
    world.drop_all()
    waited = phase
    world.advance(seconds=phase)
    while not _offered(world, "wanda"):
        assert newcomer_is_refused(world)
        waited += PERIOD
        world.advance(seconds=PERIOD)
        assert waited <= LIMIT
    assert names("waiting") == ["willy"]
    assert newcomer_is_refused(world)
    assert passed_the_line(workshop) == []
    assert payable_without_a_seat(world) == []


def _offered(world: World, name: str) -> bool:
    sweeper.sweep(gateway=world.gateway)
    return name in names("held")


@pytest.mark.parametrize("phase", range(0, PERIOD + 1, 5))
def test_an_offer_that_ends_passes_on_within_60_s(world: World, phase: int) -> None:
    workshop = full_with_a_line(world, "wanda", "willy")
    world.advance(seconds=SESSION_TIME.total_seconds())
    assert _offered(world, "wanda")
    assert Message.objects.filter(kind="waiting_offer").count() == 1
    world.advance(seconds=OFFER.total_seconds() - 1)
    sweeper.sweep(gateway=world.gateway)
    assert names("held") == ["wanda"], "not a second too early"

    world.advance(seconds=1)
    waited = phase
    world.advance(seconds=phase)
    while not _offered(world, "willy"):
        waited += PERIOD
        world.advance(seconds=PERIOD)
        assert waited <= LIMIT
    assert names("expired")[-1] == "wanda"
    assert Message.objects.filter(kind="waiting_offer").count() == 2
    assert passed_the_line(workshop) == []


# --- races ----------------------------------------------------------------------------------------


def in_threads(calls: Iterable[Callable[[], object]]) -> list[str]:
    """Run calls at the same moment, each with a connection of its own; return their errors."""
    everything = list(calls)
    barrier = threading.Barrier(len(everything))
    errors: list[str] = []

    def run(call: Callable[[], object]) -> None:
        barrier.wait(20)
        try:
            call()
        except FullError:
            pass
        except Exception as error:  # noqa: BLE001 -- told to the test
            errors.append(repr(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(everything)) as pool:
        list(pool.map(run, everything))
    return errors


def buy(workshop: Workshop, name: str) -> Callable[[], object]:
    """Return a newcomer's attempt to hold a seat."""

    def call() -> None:
        payer = Payer(name, f"{name}@example.org", "en")
        with transaction.atomic():
            end = clock.now() + timedelta(hours=1)
            seats.hold(workshop=workshop, payer=payer, nonce=uuid.uuid4(), hold_expires_at=end)

    return call


def waits(workshop: Workshop, name: str, *, wanted: int = 1) -> Booking:
    """Let somebody wait."""
    payer = Payer(name, f"{name}@example.org", "en", seats=wanted)
    booking = waiting_list.join(workshop=workshop, payer=payer, nonce=uuid.uuid4())
    assert booking is not None
    return booking


def crowded(capacity: int, waiting: int) -> tuple[Workshop, list[Booking]]:
    """Return a full workshop whose seats are all held singly, with a line; and those holds."""
    workshop = make_workshop(make_campaign(), capacity=capacity)
    for number in range(capacity):
        buy(workshop, f"holder{number}")()
    held = list(Booking.objects.filter(workshop=workshop))
    for number in range(waiting):
        waits(workshop, f"waiting{number}")
    return workshop, held


def give_up(booking: Booking) -> Callable[[], object]:
    """Return a holder's letting go."""
    return lambda: holds.let_go(booking.pk)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_whatever_happens_at_once_the_first_in_the_line_get_the_seats() -> None:
    workshop, held = crowded(4, 6)
    calls = [give_up(one) for one in held]
    calls += [buy(workshop, f"newcomer{number}") for number in range(8)]
    calls += [lambda: waiting_list.offer(workshop.pk)] * 4
    errors = in_threads(calls)
    waiting_list.offer(workshop.pk)
    assert errors == [], "no deadlock"
    assert names("held") == [f"waiting{number}" for number in range(4)]
    assert names("waiting") == ["waiting4", "waiting5"]
    assert passed_the_line(workshop) == []
    assert Message.objects.filter(kind="waiting_offer").count() == 4


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_an_address_that_joins_many_times_at_once_waits_once() -> None:
    workshop, _held = crowded(1, 0)

    def again() -> None:
        payer = Payer("Wanda", "wanda@example.org", "en")
        waiting_list.join(workshop=workshop, payer=payer, nonce=uuid.uuid4())

    assert in_threads([again] * 8) == []
    assert names("waiting") == ["wanda"]


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_leaving_ending_and_offering_at_once_leaves_no_seat_lost() -> None:
    workshop, held = crowded(3, 4)
    line = list(Booking.objects.in_line(workshop.pk))

    def leave(booking: Booking) -> Callable[[], object]:
        return lambda: Client().post(f"/b/{access.booking_link(booking)}/cancel/")

    calls = [give_up(one) for one in held] + [leave(one) for one in line[:2]]
    calls += [lambda: waiting_list.offer(workshop.pk)] * 3
    calls += [lambda: waiting_list.end(workshop)]
    assert in_threads(calls) == []
    waiting_list.end(workshop)
    workshop.refresh_from_db()
    assert (workshop.seats_taken, names("waiting", "held")) == (0, [])


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_control_a_newcomer_who_does_not_look_at_the_line_is_seen(
    monkeypatch: pytest.MonkeyPatch, broken_on_purpose: None
) -> None:
    workshop, held = crowded(1, 1)
    holds.let_go(held[0].pk)
    with pytest.raises(FullError):
        buy(workshop, "newcomer")()
    nobody = Exists(Booking.objects.none())
    monkeypatch.setattr(seats, "somebody_waits", lambda: nobody)
    buy(workshop, "newcomer")()
    assert passed_the_line(workshop) == [
        "newcomer@example.org has a seat, waiting0@example.org waits"
    ]
    assert Workshop.objects.filter(somebody_waits()).exists()


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_offer_is_made_once_all_the_same(point: str) -> None:
    workshop, held = crowded(2, 3)
    for one in held:
        holds.let_go(one.pk)

    killed_command("sweep", point)

    done = ["waiting0"] if point == "offer:committed" else []
    assert names("held") == done
    assert Message.objects.filter(kind="waiting_offer").count() == len(done)
    workshop.refresh_from_db()
    assert workshop.seats_taken == len(done)

    assert waiting_list.offer_everywhere() == 2 - len(done)
    assert names("held") == ["waiting0", "waiting1"]
    assert Message.objects.filter(kind="waiting_offer").count() == 2
    assert passed_the_line(workshop) == []
