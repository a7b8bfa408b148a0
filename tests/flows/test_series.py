"""A series: several dates of the same thing on one page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client

from events.models import Campaign, CampaignAddress, Series, Workshop
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
    stranger = Client()
    stranger.force_login(charlie)
    assert stranger.get(f"/c/{campaign.slug}/series/x/").status_code == 404
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


@pytest.mark.parametrize("of_campaign", [True, False])
def test_a_team_sees_a_series_before_anybody_does(
    organizer: Client, bob: User, campaign: Campaign, client: Client, *, of_campaign: bool
) -> None:
    if of_campaign:
        Campaign.objects.filter(pk=campaign.pk).update(state="draft")
    series = Series.objects.create(campaign=campaign, slug="x", title="Evenings")
    path, edit = f"/c/{campaign.slug}/series/x/", f"/organize/series/{series.public_id}/"
    assert "No date is chosen yet." in _read(organizer, path)
    shop = make_workshop(campaign, series=series, state="published" if of_campaign else "draft")
    page = _read(organizer, path)
    assert "Only your team sees this page" in page
    assert '<meta name="robots" content="noindex">' in page
    assert f"/c/{campaign.slug}/{shop.slug}/" in page
    assert edit in page
    assert "no-store" in organizer.get(path)["Cache-Control"]
    assert "See the preview" in _read(organizer, edit)
    assert path in _read(organizer, f"/c/{campaign.slug}/{shop.slug}/"), "and back from a date"
    viewer = Client()
    viewer.force_login(bob)
    assert edit not in _read(viewer, path), "a viewer cannot edit it"
    assert client.get(path).status_code == 404

    # Control: once it is public it is no preview, to anybody.
    Campaign.objects.filter(pk=campaign.pk).update(state="published")
    Workshop.objects.filter(pk=shop.pk).update(state="published")
    assert "Only your team" not in _read(organizer, path)
    assert "See the public page" in _read(organizer, edit)


def test_a_series_answers_at_its_campaigns_old_address(campaign: Campaign, client: Client) -> None:
    series = Series.objects.create(campaign=campaign, slug="x", title="Evenings")
    make_workshop(campaign, series=series)
    CampaignAddress.objects.create(campaign=campaign, slug="once")
    answer = client.get("/c/once/series/x/?via=friend")
    assert answer.status_code == 301
    assert answer["Location"] == f"/c/{campaign.slug}/series/x/?via=friend"
    assert client.get("/c/never/series/x/").status_code == 404
