"""From draft to record: what must be there first, who sees what, and every step of the table."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.services import publishing
from events.models import Campaign, Team
from events.services import campaigns
from events.states import CAMPAIGN_TABLE, CampaignState, Destination
from fundraiser.core import clock
from fundraiser.core.transitions import TransitionError
from tests.support.cast import make_campaign, make_workshop

pytestmark = pytest.mark.django_db

READY: dict[str, Any] = {
    "state": CampaignState.DRAFT,
    "title": "An evening",
    "story": "Why water.",
    "send_by": date(2030, 1, 1),
}


@pytest.fixture
def draft(campaign: Campaign) -> Campaign:
    Team.objects.filter(pk=campaign.team_id).update(site_account_approved=True)
    return make_campaign(team=Team.objects.get(pk=campaign.team_id), **READY)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _move(client: Client, campaign: Campaign, to: str) -> int:
    return client.post(f"/organize/campaigns/{campaign.public_id}/move/{to}/").status_code


def _state(campaign: Campaign) -> str:
    return Campaign.objects.get(pk=campaign.pk).state


def test_a_draft_is_seen_by_its_team_alone_and_gives_nothing_away(
    draft: Campaign, alice: User, bob: User, charlie: User
) -> None:
    path = f"/c/{draft.slug}/"
    for member in (alice, bob):
        answer = signed_in(member).get(path)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "only your team sees this page" in page
        assert "Why water." in page
        assert "no-store" in answer["Cache-Control"]
        assert f"/c/{draft.slug}/give/" not in page
        assert "data-live hidden" not in page
    for stranger in (Client(), signed_in(charlie)):
        for more in ("", "give/", "total/", "entries.csv"):
            assert stranger.get(path + more).status_code == 404
        assert stranger.get(f"/embed{path}meter/").status_code == 404
        assert stranger.get(f"/cards/{draft.slug}/en/1-0.png").status_code == 404
    assert Client().post(f"{path}give/", {"amount": "2000"}).status_code == 404


def test_publish_close_open_again_archive_and_back(draft: Campaign, alice: User) -> None:
    client, path = signed_in(alice), f"/c/{draft.slug}/"
    assert "Preview" in client.get(f"/organize/campaigns/{draft.public_id}/").content.decode()
    visitor = Client()
    for to, gives in (
        ("published", True),
        ("closed", False),
        ("published", True),
        ("closed", False),
        ("archived", False),
        ("closed", False),
    ):
        assert _move(client, draft, to) == 302
        assert _state(draft) == to
        assert f"{path}give/" in visitor.get(path).content.decode() or not gives
        assert ("This campaign is closed" in visitor.get(path).content.decode()) is not gives
    assert _move(client, draft, "draft") == 404
    assert _state(draft) == "closed"


def test_every_step_that_the_table_does_not_know_is_refused(draft: Campaign) -> None:
    for old, new in product(CampaignState, CampaignState):
        if new == CampaignState.PUBLISHED or new in CAMPAIGN_TABLE[old]:
            continue
        Campaign.objects.filter(pk=draft.pk).update(state=old)
        draft.refresh_from_db()
        with pytest.raises(TransitionError):
            campaigns.move(draft, new)
        assert _state(draft) == old
    Campaign.objects.filter(pk=draft.pk).update(state=CampaignState.ARCHIVED)
    with pytest.raises(TransitionError):
        publishing.publish(draft)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"title": ""}, "Give the campaign a title."),
        ({"story": " "}, "Tell the story"),
        ({"charity_name": ""}, "Name the charity."),
        ({"suggested_minor": []}, "Suggest at least one amount."),
        ({"send_by": None}, "Say by which day"),
        ({"closes_at": clock.now() - timedelta(days=3)}, "The close date has passed"),
        ({"destination": Destination.EXTERNAL}, "Give the address of the charity’s own page"),
        ({"destination": Destination.CHARITY}, "Connect the charity’s Stripe account"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_published(
    draft: Campaign, alice: User, lacking: dict[str, Any], words: str
) -> None:
    Campaign.objects.filter(pk=draft.pk).update(**lacking)
    client = signed_in(alice)
    assert _move(client, draft, "published") == 302
    page = client.get(f"/organize/campaigns/{draft.public_id}/").content.decode()
    assert words in page
    assert "Not yet" in page
    assert ">Publish<" not in page
    assert _state(draft) == "draft"


def test_a_team_needs_an_account_or_the_sites_by_an_admins_word(
    draft: Campaign, charlie: User
) -> None:
    Team.objects.filter(pk=draft.team_id).update(site_account_approved=False)
    with pytest.raises(publishing.NotReadyError) as refused:
        publishing.publish(draft)
    assert [one.where for one in refused.value.missing] == ["campaign_payments"]
    Campaign.objects.filter(pk=draft.pk).update(stripe_account="acct_1")
    publishing.publish(draft)
    assert _state(draft) == "published"


def test_a_team_that_is_not_approved_yet_cannot_publish(draft: Campaign) -> None:
    draft.team.state = "pending"
    assert [one.where for one in publishing.missing(draft)] == ["dashboard"]


def test_a_forgotten_check_would_be_seen(
    draft: Campaign, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: without the check of the account, a campaign with none could be published."""
    Team.objects.filter(pk=draft.team_id).update(site_account_approved=False)
    checks = [one for one in publishing.CHECKS if one.__name__ != "_account"]
    monkeypatch.setattr(publishing, "CHECKS", checks)
    publishing.publish(draft)
    assert _state(draft) == "published"


def test_viewers_move_nothing_and_strangers_see_nothing(
    draft: Campaign, bob: User, charlie: User
) -> None:
    for person, status in ((bob, 403), (charlie, 404)):
        assert _move(signed_in(person), draft, "published") == status
    assert _state(draft) == "draft"
    page = signed_in(bob).get(f"/organize/campaigns/{draft.public_id}/").content.decode()
    assert ">Publish<" not in page
    assert "Raised" in page


def test_the_dashboard_leads_to_campaigns_and_to_a_new_one(
    draft: Campaign, alice: User, bob: User
) -> None:
    make_workshop(draft)
    page = signed_in(alice).get("/organize/").content.decode()
    assert f"/organize/campaigns/{draft.public_id}/" in page
    assert "/organize/campaigns/new/" in page
    assert "/organize/campaigns/new/" not in signed_in(bob).get("/organize/").content.decode()
