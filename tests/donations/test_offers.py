"""Paying for an offered seat: several sessions of one booking, one after the other; more time."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from donations.models import Donation
from donations.services import checkout, invariants, offers, parameters, sweeper
from donations.services.checkout import SESSION_TIME
from events.models import Booking, Workshop
from events.services.seating import holds, seats
from fundraiser.core import clock
from tests.machine.world import Attempt, World
from tests.support.cast import make_gift

OFFER = timedelta(hours=4)


@pytest.fixture
def offered(world: World) -> Booking:
    """A booking with an offer that runs four hours, in a workshop with one seat."""
    world.begin(capacities=(1, 3))
    return offer_to(world, "wanda")


def offer_to(world: World, *names: str) -> Booking:
    """Sell the one seat, let people wait for it, and give it back; return who is offered it."""
    workshop = world.places[0].workshop
    assert workshop is not None
    Workshop.objects.filter(pk=workshop.pk).update(offer_minutes=OFFER // timedelta(minutes=1))
    attempt = world.begun()
    for name in names:
        world.wait(workshop, name)
        world.advance(seconds=1)
    world.ask("expire", session=attempt.session)
    world.deliver_all()
    sweeper.sweep(gateway=world.gateway)
    world.attempts.clear()
    return Booking.objects.select_related("workshop__campaign").get(state="held")


def take(world: World, booking: Booking, minor: int = 2000, **how: Any) -> Attempt:
    """Send the form of an offer, each time from another tab unless ``visit`` is given."""
    gift = make_gift(minor, currency="EUR", visit=how.pop("visit", None), email=booking.email)
    found = Booking.objects.select_related("workshop__campaign").get(pk=booking.pk)
    donation = offers.start(booking=found, gift=replace(gift, **how), gateway=world.gateway)
    return Attempt(donation.pk, donation.session_id or "", world.places[0], gift)


def states(booking: Booking) -> tuple[str, ...]:
    """Return the booking's state, and those of its donations in order."""
    booking.refresh_from_db()
    donations = Donation.objects.filter(booking=booking).order_by("pk")
    return booking.state, *donations.values_list("state", flat=True)


def test_the_same_form_twice_is_the_same_session(world: World, offered: Booking) -> None:
    visit = uuid.uuid4()
    assert take(world, offered, visit=visit) == take(world, offered, visit=visit)
    assert states(offered) == ("held", "open")
    assert offered.hold_expires_at is None


@pytest.mark.parametrize("visit", [None, uuid.uuid4()], ids=["two tabs", "back button"])
def test_another_amount_replaces_the_session_and_keeps_the_seat(
    world: World,
    offered: Booking,
    visit: uuid.UUID | None,
) -> None:
    first = take(world, offered, 2000, visit=visit)
    second = take(world, offered, 5000, visit=visit)
    assert states(offered) == ("held", "expired", "open")
    assert world.pay(first) == "refused"
    assert world.pay(second) == "succeeded"
    world.deliver_all()
    assert states(offered) == ("confirmed", "expired", "paid")
    assert take(world, offered, 1000).donation == second.donation, "nothing is left to pay"


def test_an_unpaid_session_gives_the_seat_back_to_the_offer(
    world: World,
    offered: Booking,
) -> None:
    end = offered.hold_expires_at
    take(world, offered)
    world.advance(seconds=SESSION_TIME.total_seconds() + 1)
    world.deliver_all()
    assert states(offered) == ("held", "expired")
    assert offered.hold_expires_at == end
    assert world.pay(take(world, offered)) == "succeeded"


def test_a_session_that_outlives_the_offer_decides(world: World, offered: Booking) -> None:
    world.advance(seconds=(OFFER - timedelta(seconds=60)).total_seconds())
    attempt = take(world, offered)
    world.advance(minutes=30)
    sweeper.sweep(gateway=world.gateway)
    assert states(offered) == ("held", "open"), "never sold while it can still be paid"
    world.advance(seconds=SESSION_TIME.total_seconds())
    sweeper.sweep(gateway=world.gateway)
    assert states(offered) == ("expired", "expired")
    assert world.pay(attempt) == "refused"


