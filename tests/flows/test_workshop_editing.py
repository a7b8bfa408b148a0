"""Organizers write workshops: new, changed, seen before everybody, published, hidden again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client

from donations.urls import public
from events.models import Campaign, Message, Workshop
from events.services import workshop_slugs
from events.services.room import hosts
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


def _new(campaign: Campaign) -> str:
    return f"/organize/campaigns/{campaign.public_id}/workshops/new/"


def _path(shop: Workshop, more: str = "edit") -> str:
    return f"/organize/workshops/{shop.public_id}/{more}/"


def _public(shop: Workshop) -> str:
    return f"/c/{shop.campaign.slug}/{shop.slug}/"


def _errors(answer: Any) -> str:
    assert answer.status_code == 422
    return plain(answer.content.decode())


def test_a_workshop_is_written_and_begins_as_a_draft(organizer: Client, campaign: Campaign) -> None:
    typed = filled(
        campaign,
        **NEW,
        speakers="Ann\n\n Ben ",
        suggested="10, 20, 50",
        captions=["en", "fr"],
        accessibility="Sign language on request.",
        title_fr="Ouvrir une boutique",
    )
    answer = organizer.post(_new(campaign), typed)
    assert answer.status_code == 302, plain(answer.content.decode())
    shop = Workshop.objects.get()
    assert (shop.state, shop.slug, shop.speakers) == (
        "draft",
        "how-to-open-a-web-shop",
        ["Ann", "Ben"],
    )
    assert (shop.suggested_minor, shop.captions) == ([1000, 2000, 5000], ["en", "fr"])
    assert shop.starts_at.isoformat() == "2030-05-14T17:00:00+00:00"
    assert shop.asks_access_needs

    second = organizer.post(_new(campaign), typed)
    assert second.status_code == 302
    assert Workshop.objects.exclude(pk=shop.pk).get().slug == "how-to-open-a-web-shop-2"


@pytest.mark.parametrize("title", ["Shown gift", "Carried seat", "Give", "Series", "Total"])
def test_no_workshop_stands_where_something_else_is(
    title: str, organizer: Client, campaign: Campaign
) -> None:
    assert (
        organizer.post(_new(campaign), filled(campaign, **{**NEW, "title": title})).status_code
        == 302
    )
    assert Workshop.objects.get().slug == f"{title.lower().replace(' ', '-')}-2"


def test_every_word_below_a_campaign_is_kept_from_workshops() -> None:
    below = re.compile(r"c/<slug:slug>/([a-z-]+)/")
    found = {word for one in public.urlpatterns for word in below.findall(str(one.pattern))}
    assert {"give", "total", "shown-gift", "series"} <= found <= workshop_slugs.RESERVED


def test_a_draft_is_seen_by_its_team_alone_until_it_is_published(
    organizer: Client, campaign: Campaign, bob: User, charlie: User, client: Client
) -> None:
    shop = make_workshop(
        campaign,
        state="draft",
        summary="About",
        captions=["en", "fr"],
        asks_access_needs=True,
        translations={"fr": {"title": "Ouvrir une boutique"}},
    )
    page = organizer.get(_public(shop)).content.decode()
    assert "This is a preview" in page
    assert "Live captions: English, French" in page
    assert "What do you need to take part?" in page
    assert organizer.post(_public(shop), {}).status_code == 302
    assert client.get(_public(shop)).status_code == 404
    for person, status in ((bob, 200), (charlie, 404)):
        other = Client()
        other.force_login(person)
        assert other.get(_public(shop)).status_code == status
        assert other.get(_path(shop)).status_code == (403 if status == 200 else 404)

    assert organizer.post(_path(shop, "publish")).status_code == 302
    caches["pages"].clear()
    assert "This is a preview" not in client.get(_public(shop)).content.decode()
    french = client.get(_public(shop), headers={"Accept-Language": "fr"}).content.decode()
    assert "Ouvrir une boutique" in french


def test_what_keeps_it_from_being_published_is_said_in_words(
    organizer: Client, campaign: Campaign
) -> None:
    shop = make_workshop(campaign, state="draft")
    assert "Nothing says what it is about" in organizer.get(_path(shop)).content.decode()
    organizer.post(_path(shop, "publish"))
    shop.refresh_from_db()
    assert shop.state == "draft"


def test_it_is_a_draft_again_only_while_nobody_registered(
    organizer: Client, campaign: Campaign
) -> None:
    shop = make_workshop(campaign)
    assert "Make it a draft again" in organizer.get(_path(shop)).content.decode()
    organizer.post(_path(shop, "unpublish"))
    shop.refresh_from_db()
    assert shop.state == "draft"
    shop = make_workshop(campaign)
    seated(shop)
    assert "Make it a draft again" not in organizer.get(_path(shop)).content.decode()
    organizer.post(_path(shop, "unpublish"))
    shop.refresh_from_db()
    assert shop.state == "published"


def test_saving_the_form_untouched_changes_nothing(organizer: Client, campaign: Campaign) -> None:
    shop = make_workshop(
        campaign,
        summary="From idea",
        speakers=["Ann"],
        minimum_minor=550,
        maximum_minor=100_000,
        benefit_minor=500,
        translations={"fr": {"title": "Boutique"}, "de": {"title": "Laden"}},
        questions=[{"id": "a", "label": "A?", "kind": "text"}],
        offer_minutes=90,
    )
    before = Workshop.objects.filter(pk=shop.pk).values().get()
    version = shop.campaign.content_version
    answer = organizer.post(_path(shop), filled(campaign, shop))
    assert answer.status_code == 302, plain(answer.content.decode())
    assert Workshop.objects.filter(pk=shop.pk).values().get() == before
    campaign.refresh_from_db()
    assert campaign.content_version > version, "the pages are made anew"
    assert not Message.objects.exists()


def test_there_cannot_be_fewer_seats_than_are_taken(organizer: Client, campaign: Campaign) -> None:
    shop = make_workshop(campaign)
    seated(shop)
    seated(shop, name="Emil")
    answer = organizer.post(_path(shop), filled(campaign, shop, capacity="1", title="Kept"))
    page = _errors(answer)
    assert "2 seats are taken already: there cannot be fewer." in page
    assert 'id="id_capacity_error"' in page
    assert 'value="Kept"' in page
    shop.refresh_from_db()
    assert (shop.capacity, shop.title) == (10, "How to open a web shop")
    assert organizer.post(_path(shop), filled(campaign, shop, capacity="2")).status_code == 302


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("title", "", "Write what the workshop is called."),
        ("suggested", "10, twenty", "“twenty” is no amount"),
        ("suggested", "0.10, 20", "Each suggested amount lies between $0.50"),
        ("maximum", "0.10", "The most must be more than $0.50"),
        ("starts", "next week", "Write the date and the time like"),
        ("starts", "2020-01-01T10:00", "This time is past already."),
        ("registration_closes", "2030-01-01T10:00", "It closes before it opens."),
        ("capacity", "0", "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    organizer: Client, campaign: Campaign, field: str, typed: str, words: str
) -> None:
    opens = {"registration_opens": "2030-01-02T10:00"}
    page = _errors(
        organizer.post(_new(campaign), filled(campaign, **{**NEW, **opens, field: typed}))
    )
    assert words in page
    assert f'id="id_{field}_error"' in page
    assert "From idea to first sale." in page, "nothing typed is lost"
    assert not Workshop.objects.exists()


@pytest.mark.parametrize(
    ("language", "typed", "minor"),
    [
        ("en", "10, 20, 50", [1000, 2000, 5000]),
        ("en", "10,20,50", [1000, 2000, 5000]),
        ("en", "50 20 20", [2000, 5000]),
        ("en", "1,000, 2.50", [250, 100_000]),
        ("fr", "10,50, 20", [1050, 2000]),
        ("fr", "10 ; 20,5 ; 1 000", [1000, 2050, 100_000]),
        ("fr", "", []),
    ],
)
def test_amounts_are_typed_as_a_list_in_either_language(
    organizer: Client, campaign: Campaign, language: str, typed: str, minor: list[int]
) -> None:
    form = filled(campaign, **{**NEW, "suggested": typed})
    answer = organizer.post(_new(campaign), form, headers={"Accept-Language": language})
    assert answer.status_code == 302, plain(answer.content.decode())
    assert Workshop.objects.get().suggested_minor == minor


def test_the_list_shows_everybody_of_the_team_the_numbers(
    organizer: Client, campaign: Campaign, bob: User, django_assert_num_queries: Any
) -> None:
    path = f"/organize/campaigns/{campaign.public_id}/workshops/"
    make_workshop(campaign, title="First", state="draft")
    organizer.get(path)
    with django_assert_num_queries(9):
        assert "First" in organizer.get(path).content.decode()
    for title in ("Second", "Third"):
        make_workshop(campaign, title=title)
    with django_assert_num_queries(9):
        page = organizer.get(path).content.decode()
    assert page.count("/edit/") == 4, "three workshops, and the tab of the campaign"
    viewer = Client()
    viewer.force_login(bob)
    page = viewer.get(path).content.decode()
    assert "Third" in page
    assert "/edit/" not in page


def test_the_public_page_costs_what_it_cost(
    client: Client, campaign: Campaign, django_assert_num_queries: Any
) -> None:
    shop = make_workshop(campaign)
    with django_assert_num_queries(4):
        client.get(_public(shop))
    with django_assert_num_queries(1):
        client.get(_public(shop))
    with django_assert_num_queries(3):  # an old address would lead on
        client.get(f"/c/{campaign.slug}/nothing/")


def test_who_was_copied_as_a_speaker_gets_the_link_when_it_is_published(
    organizer: Client, campaign: Campaign
) -> None:
    shop = make_workshop(campaign, state="draft", summary="About")
    hosts.add(workshop=shop, name="Ann", email="ann@example.org", language="en")
    shop.hosts.create(name="Ben", email="ben@example.org")
    assert Message.objects.filter(kind="host_link").count() == 1
    organizer.post(_path(shop, "publish"))
    assert Message.objects.filter(kind="host_link").count() == 2
