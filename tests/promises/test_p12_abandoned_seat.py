"""Promise 12. An abandoned seat is for sale again within 60 s of Stripe saying that the session
expired, and never while it can still be paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from donations.models import Donation
from donations.services import inbox, parameters, sweeper
from donations.services.checkout import SESSION_TIME
from events.models import Booking
from events.services.seating import seats
from events.services.seating.seats import FullError
from tests.machine.world import Attempt, World

#: How often beat calls the sweeper, in seconds; a wake-up may come that late.
PERIOD = int(settings.CELERY_BEAT_SCHEDULE["donations.sweep"]["schedule"])
LIMIT = 60


def payable_without_a_seat(world: World) -> list[str]:
    """Return the sessions that Stripe would still let be paid though their seat is not held."""
    wrong = []
    for attempt in world.attempts:
        session = world.gateway.fetch_session(attempt.session, account="")
        state = Booking.objects.get(donations=attempt.donation).state
        if session.status == "open" and state != "held":
            wrong.append(f"{attempt.session} is open, its booking is {state}")
    return wrong


def _for_sale(world: World) -> bool:
    """Whether somebody new gets a seat."""
    try:
        world.begun()
    except FullError:
        return False
    return True


def _one_seat(world: World) -> Attempt:
    world.begin(capacities=(1, 3))
    return world.begun()


@pytest.mark.parametrize("phase", range(0, PERIOD + 1, 5))
def test_without_any_webhook_the_sweeper_frees_the_seat_within_60_s(
    world: World, phase: int
) -> None:
    _one_seat(world)
    world.advance(seconds=SESSION_TIME.total_seconds() - 1)
    sweeper.sweep(gateway=world.gateway)
    assert not _for_sale(world)  # Stripe could still be paid for one second

    world.advance(seconds=1)  # now Stripe says expired
    world.drop_all()
    waited = 0
    world.advance(seconds=phase)  # the next beat comes some time later
    while not _swept(world):
        waited += PERIOD
        world.advance(seconds=PERIOD)
        assert phase + waited <= LIMIT
    assert _for_sale(world)


def _swept(world: World) -> bool:
    sweeper.sweep(gateway=world.gateway)
    return Booking.objects.get().state == "expired"


def test_with_the_webhook_the_seat_is_free_at_once(world: World) -> None:
    _one_seat(world)
    world.advance(seconds=SESSION_TIME.total_seconds())
    world.deliver_all()
    assert _for_sale(world)


def test_a_fast_clock_of_ours_sells_no_seat_that_can_still_be_paid(world: World) -> None:
    attempt = _one_seat(world)
    for _ in range(3):
        world.clock.advance(hours=2)  # Stripe's own clock stands still
        sweeper.sweep(gateway=world.gateway)
        assert not _for_sale(world)
        assert payable_without_a_seat(world) == []
    assert world.pay(attempt) == "succeeded"
    world.deliver_all()
    assert Booking.objects.get().state == "confirmed"


def test_a_visitor_who_lets_the_seat_go_frees_it_at_once(world: World) -> None:
    attempt = _one_seat(world)
    link = attempt_link(attempt)
    assert world.client.post(f"/checkout/{link}/release/").status_code == 302
    assert payable_without_a_seat(world) == []
    assert _for_sale(world)


def attempt_link(attempt: Attempt) -> str:
    """Return the token of an attempt's return page."""
    return parameters.token(Donation.objects.get(pk=attempt.donation))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("both clocks"), st.integers(1, 40)),
        st.tuples(st.just("our clock"), st.integers(1, 90)),
        st.tuples(
            st.sampled_from(["sweep", "buy", "pay", "webhooks", "lose webhooks"]), st.integers(0, 5)
        ),
    ),
    max_size=12,
)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_what_can_be_paid_has_its_seat(
    world: World, steps: list[tuple[str, int]]
) -> None:
    world.begin(capacities=(2, 3))
    for what, number in [("buy", 0), *steps]:
        _step(world, what, number)
        assert payable_without_a_seat(world) == []


def _step(world: World, what: str, number: int) -> None:
    if what == "both clocks":
        world.advance(minutes=number)
    elif what == "our clock":
        world.clock.advance(minutes=number)
    elif what == "sweep":
        sweeper.sweep(gateway=world.gateway)
    elif what == "buy":
        _for_sale(world)
    elif what == "pay":
        world.pay(world.attempts[number % len(world.attempts)])
    elif what == "webhooks":
        world.deliver_all()
    else:
        world.drop_all()
        inbox.apply_pending(gateway=world.gateway)


def test_control_a_hold_that_ends_by_our_own_clock_is_seen(
    world: World, broken_on_purpose: None
) -> None:
    attempt = _one_seat(world)
    Booking.objects.update(hold_expires_at=world.clock.now() + SESSION_TIME)
    world.clock.advance(SESSION_TIME + timedelta(minutes=1))
    sweeper.sweep(gateway=world.gateway)
    assert payable_without_a_seat(world) == [], "the sweeper leaves alone what can be paid"
    for overdue in seats.overdue_hold_ids(world.clock.now()):
        seats.expire_hold(overdue, world.clock.now())
    assert payable_without_a_seat(world) == [f"{attempt.session} is open, its booking is expired"]
