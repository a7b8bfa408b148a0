"""The page on stage: the total, what givers let be seen, a code; its address can be revoked."""

from __future__ import annotations

import pytest
from django.test import Client

from events.models import Campaign
from events.services import access
from events.services.room import rooms
from tests.support.cast import make_campaign
from tests.support.story import Story, plain

pytestmark = pytest.mark.django_db


def _path(campaign: Campaign, more: str = "") -> str:
    campaign.refresh_from_db()
    return f"/stage/{access.stage_link(campaign)}/{more}"


def test_it_shows_the_total_the_goal_the_latest_givers_and_the_code(
    story: Story, campaign: Campaign
) -> None:
    story.give(campaign, email="a@example.org", name="Zoe", amount="5000")
    page = story.page(_path(campaign))
    assert "$50" in page
    assert "of $1,000 for charity: water" in page
    assert "Zoe" in page
    assert "<svg" in page
    assert f"/c/{campaign.slug}/give" in page
    live = story.page(_path(campaign, "live/"))
    assert "<html" not in live
    assert "$50" in live


def test_what_a_giver_hid_is_not_on_stage(story: Story, campaign: Campaign) -> None:
    story.give(campaign, email="a@example.org", name="Secret Giver", hide_name="on")
    story.give(campaign, email="b@example.org", name="Quiet", hide_amount="on", amount="5000")
    for more in ("", "live/"):
        page = story.page(_path(campaign, more))
        assert "Secret Giver" not in page
        assert "Somebody kind" in page
        assert page.count("$50") == 0
        assert "Quiet" in page


@pytest.mark.parametrize(
    ("asked", "theme", "background"),
    [
        ("", "dark", "dark"),
        ("?background=light", "light", "light"),
        ("?background=transparent", "dark", "transparent"),
        ('?background="><script>', "dark", "dark"),
    ],
)
def test_backgrounds(campaign: Campaign, asked: str, theme: str, background: str) -> None:
    page = Client().get(_path(campaign, asked)).content.decode()
    assert f'data-theme="{theme}" data-background="{background}"' in page
    assert "<script>" not in page.replace("<script ", "")


def test_it_speaks_the_campaigns_language_or_the_one_asked_for(db: None) -> None:
    french = make_campaign(language="fr", currency="EUR")
    page = plain(Client().get(_path(french), headers={"Accept-Language": "en"}).content.decode())
    assert '<html lang="fr"' in page
    assert "1 000 €" in page
    assert '<html lang="en"' in Client().get(_path(french, "?language=en")).content.decode()
    assert '<html lang="fr"' in Client().get(_path(french, "?language=xx")).content.decode()


def test_a_new_address_makes_the_old_one_stop_at_once(campaign: Campaign) -> None:
    old, live = _path(campaign), _path(campaign, "live/")
    assert Client().get(old).status_code == 200
    rooms.revoke_stage(campaign)
    assert Client().get(old).status_code == 404
    assert Client().get(live).status_code == 404
    assert Client().get(_path(campaign)).status_code == 200


def test_a_campaign_that_takes_no_more_gifts_shows_the_way_to_its_page(db: None) -> None:
    closed = make_campaign(state="closed")
    page = Client().get(_path(closed)).content.decode()
    assert f"/c/{closed.slug}</p>" in page
