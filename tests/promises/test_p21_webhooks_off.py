"""Promise 21. Webhooks off for 72 hours, or 29 days: state exact within 15 minutes of the
reconciler's run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from donations.models import Donation, StripeEvent
from donations.services import inbox, reconcile, sweeper
from events.models import Booking
from tests.machine import checks
from tests.machine.world import World

OUTAGES = {"72 hours": timedelta(hours=72), "29 days": timedelta(days=29)}
#: Between two things that happen at Stripe while nobody tells us.
QUIET = timedelta(hours=3)
PROMISED = timedelta(minutes=15)


def _outage(world: World, length: timedelta) -> None:
    """Pay, refund, dispute, win and let expire on both accounts; every webhook is lost.

    No page is returned to, and no worker runs: only Stripe knows what happened.
    """
    begin = world.clock.now()
    for place in (0, 1):
        seat, gift = place, place + 2
        kept, part, lost = world.begun(seat), world.begun(gift), world.begun(gift)
        world.begun(seat)  # nobody pays for this one
        for attempt in (kept, part, lost):
            assert world.pay(attempt) == "succeeded"
        world.advance(seconds=QUIET.total_seconds())
        world.refund(part, minor=300)
        case = world.dispute(lost)
        assert case is not None
        world.advance(seconds=QUIET.total_seconds())
        world.close(case, "lost")
    world.drop_all()
    world.advance(seconds=(length - (world.clock.now() - begin)).total_seconds())
    assert not StripeEvent.objects.exists()


def _wait_for_the_reconciler(world: World) -> None:
    """Let its next round come, as the worker does it."""
    world.advance(seconds=settings.CELERY_BEAT_SCHEDULE["donations.reconcile"]["schedule"])
    runs = reconcile.run_due(gateway=world.gateway)
    assert all(one.finished_at is not None for one in runs)


@pytest.mark.parametrize("length", OUTAGES)
def test_after_an_outage_one_round_of_the_reconciler_makes_the_state_exact(
    world: World, length: str
) -> None:
    _outage(world, OUTAGES[length])
    back_at = world.clock.now()
    assert checks.at_the_end(world) != [], "nothing is known yet"

    _wait_for_the_reconciler(world)

    assert world.clock.now() - back_at <= PROMISED
    assert checks.always(world) == []
    assert checks.at_the_end(world) == []
    assert Donation.objects.filter(state="paid").count() == 6
    assert not Booking.objects.filter(state="held").exists()
    assert not StripeEvent.objects.filter(delivered_at__isnull=False).exists()


def test_control_a_sweeper_alone_leaves_it_inexact(world: World) -> None:
    """What it may ask about is what is unfinished: money that went back it never hears of."""
    attempt = world.begun()
    world.pay(attempt)
    world.deliver_all()
    world.refund(attempt, minor=300)
    world.drop_all()
    world.advance(hours=72)
    sweeper.sweep(gateway=world.gateway)
    inbox.apply_pending(gateway=world.gateway)
    assert checks.at_the_end(world) != []
    _wait_for_the_reconciler(world)
    assert checks.at_the_end(world) == []


def test_control_a_reconciler_that_looks_back_too_little_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _outage(world, OUTAGES["29 days"])
    with monkeypatch.context() as patch:
        patch.setattr(reconcile, "WINDOW", timedelta(days=7))
        _wait_for_the_reconciler(world)
        assert checks.at_the_end(world) != []
    _wait_for_the_reconciler(world)
    assert checks.at_the_end(world) == []