def test_who_lets_the_seat_go_lets_the_offer_go(world: World) -> None:
    world.begin(capacities=(1, 3))
    offered = offer_to(world, "wanda", "willy")
    attempt = take(world, offered)
    token = parameters.token(world.donation(attempt))
    world.client.post(f"/checkout/{token}/release/")
    assert states(offered) == ("expired", "expired")
    sweeper.sweep(gateway=world.gateway)
    assert Booking.objects.get(state="held").email == "willy@example.org"


def test_late_money_of_a_replaced_session_takes_the_seat_and_ends_the_other(
    world: World,
    offered: Booking,
) -> None:
    first = take(world, offered, 2000)
    second = take(world, offered, 5000)
    world.pay(first, outcome="late")
    world.deliver_all()
    assert states(offered) == ("confirmed", "paid", "open")
    sweeper.sweep(gateway=world.gateway)
    assert states(offered) == ("confirmed", "paid", "expired")
    assert world.pay(second) == "refused"


def test_late_money_after_the_seat_was_paid_is_one_more_gift(
    world: World,
    offered: Booking,
) -> None:
    first = take(world, offered, 2000)
    assert world.pay(take(world, offered, 5000)) == "succeeded"
    world.deliver_all()
    world.pay(first, outcome="late")
    world.deliver_all()
    assert states(offered) == ("confirmed", "paid", "paid")
    assert world.donation(first).purpose == "gift"


def test_a_debit_of_a_replaced_session_that_fails_leaves_the_other_alone(
    world: World,
    offered: Booking,
) -> None:
    first = take(world, offered, 2000)
    assert world.pay(take(world, offered, 5000)) == "succeeded"
    world.deliver_all()
    world.pay(first, method="sepa_debit", outcome="late")
    world.deliver_all()
    world.settle_debit(first, succeeded=False)
    world.deliver_all()
    assert states(offered) == ("confirmed", "failed", "paid")


def test_an_offer_is_over_at_its_end_and_not_before(world: World, offered: Booking) -> None:
    world.advance(seconds=OFFER.total_seconds())
    with pytest.raises(seats.OverError):
        take(world, offered)
    world.advance(seconds=-1)
    assert world.pay(take(world, offered)) == "succeeded"


def test_an_offer_is_extended_once(world: World, offered: Booking) -> None:
    end = offered.hold_expires_at
    assert end is not None
    assert offers.can_extend(offered)
    for _ in range(2):
        assert offers.extend(offered, gateway=world.gateway) is None
        offered.refresh_from_db()
        assert offered.hold_expires_at == end + holds.MORE_TIME
    assert not offers.can_extend(offered)
    take(world, offered)
    world.ask("expire", session=Donation.objects.get(booking=offered).session_id)
    world.deliver_all()
    offered.refresh_from_db()
    assert offered.hold_expires_at == end + holds.MORE_TIME


def test_nothing_is_kept_beyond_the_start(world: World, offered: Booking) -> None:
    end = offered.hold_expires_at
    assert end is not None
    start = end + timedelta(minutes=10)
    Workshop.objects.filter(pk=offered.workshop_id).update(starts_at=start)
    offers.extend(offered, gateway=world.gateway)
    offered.refresh_from_db()
    assert offered.hold_expires_at == start


def _about_to_end(world: World) -> tuple[Attempt, Booking]:
    """Somebody stands on Stripe's page whose session ends in ten minutes."""
    world.begin(capacities=(1, 3))
    attempt = world.begun()
    world.advance(seconds=(SESSION_TIME - timedelta(minutes=10)).total_seconds())
    donation = world.donation(attempt)
    assert donation.booking is not None
    return attempt, Booking.objects.select_related("workshop__campaign").get(pk=donation.booking_id)


