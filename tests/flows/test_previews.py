"""A draft of a campaign with its workshops, as its team sees them before anybody does."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.models import Claim, Donation
from events.models import Booking, Campaign, Workshop
from events.states import CampaignState, Destination, WorkshopState
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.story import address

pytestmark = pytest.mark.django_db

_NOINDEX = '<meta name="robots" content="noindex">'


@pytest.fixture
def draft(campaign: Campaign) -> Campaign:
    return make_campaign(team=campaign.team, state=CampaignState.DRAFT, slug="an-evening")


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_workshops_of_a_draft_campaign_are_seen_by_its_team_alone(
    draft: Campaign, alice: User, bob: User, charlie: User
) -> None:
    ready = make_workshop(draft, title="Ready", speakers=["Ann"])
    begun = make_workshop(draft, title="Begun", state=WorkshopState.DRAFT)
    page = _signed_in(alice).get(f"/c/{draft.slug}/").content.decode()
    assert address(ready) in page
    assert address(begun) in page
    assert page.count('<span class="badge plain">Draft</span>') == 1
    for person, back in ((alice, f"/workshops/{ready.public_id}/edit/"), (bob, draft.public_id)):
        for shop in (ready, begun):
            answer = _signed_in(person).get(address(shop))
            shown = answer.content.decode()
            assert "no-store" in answer["Cache-Control"]
            assert _NOINDEX in shown
            assert "This is a preview" in shown
            assert "Its campaign is a draft." in shown
            # The whole page: seats that are left, and the form with its amounts.
            assert "10 seats left of 10" in shown
            assert 'name="amount"' in shown
        assert str(back) in _signed_in(person).get(address(ready)).content.decode()
    for stranger in (Client(), _signed_in(charlie)):
        assert stranger.get(f"/c/{draft.slug}/").status_code == 404
        for shop in (ready, begun):
            assert stranger.get(address(shop)).status_code == 404
            assert stranger.post(address(shop), give_form()).status_code == 404

    # Control: what is public is no preview, and shows no draft beside it.
    Campaign.objects.filter(pk=draft.pk).update(state=CampaignState.PUBLISHED)
    public = _signed_in(alice).get(address(ready)).content.decode()
    assert _NOINDEX not in public
    assert "This is a preview" not in public
    assert address(begun) not in Client().get(f"/c/{draft.slug}/").content.decode()


@pytest.mark.parametrize("destination", [Destination.TEAM, Destination.EXTERNAL])
@pytest.mark.parametrize("moderated", [False, True])
def test_nothing_can_be_sent_from_a_preview_and_nothing_is_changed_by_it(
    draft: Campaign, alice: User, destination: str, *, moderated: bool
) -> None:
    Campaign.objects.filter(pk=draft.pk).update(destination=destination)
    shop = make_workshop(draft, state=WorkshopState.DRAFT, moderated=moderated)
    client = _signed_in(alice)
    page = client.get(address(shop)).content.decode()
    part = "wait" if moderated else "give"
    assert f'action="{address(shop)}#{part}"' in page
    assert ("2. Come back, and show it" in page) == (
        destination == Destination.EXTERNAL and not moderated
    )
    answer = client.post(address(shop), give_form(reference="ABC-1"), follow=True)
    assert "nobody registered" in answer.content.decode()
    assert client.post(f"/c/{draft.slug}/{shop.slug}/wait/", give_form()).status_code == 404
    assert not Booking.objects.exists()
    assert not Donation.objects.exists()
    assert not Claim.objects.exists()
    assert Campaign.objects.get(pk=draft.pk).state == CampaignState.DRAFT
    assert Workshop.objects.get(pk=shop.pk).state == WorkshopState.DRAFT
