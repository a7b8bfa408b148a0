"""The picture of a shared link: the campaign's look and total, and never an old one."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image

from donations.services import card_drawing, social_cards, totals
from events.models import Campaign, Workshop
from events.services import campaigns, pictures
from tests.support.campaigns import picture_bytes, upload
from tests.support.story import Story, address

pytestmark = pytest.mark.django_db


def _address(client: Client, path: str, language: str = "en") -> str:
    page = client.get(path, headers={"Accept-Language": language}).content.decode()
    found = re.search(r'property="og:image" content="([^"]+)"', page)
    assert found is not None
    return found[1]


def _local(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def _image(answer: Any) -> Image.Image:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(answer.content))


def test_a_shared_link_shows_the_card_of_its_language(story: Story, workshop: Workshop) -> None:
    path = f"/c/{workshop.campaign.slug}/"
    for language in ("en", "fr"):
        url = _address(story.client, path, language)
        assert url.startswith("http")
        assert f"/{language}/" in url
        answer = story.client.get(_local(url))
        assert "immutable" in answer["Cache-Control"]
        card = _image(answer)
        assert (card.format, card.size) == ("PNG", card_drawing.SIZE)
        assert len(answer.content) < 300_000


def test_its_address_changes_with_total_and_content_and_old_ones_lead_on(
    story: Story, workshop: Workshop
) -> None:
    path = f"/c/{workshop.campaign.slug}/"
    first = _address(story.client, path)
    nothing_given = story.client.get(_local(first)).content
    story.give(workshop)
    second = _address(story.client, path)
    campaigns.content_changed(workshop.campaign_id)
    third = _address(story.client, path)
    assert len({first, second, third}) == 3
    for old in (first, second):
        answer = story.client.get(_local(old))
        assert (answer.status_code, answer["Location"]) == (302, _local(third))
        assert answer["Cache-Control"] == "no-cache"
    assert story.client.get(_local(third)).content != nothing_given
    # A workshop's page knows no total: its card leads to the present one.
    shared = story.client.get(_local(_address(story.client, address(workshop))), follow=True)
    assert shared.redirect_chain[-1][0] == _local(third)


def test_it_is_drawn_once(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    total = totals.of_campaign(campaign)
    first = social_cards.drawn(campaign, total, "en")
    monkeypatch.setattr(card_drawing, "_draw", None)
    assert social_cards.drawn(campaign, total, "en") == first
    with pytest.raises(TypeError):  # control: another language would have to be drawn
        social_cards.drawn(campaign, total, "fr")


def test_long_and_strange_titles_stay_on_the_card(campaign: Campaign) -> None:
    total = totals.of_campaign(campaign)
    for title in ("W" * 160, "word " * 32, "水と井戸", "a"):
        campaign.title, campaign.charity_name = title, title[:120]
        assert card_drawing._draw(campaign, total, "en").size == card_drawing.SIZE
    whole = pictures.read(upload(picture_bytes(colour=(0, 128, 0))))
    pictures.set_picture(campaign, whole, pictures.Described(4, "Green", {}))
    campaign.refresh_from_db()
    assert card_drawing._draw(campaign, total, "en").getpixel((1100, 300))[1] > 100  # type: ignore[index]
    # One whose file is gone has a card all the same.
    campaign.picture = "0" * 32
    assert card_drawing._draw(campaign, total, "en").getpixel((1100, 300)) == (251, 250, 247)


def test_cards_of_what_is_not_there_are_not_found(campaign: Campaign) -> None:
    for path in (f"{campaign.slug}/de/1-0", "nowhere/en/1-0"):
        assert Client().get(f"/cards/{path}.png").status_code == 404
