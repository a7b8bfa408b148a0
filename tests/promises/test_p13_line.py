"""Promise 13, with the waiting list. Payment landing 1 s before, at, or 1 s after expiry, of an
offer or of its session: a seat, or ``needs_attention`` with a way out; never neither."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from donations.models import Donation
from donations.services import offers, sweeper
from donations.services.checkout import SESSION_TIME
from events.models import Booking, Workshop
from events.services.seating import seats, waiting_list
from events.states import BOOKING_TABLE, BookingState
from fundraiser.core.transitions import advance
from tests.machine.world import Attempt, World
from tests.promises.test_p12_line import OFFER, full_with_a_line, names, passed_the_line
from tests.promises.test_p13_late_payment import MOMENTS, NEWS, _hear, neither
from tests.support.cast import make_gift


def offered(world: World, *waiting: str) -> tuple[Workshop, Booking]:
    """Return a workshop whose one seat has just been offered to the first who waits."""
    workshop = full_with_a_line(world, *waiting)
    world.advance(seconds=SESSION_TIME.total_seconds())
    world.deliver_all()
    assert waiting_list.offer(workshop.pk) == 1
    world.attempts.clear()
    rows = Booking.objects.select_related("workshop__campaign")
    return workshop, rows.get(state="held")


def take(world: World, booking: Booking) -> Attempt:
    """Send the form of the offer: a session is open then."""
    gift = make_gift(2000, currency="EUR", email=booking.email)
    donation = offers.start(booking=booking, gift=gift, gateway=world.gateway)
    attempt = Attempt(donation.pk, donation.session_id or "", world.places[0], gift)
    world.attempts.append(attempt)
    return attempt


@pytest.mark.parametrize(("moment", "news"), list(product(MOMENTS, NEWS)))
def test_around_the_offers_end_the_open_session_has_its_seat(
    world: World, moment: int, news: str
) -> None:
    workshop, booking = offered(world, "wanda", "willy")
    world.advance(seconds=OFFER.total_seconds() - 2)
    attempt = take(world, booking)
    world.advance(seconds=2 + moment)
    sweeper.sweep(gateway=world.gateway)
    assert world.pay(attempt) == "succeeded"
    _hear(world, attempt, news)
    assert neither(world, attempt) == []
    assert (names("confirmed"), names("waiting")) == (["wanda"], ["willy"])
    assert passed_the_line(workshop) == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_around_the_offers_end_the_form_is_taken_or_says_that_it_is_over(
    world: World, moment: int
) -> None:
    _workshop, booking = offered(world, "wanda", "willy")
    world.advance(seconds=OFFER.total_seconds() + moment)
    if moment < 0:
        assert world.pay(take(world, booking)) == "succeeded"
        return
    with pytest.raises(seats.OverError):
        take(world, booking)
    assert not Donation.objects.filter(booking=booking).exists(), "nobody pays for what is over"
    sweeper.sweep(gateway=world.gateway)
    assert names("held") == ["willy"]


@pytest.mark.parametrize(("moment", "news"), list(product(MOMENTS, NEWS)))
@pytest.mark.parametrize("others", [(), ("willy",)], ids=["nobody else waits", "somebody waits"])
def test_around_the_sessions_end_there_is_a_seat_or_a_way_out(
    world: World, moment: int, news: str, others: tuple[str, ...]
) -> None:
    workshop, booking = offered(world, "wanda", *others)
    world.advance(seconds=OFFER.total_seconds() - 60)
    attempt = take(world, booking)
    world.advance(seconds=SESSION_TIME.total_seconds() + moment)
    if moment >= 0:
        sweeper.sweep(gateway=world.gateway)  # Stripe said expired: the next one is offered
    how = {"outcome": "late"} if moment >= 0 else {}
    assert world.pay(attempt, **how) == "succeeded"
    _hear(world, attempt, news)
    assert neither(world, attempt) == []
    gone = moment >= 0 and others
    assert names("needs_attention" if gone else "confirmed") == ["wanda"]
    assert names("held") == (["willy"] if gone else [])
    assert passed_the_line(workshop) == []


def test_late_money_does_not_pass_those_who_wait_for_more_seats(world: World) -> None:
    """One seat is free, the only one who waits wants three: the late payer chooses, too."""
    world.begin(capacities=(3, 3))
    workshop = world.places[0].workshop
    assert workshop is not None
    attempt = world.begun()
    world.begun(seats=2)
    world.wait(workshop, "three", seats=3)
    world.ask("expire", session=attempt.session)
    world.deliver_all()
    assert waiting_list.offer(workshop.pk) == 0
    assert world.pay(attempt, outcome="late") == "succeeded"
    _hear(world, attempt, "in order")
    assert neither(world, attempt) == []
    assert len(names("needs_attention")) == 1
    assert passed_the_line(workshop) == []


def test_control_a_late_seat_that_does_not_look_at_the_line_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, broken_on_purpose: None
) -> None:
    def unfair(booking: Booking, **_how: object) -> bool:
        taken = seats.take(booking.workshop_id, booking.seats, from_line=True)
        if taken:
            advance(booking, BookingState.CONFIRMED, BOOKING_TABLE)
        return taken

    workshop = full_with_a_line(world)
    (attempt,) = world.attempts
    world.wait(workshop, "wanda")
    Booking.objects.filter(donations=attempt.donation).update(
        created_at=world.clock.now() + timedelta(seconds=1)
    )
    world.advance(seconds=SESSION_TIME.total_seconds())
    world.deliver_all()
    monkeypatch.setattr(seats, "seat_again", unfair)
    world.pay(attempt, outcome="late")
    world.deliver_all()
    assert len(passed_the_line(workshop)) == 1
