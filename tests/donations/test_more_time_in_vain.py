"""More time is refused where it would only cost the session that is running."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.services import checkout, offers
from donations.services.checkout import SESSION_TIME
from events.models import Booking, Campaign, Workshop
from events.services.seating import holds
from events.states import WorkshopState
from fundraiser.core import clock
from tests.donations.test_offers import states
from tests.machine.world import Attempt, World

SOON = timedelta(minutes=10)


@pytest.fixture
def attempt(world: World) -> Attempt:
    """Somebody stands on Stripe's page whose session ends in ten minutes."""
    world.begin(capacities=(1, 3))
    attempt = world.begun()
    world.advance(seconds=(SESSION_TIME - SOON).total_seconds())
    return attempt


def fresh(world: World, attempt: Attempt) -> Booking:
    """Return the booking as a page finds it."""
    pk = world.donation(attempt).booking_id
    return Booking.objects.select_related("workshop__campaign").get(pk=pk)


@pytest.mark.parametrize("what", ["registration", "campaign", "start", "cancelled"])
@pytest.mark.parametrize("offset", [-SOON / 2, SOON / 2])
def test_where_nothing_is_gained_the_running_session_stays(
    world: World, attempt: Attempt, what: str, offset: timedelta
) -> None:
    """Before the mend, the seat was released, or a session was made for a cancelled workshop."""
    moment = clock.now() + offset
    workshops = Workshop.objects.filter(bookings=fresh(world, attempt))
    if what == "registration":
        workshops.update(registration_closes_at=moment)
    elif what == "campaign":
        Campaign.objects.filter(workshops__in=workshops).update(closes_at=moment)
    elif what == "start":
        workshops.update(starts_at=moment)
    else:
        workshops.update(state=WorkshopState.CANCELLED)
    booking = fresh(world, attempt)
    assert not offers.can_extend(booking)
    assert offers.extend(booking, gateway=world.gateway) is None
    assert states(booking) == ("held", "open")
    assert booking.extended_at is None
    if what != "cancelled":
        assert world.pay(attempt) == "succeeded"
        world.deliver_all()
        assert states(booking) == ("confirmed", "paid")


def test_a_workshop_cancelled_in_between_gets_no_new_session(
    world: World, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = checkout.end

    def end_and_cancel(*given: object, **named: object) -> object:
        Workshop.objects.update(state=WorkshopState.CANCELLED)
        return ended(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(checkout, "end", end_and_cancel)
    booking = fresh(world, attempt)
    assert offers.extend(booking, gateway=world.gateway) is not None
    assert states(booking) == ("held", "expired")
    assert offers.extend(fresh(world, attempt), gateway=world.gateway) is None
    assert states(booking) == ("held", "expired")


def test_control_with_time_left_there_is_one_more(world: World, attempt: Attempt) -> None:
    closes = clock.now() + SOON + holds.MORE_TIME
    workshops = Workshop.objects.filter(bookings=fresh(world, attempt))
    workshops.update(registration_closes_at=closes)
    booking = fresh(world, attempt)
    assert offers.can_extend(booking)
    assert offers.extend(booking, gateway=world.gateway) is not None
    assert states(booking) == ("held", "expired", "open")
