"""What an organizer is told of rooms: one that is missing, and a link that is passed on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Campaign, Message, Workshop
from events.services.room import devices
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.rooms import ROOM, Browser, seated, way_in

pytestmark = pytest.mark.django_db


def test_the_organizer_is_told_and_a_viewer_is_told_no_name(
    campaign: Campaign, clock: Clock, alice: User, bob: User
) -> None:
    shop = make_workshop(campaign, join_url=ROOM)
    clock.set(shop.starts_at)
    dora = seated(shop)
    for number in range(1, 8):
        Browser(f"203.0.113.{number}").enter(way_in(dora))
        Browser(f"192.0.2.{number}").enter(way_in(dora))
    assert Message.objects.filter(kind="fresh_link").count() == devices.MOST_FRESH_LINKS
    for person, name in ((alice, "Dora"), (bob, "Somebody")):
        client = Client()
        client.force_login(person)
        page = client.get("/organize/").content.decode()
        assert f"The link of {name} is used at many places" in page
        assert page.count("used at many places") == 1


def test_a_workshop_without_a_room_is_told_a_day_before(
    campaign: Campaign, clock: Clock, alice: User
) -> None:
    shop = make_workshop(campaign)
    client = Client()
    client.force_login(alice)
    said = "is about to start, and has no room"
    clock.set(shop.starts_at - timedelta(days=1, seconds=1))
    assert said not in client.get("/organize/").content.decode()
    clock.advance(seconds=1)
    page = client.get("/organize/").content.decode()
    assert said in page
    assert f"/organize/workshops/{shop.public_id}/room/" in page
    Workshop.objects.filter(pk=shop.pk).update(join_url=ROOM)
    assert said not in client.get("/organize/").content.decode()
