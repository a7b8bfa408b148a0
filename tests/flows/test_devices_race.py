"""Many places with one link at the same moment: one comes in, and one mail is written."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from events.models import Message, Registration, Workshop
from events.services.room import devices
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.race import Answer, Call, at_once
from tests.support.rooms import ROOM, seated, way_in

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]

PLACES = 8


@pytest.fixture
def shop(clock: Clock, settings: Settings) -> Workshop:
    """An open room, behind a proxy that tells each visitor's network."""
    settings.TRUSTED_PROXY_COUNT = 1
    shop = make_workshop(make_campaign(), join_url=ROOM)
    clock.set(shop.starts_at - timedelta(minutes=5))
    return shop


def _come_at_once(site: str, dora: Registration) -> list[Answer]:
    calls = [
        Call(way_in(dora), headers={"X-Forwarded-For": f"203.0.113.{number}"})
        for number in range(PLACES)
    ]
    return at_once(site, calls)


def _slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each take its time between looking and writing, so that all stand there at once."""
    real = devices._remember

    def slow(*arguments: Any, **values: Any) -> None:
        time.sleep(0.3)
        real(*arguments, **values)

    monkeypatch.setattr(devices, "_remember", slow)


def test_of_many_places_at_one_moment_one_comes_in_and_one_mail_is_written(
    live_server: Any, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slowly(monkeypatch)
    dora = seated(shop)
    answers = _come_at_once(live_server.url, dora)
    assert sorted(one.status for one in answers) == [303, *[409] * (PLACES - 1)]
    assert Message.objects.filter(kind="fresh_link").count() == 1
    dora.refresh_from_db()
    assert dora.link_version == 2


def test_control_without_the_lock_several_come_in(
    live_server: Any, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(registration: Registration) -> Registration:
        found = Registration.objects.get(pk=registration.pk)
        found.booking = registration.booking
        return found

    _slowly(monkeypatch)
    monkeypatch.setattr(devices, "_locked", unlocked)
    answers = _come_at_once(live_server.url, seated(shop))
    assert [one.status for one in answers].count(303) > 1
