"""Promise 22. One poison event delays no other by more than 60 s, and is set aside after 8
attempts, visibly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from donations.gateway import Gateway
from donations.models import StripeEvent
from donations.services import inbox
from donations.services.health import work
from tests.machine.world import World

#: How many of the attempts' pauses others are paid in, and how late their events may be applied.
PROMISED = timedelta(seconds=60)
ROUND = settings.CELERY_BEAT_SCHEDULE["donations.apply_pending_events"]["schedule"]
ATTEMPTS = 8


class _Poisoned:
    """The gateway, where one session's payment can never be read."""

    def __init__(self, gateway: Gateway, session: str) -> None:
        self._gateway = gateway
        self._session = session

    def fetch_payment(self, session_id: str, *, account: str) -> object:
        if session_id == self._session:
            raise ValueError("no such thing was ever seen")
        return self._gateway.fetch_payment(session_id, account=account)

    def __getattr__(self, name: str) -> object:
        return getattr(self._gateway, name)


def _poison(world: World) -> tuple[StripeEvent, _Poisoned]:
    """Return the event of a payment that breaks whoever applies it."""
    attempt = world.begun()
    world.pay(attempt)
    for delivery in world.sandbox.deliveries():
        if delivery["type"] == "checkout.session.completed":
            world.post(delivery)
    world.drop_all()
    return StripeEvent.objects.get(), _Poisoned(world.gateway, attempt.session)


def _delays(world: World, gateway: _Poisoned, poison: StripeEvent) -> list[timedelta]:
    """Let the worker's rounds go on until the event is set aside, somebody paying now and then.

    Returns how long each of the others' events waited.
    """
    until: datetime = world.clock.now() + timedelta(minutes=40)
    rounds = 0
    while world.clock.now() < until and poison.set_aside_at is None:
        if rounds % 20 == 0:
            attempt = world.begun(2)
            world.pay(attempt)
            for delivery in world.sandbox.deliveries():
                world.post(delivery)
        world.advance(seconds=ROUND)
        inbox.apply_pending(gateway=gateway)
        poison.refresh_from_db()
        rounds += 1
    others = StripeEvent.objects.exclude(pk=poison.pk)
    assert others.count() >= 10
    now = world.clock.now()
    return [(one.applied_at or now) - one.received_at for one in others]


def test_a_poison_event_delays_no_other_and_is_set_aside_visibly(world: World) -> None:
    poison, gateway = _poison(world)

    assert max(_delays(world, gateway, poison)) <= PROMISED

    assert (poison.attempts, poison.applied_at) == (ATTEMPTS, None)
    world.advance(hours=2)
    assert inbox.apply_pending(gateway=gateway) == 0  # no ninth attempt by itself
    assert _seen(world, poison)
    inbox.retry(poison.pk)  # by the button in the administration, once its cause is gone
    assert inbox.apply_pending(gateway=world.gateway) == 1
    assert not _seen(world, poison)


def _seen(world: World, poison: StripeEvent) -> bool:
    """Whether an admin sees it: on the dashboard, on the health page and in the administration."""
    client = Client()
    admin, _made = User.objects.get_or_create(username="admin", is_superuser=True, is_staff=True)
    client.force_login(admin)
    listed = client.get("/admin/donations/stripeevent/?set_aside_at__isempty=0").content.decode()
    seen = {
        poison.event_id in client.get("/organize/").content.decode(),
        'id="events_set_aside"' in client.get("/organize/health/").content.decode()
        and work.events_set_aside(world.clock.now()) == 1,
        poison.event_id in listed,
    }
    assert len(seen) == 1, "all or none"
    return seen.pop()


def test_control_a_worker_that_stops_at_an_error_delays_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, gateway = _poison(world)

    def one_at_a_time(*, gateway: Gateway) -> int:
        done = 0
        for pk in StripeEvent.objects.filter(applied_at=None).order_by("pk").values_list("pk"):
            if not inbox.apply_event(*pk, gateway=gateway):
                return done
            done += 1
        return done

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "apply_pending", one_at_a_time)
        assert max(_delays(world, gateway, poison)) > PROMISED
    inbox.apply_pending(gateway=world.gateway)
    inbox.retry(poison.pk)
    inbox.apply_pending(gateway=world.gateway)