def test_a_session_about_to_end_is_followed_by_one_more(world: World) -> None:
    attempt, booking = _about_to_end(world)
    made = offers.extend(booking, gateway=world.gateway)
    assert made is not None
    again = offers.extend(booking, gateway=world.gateway)
    assert again == made, "a double click leads to the same page"
    assert states(booking) == ("held", "expired", "open")
    assert booking.hold_expires_at is None
    assert world.pay(attempt) == "refused"
    assert made.session_expires_at == clock.now().replace(microsecond=0) + SESSION_TIME

    world.advance(minutes=50)
    assert not offers.can_extend(booking), "once"
    world.attempts.append(Attempt(made.pk, made.session_id or "", attempt.place, attempt.gift))
    assert world.pay(world.attempts[-1]) == "succeeded"
    world.deliver_all()
    assert states(booking) == ("confirmed", "expired", "paid")


def test_the_same_form_after_more_time_leads_to_the_new_session(world: World) -> None:
    attempt, booking = _about_to_end(world)
    made = offers.extend(booking, gateway=world.gateway)
    assert made is not None
    assert world.start(attempt.place, attempt.gift).donation == made.pk
    other = replace(attempt.gift, amount=attempt.gift.amount + attempt.gift.amount)
    assert world.start(attempt.place, other).donation != made.pk
    assert states(booking) == ("held", "expired", "expired", "open"), "the seat was kept for it"


def test_a_session_with_much_time_left_gets_no_more(world: World) -> None:
    world.begin(capacities=(1, 3))
    donation = world.donation(world.begun())
    booking = donation.booking
    assert booking is not None
    assert not offers.can_extend(booking)
    assert offers.extend(booking, gateway=world.gateway) is None
    assert states(booking) == ("held", "open")


def test_more_time_that_was_cut_short_ends_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _attempt, booking = _about_to_end(world)
    with monkeypatch.context() as patch:
        patch.setattr(offers, "_renewed", lambda _booking, _old: pytest.fail("cut short"))
        with pytest.raises(pytest.fail.Exception):
            offers.extend(booking, gateway=world.gateway)
    assert states(booking) == ("held", "expired")
    world.advance(seconds=holds.MORE_TIME.total_seconds())
    sweeper.sweep(gateway=world.gateway)
    assert states(booking) == ("expired", "expired")


def test_money_that_was_quicker_than_the_wish_for_more_time_seats(world: World) -> None:
    attempt, booking = _about_to_end(world)
    world.pay(attempt)
    paid = offers.extend(booking, gateway=world.gateway)
    assert paid is not None
    assert (paid.pk, paid.state) == (attempt.donation, "paid")
    assert states(booking) == ("confirmed", "paid")


def test_a_silent_stripe_keeps_the_seat(world: World, offered: Booking) -> None:
    take(world, offered, 2000)
    world.sandbox.fail_next(3, how="500", path="/v1/")
    with pytest.raises(checkout.UnreachableError):
        take(world, offered, 5000)
    world.clear_faults()
    assert states(offered) == ("held", "open")


def _broken() -> set[str]:
    return {one.promise for one in invariants.broken()}


def test_control_each_rule_of_the_line_is_seen_to_be_broken(
    world: World, broken_on_purpose: None
) -> None:
    world.begin(capacities=(1, 3))
    booking = offer_to(world, "wanda", "willy")
    assert _broken() == set()
    willy = Booking.objects.filter(state="waiting")
    for change, promise in (
        ({"hold_expires_at": clock.now()}, "who waits holds nothing and pays nothing"),
        ({"created_at": booking.created_at - timedelta(1)}, "seats are offered in the order"),
    ):
        before = willy.values(*change).get()
        willy.update(**change)
        assert [one for one in _broken() if one.startswith(promise)]
        willy.update(**before)
    Booking.objects.filter(pk=booking.pk).update(offered_at=None)
    willy.update(created_at=booking.created_at - timedelta(minutes=2))
    assert _broken() == {"no newcomer passes the line"}
    Booking.objects.update(state="waiting", email="wanda@example.org")
    assert "an address waits once for a workshop" in _broken()
