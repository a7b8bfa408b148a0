"""A workshop's time: typed as its zone's clocks show it, moved after it was said who is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Campaign, Message, Workshop
from tests.support.cast import make_workshop
from tests.support.rooms import seated
from tests.support.story import plain
from tests.support.workshop_forms import NEW, filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _create(organizer: Client, campaign: Campaign, **typed: Any) -> Any:
    path = f"/organize/campaigns/{campaign.public_id}/workshops/new/"
    return organizer.post(path, filled(campaign, **{**NEW, **typed}))


def _path(shop: Workshop) -> str:
    return f"/organize/workshops/{shop.public_id}/edit/"


def test_a_time_that_clocks_skip_is_refused_clearly(organizer: Client, campaign: Campaign) -> None:
    answer = _create(organizer, campaign, starts="2030-03-31T02:30")
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "02:30 does not exist on that day (Paris): the clocks are put forward." in page
    assert not Workshop.objects.exists()
    elsewhere = _create(organizer, campaign, starts="2030-03-31T02:30", time_zone="Asia/Tokyo")
    assert elsewhere.status_code == 302


def test_a_time_that_clocks_show_twice_is_asked_about(
    organizer: Client, campaign: Campaign
) -> None:
    answer = _create(organizer, campaign, starts="2030-10-27T02:30")
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "Clocks show 02:30 twice that day" in page
    assert "Before the clocks are put back (02:30, UTC+2)" in page
    assert "After the clocks are put back (02:30, UTC+1)" in page
    for fold, hour in (("0", 0), ("1", 1)):
        assert _create(organizer, campaign, starts="2030-10-27T02:30", fold=fold).status_code == 302
        found = Workshop.objects.get()
        assert found.starts_at == datetime(2030, 10, 27, hour, 30, tzinfo=UTC)
        assert organizer.post(_path(found), filled(campaign, found)).status_code == 302
        found.refresh_from_db()
        assert found.starts_at.hour == hour, "saved again it is the same one"
        found.delete()


def test_moving_a_published_workshop_first_says_how_many_are_told(
    organizer: Client, campaign: Campaign
) -> None:
    shop = make_workshop(campaign)
    seated(shop)
    seated(shop, name="Emil")
    shop.hosts.create(name="Ann", email="ann@example.org")
    moved = filled(campaign, shop, starts="2030-05-14T19:00", title="New title")
    answer = organizer.post(_path(shop), moved)
    page = plain(answer.content.decode())
    assert answer.status_code == 200
    assert "3 people will be told by e-mail" in page
    assert 'name="title" value="New title"' in page
    shop.refresh_from_db()
    assert (shop.title, shop.schedule_version) == ("How to open a web shop", 0)
    assert not Message.objects.exists()

    back = organizer.post(_path(shop), {**moved, "back": "yes"})
    assert 'value="2030-05-14T19:00"' in back.content.decode()
    assert not Message.objects.exists()

    assert organizer.post(_path(shop), {**moved, "confirmed": "yes"}).status_code == 302
    shop.refresh_from_db()
    assert (shop.title, shop.schedule_version) == ("New title", 1)
    assert shop.starts_at == datetime(2030, 5, 14, 17, 0, tzinfo=UTC)
    kinds = sorted(Message.objects.values_list("kind", flat=True))
    assert kinds == ["changed", "changed", "host_changed"]


def test_a_draft_moves_at_once_and_a_cancelled_one_never(
    organizer: Client, campaign: Campaign
) -> None:
    draft = make_workshop(campaign, state="draft")
    off = make_workshop(campaign, state="cancelled")
    moved = {"starts": "2030-05-14T19:00"}
    assert organizer.post(_path(draft), filled(campaign, draft, **moved)).status_code == 302
    answer = organizer.post(_path(off), filled(campaign, off, **moved))
    assert answer.status_code == 422
    assert "A cancelled workshop has no other time." in answer.content.decode()
    starts = off.starts_at
    off.refresh_from_db()
    draft.refresh_from_db()
    assert (draft.starts_at.year, off.starts_at) == (2030, starts)
    assert not Message.objects.exists()


def test_another_zone_alone_moves_it_and_registration_is_typed_in_it(
    organizer: Client, campaign: Campaign
) -> None:
    shop = make_workshop(campaign, starts_at=datetime(2030, 5, 14, 17, 0, tzinfo=UTC))
    form = filled(campaign, shop, time_zone="America/New_York")
    form |= {"registration_closes": "2030-05-14T12:00"}
    assert organizer.post(_path(shop), form).status_code == 302, "nobody is there to be told"
    shop.refresh_from_db()
    assert shop.starts_at == datetime(2030, 5, 14, 23, 0, tzinfo=UTC)
    assert shop.registration_closes_at == datetime(2030, 5, 14, 16, 0, tzinfo=UTC)
