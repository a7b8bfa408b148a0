"""More dates of a workshop: all that was written comes along, and nobody who came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Campaign, MailText, Message, Series, Workshop
from events.services.mails import texts
from tests.support.cast import make_campaign, make_workshop
from tests.support.rooms import seated
from tests.support.story import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    start = datetime(2030, 3, 20, 18, 0, tzinfo=UTC)  # 19:00 in Paris, before the clocks change
    return make_workshop(
        campaign,
        starts_at=start,
        registration_closes_at=start - timedelta(days=1),
        summary="From idea to first sale.",
        join_url="https://rooms.example.org/x",
        replay_url="https://videos.example.org/x",
        reminder_minutes=[30],
        questions=[{"id": "a", "label": "A?", "kind": "text"}],
        captions=["fr"],
        moderated=True,
        schedule_version=3,
    )


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _send(organizer: Client, shop: Workshop, *dates: str, **typed: str) -> Any:
    form = {f"date_{n}": one for n, one in enumerate(dates, start=1)}
    path = f"/organize/workshops/{shop.public_id}/clone/"
    return organizer.post(path, {**form, "rows": str(max(len(dates), 5)), **typed})


def _copies(shop: Workshop) -> list[Workshop]:
    return list(Workshop.objects.exclude(pk=shop.pk).order_by("starts_at"))


def test_what_was_written_comes_along_and_people_do_not(organizer: Client, shop: Workshop) -> None:
    shop.hosts.create(name="Ann", email="ann@example.org")
    texts.write(workshop=shop, kind="reminder", language="en", subject="Soon", body="Come!")
    shop.moderated = False
    seated(shop)
    assert _send(organizer, shop, "2030-03-27T19:00", "", "2030-04-03T19:00").status_code == 302
    first, second = _copies(shop)
    assert (first.starts_at.hour, second.starts_at.hour) == (18, 17), "19:00 as clocks show it"
    assert second.registration_closes_at == datetime(2030, 4, 2, 17, 0, tzinfo=UTC)
    own = {
        "id",
        "public_id",
        "slug",
        "starts_at",
        "seats_taken",
        "registration_closes_at",
        "room_secret",
        "replay_url",
        "schedule_version",
        "state",
        "created_at",
    }
    old, new = (
        {name: value for name, value in row.items() if name not in own}
        for row in Workshop.objects.filter(pk__in=[shop.pk, first.pk]).order_by("pk").values()
    )
    assert new == old
    assert (first.state, first.seats_taken, first.replay_url) == ("draft", 0, "")
    assert first.room_secret != shop.room_secret
    assert first.schedule_version == 0
    assert MailText.objects.filter(workshop=first, subject="Soon").exists()
    assert not first.bookings.exists()
    assert not first.hosts.exists()
    assert Series.objects.count() == 0


def test_speakers_come_along_and_get_their_links_when_it_is_published(
    organizer: Client, shop: Workshop
) -> None:
    shop.hosts.create(name="Ann", email="ann@example.org")
    _send(organizer, shop, "2030-03-27T19:00", hosts="on", publish="on")
    (copy,) = _copies(shop)
    assert copy.state == "published"
    assert copy.hosts.get().email == "ann@example.org"
    assert Message.objects.get(kind="host_link").workshop_id == copy.pk


def test_twenty_dates_at_most_and_rows_without_javascript(
    organizer: Client, shop: Workshop
) -> None:
    answer = _send(organizer, shop, "2030-03-27T19:00", more="yes", rows="18", hosts="on")
    page = answer.content.decode()
    assert 'name="rows" value="20"' in page
    assert 'value="2030-03-27T19:00"' in page
    assert 'name="more"' not in page
    dates = [f"2030-05-{day:02}T19:00" for day in range(1, 26)]
    assert _send(organizer, shop, *dates, rows="99").status_code == 302
    assert len(_copies(shop)) == 20


@pytest.mark.parametrize(
    ("sent", "place", "words"),
    [
        (([], {}), "date_1", "Write at least one date."),
        ((["2030-03-31T02:30"], {}), "date_1", "does not exist on that day"),
        ((["2030-10-27T02:30"], {}), "date_1", "twice that day"),
        ((["2020-01-01T10:00"], {}), "date_1", "This time is past already."),
        ((["2030-05-01T10:00"] * 2, {}), "date_2", "This date is there twice."),
        (
            (["2030-05-01T10:00"], {"series": "new"}),
            "new_series",
            "Write what the series is called",
        ),
    ],
)
def test_a_date_that_cannot_be_is_said_at_its_field(
    organizer: Client,
    shop: Workshop,
    sent: tuple[list[str], dict[str, str]],
    place: str,
    words: str,
) -> None:
    dates, typed = sent
    answer = _send(organizer, shop, *dates, **typed)
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert words in page
    assert f'id="id_{place}_error"' in page
    assert _copies(shop) == []


def test_another_campaigns_series_cannot_be_chosen(organizer: Client, shop: Workshop) -> None:
    other = Series.objects.create(campaign=make_campaign(), slug="x", title="X")
    answer = _send(organizer, shop, "2030-05-01T10:00", series=str(other.pk))
    assert answer.status_code == 422
    assert _copies(shop) == []
