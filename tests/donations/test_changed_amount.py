"""Who changes the amount, or the number of seats, before paying: what becomes of the seat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from donations.services import checkout, sweeper
from donations.services.checkout import SESSION_TIME
from events.models import Booking
from tests.donations.test_offers import states
from tests.machine.world import World


def test_who_changes_the_amount_does_not_lose_the_seat_to_the_line(world: World) -> None:
    world.begin(capacities=(1, 3))
    workshop = world.places[0].workshop
    assert workshop is not None
    first = world.begun()
    world.wait(workshop, "wanda")
    changed = replace(first.gift, amount=first.gift.amount + first.gift.amount)
    second = world.start(first.place, changed)
    booking = world.donation(first).booking
    assert booking is not None
    assert states(booking) == ("held", "expired", "open")
    assert booking.hold_expires_at is None
    assert world.pay(first) == "refused"
    assert world.pay(second) == "succeeded"
    world.deliver_all()
    assert states(booking) == ("confirmed", "expired", "paid")
    assert Booking.objects.get(email="wanda@example.org").state == "waiting"


def test_a_seat_whose_old_session_could_not_be_ended_is_not_sold(world: World) -> None:
    world.begin(capacities=(1, 3))
    first = world.begun()
    changed = replace(first.gift, amount=first.gift.amount + first.gift.amount)
    world.sandbox.fail_next(3, how="500", path="/v1/")
    with pytest.raises(checkout.UnreachableError):
        world.start(first.place, changed)
    world.clear_faults()
    booking = world.donation(first).booking
    assert booking is not None
    world.advance(minutes=10)
    sweeper.sweep(gateway=world.gateway)
    assert states(booking) == ("held", "open"), "it can still be paid"
    world.advance(seconds=SESSION_TIME.total_seconds())
    sweeper.sweep(gateway=world.gateway)
    assert states(booking) == ("expired", "expired")


def test_another_number_of_seats_is_another_booking(world: World) -> None:
    world.begin(capacities=(2, 3))
    first = world.begun()
    payer = replace(first.gift.payer, seats=2)
    second = world.start(first.place, replace(first.gift, payer=payer))
    assert world.donation(first).booking != world.donation(second).booking
    assert world.donation(first).state == "expired"
