"""A series: several dates of the same thing on one page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client

from events.models import Campaign, Series, Workshop
from fundraiser.core import clock
from tests.support.cast import make_campaign, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _read(client: Client, path: str, **headers: str) -> str:
    caches["pages"].clear()
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_series_is_made_with_its_dates_and_seen_by_everybody(
    organizer: Client, campaign: Campaign, client: Client
) -> None:
    first = make_workshop(campaign, title="In May", capacity=3)
    second = make_workshop(campaign, title="In June", starts_at=clock.now() + timedelta(days=40))
    draft = make_workshop(campaign, title="In July", state="draft")
    form = {
        "title": "Web shops",
        "title_fr": "Boutiques",
        "description": "Four *evenings*.",
        "workshops": [first.pk, second.pk, draft.pk],
    }
    path = f"/organize/campaigns/{campaign.public_id}/series/new/"
    assert organizer.post(path, form).status_code == 302
    series = Series.objects.get()
    assert series.slug == "web-shops"
    public = f"/c/{campaign.slug}/series/web-shops/"
    page = _read(client, public)
    assert "<em>evenings</em>" in page
    assert "Only 3 seats left" in page
    assert page.index("In May") < page.index("In June")
    assert "In July" not in page
    assert "Boutiques" in _read(client, public, **{"Accept-Language": "fr"})

    edit = f"/organize/series/{series.public_id}/"
    assert 'value="Boutiques"' in _read(organizer, edit)
    assert (
        organizer.post(edit, {**form, "title": "Shops", "workshops": [first.pk]}).status_code == 302
    )
    second.refresh_from_db()
    assert second.series_id is None
    assert "Shops" in client.get(public).content.decode(), "at once: its campaign has changed"
    assert organizer.post(f"{edit}remove/").status_code == 302
    assert Workshop.objects.count() == 3
    assert client.get(public).status_code == 404


def test_the_page_of_a_date_leads_to_the_others(
    campaign: Campaign, client: Client, django_assert_num_queries: Any
) -> None:
    series = Series.objects.create(campaign=campaign, slug="web-shops", title="Web shops")
    first, second = (make_workshop(campaign, series=series) for _ in range(2))
    public = f"/c/{campaign.slug}/series/web-shops/"
    shown = f"/c/{campaign.slug}/{first.slug}/"
    page = _read(client, shown)
    assert "Other dates" in page
    assert f"/c/{campaign.slug}/{second.slug}/" in page
    assert public in page
    caches["pages"].clear()
    with django_assert_num_queries(5):
        client.get(shown)
    with django_assert_num_queries(1):
        client.get(shown)


def test_a_series_of_drafts_and_another_teams_are_seen_by_nobody(
    organizer: Client, campaign: Campaign, charlie: User, bob: User, client: Client
) -> None:
    series = Series.objects.create(campaign=campaign, slug="x", title="X")
    make_workshop(campaign, state="draft", series=series)
    assert client.get(f"/c/{campaign.slug}/series/x/").status_code == 404
    for person, status in ((charlie, 404), (bob, 403)):
        other = Client()
        other.force_login(person)
        for more in ("", "remove/"):
            path = f"/organize/series/{series.public_id}/{more}"
            assert other.post(path, {"title": "Mine"}).status_code == status
    foreign = make_workshop(make_campaign())
    form = {"title": "X", "workshops": [foreign.pk]}
    assert organizer.post(f"/organize/series/{series.public_id}/", form).status_code == 422
    foreign.refresh_from_db()
    assert foreign.series_id is None


def test_dates_that_are_made_can_go_into_a_new_series(
    organizer: Client, campaign: Campaign
) -> None:
    shop = make_workshop(campaign, summary="About")
    form = {
        "rows": "5",
        "date_1": "2030-05-14T19:00",
        "series": "new",
        "new_series": "Evenings",
        "publish": "on",
    }
    assert organizer.post(f"/organize/workshops/{shop.public_id}/clone/", form).status_code == 302
    series = Series.objects.get()
    assert series.workshops.filter(state="published").count() == 2
