"""The least and the most of a gift without a workshop: edited, and held by form and database."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from events.models import Campaign
from events.states import CampaignState
from tests.support.campaigns import edit_fields
from tests.support.cast import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def draft(campaign: Campaign) -> Campaign:
    return make_campaign(team=campaign.team, state=CampaignState.DRAFT, title="An evening")


def _edit(client: Client, campaign: Campaign, **values: Any) -> Any:
    path = f"/organize/campaigns/{campaign.public_id}/edit/"
    return client.post(path, {**edit_fields(campaign), **values})


def test_limits_of_a_gift_are_edited_and_hold_in_the_form(
    organizer: Client, campaign: Campaign
) -> None:
    french = {"Accept-Language": "fr"}
    path = f"/organize/campaigns/{campaign.public_id}/edit/"
    limits = {"suggested": "10\n50", "minimum": "5", "maximum": "1 000,50"}
    assert organizer.post(path, {**edit_fields(campaign), **limits}, headers=french).url == path
    campaign.refresh_from_db()
    assert (campaign.minimum_minor, campaign.maximum_minor) == (500, 100_050)
    assert 'value="1000,50"' in organizer.get(path, headers=french).content.decode()

    give = f"/c/{campaign.slug}/give/"
    assert "Any amount from $5 to $1,000.50." in Client().get(give).content.decode()
    for typed, refusal in (("4.99", "The least you can give here"), ("1001", "The most you can")):
        answer = Client().post(give, {"amount": "other", "other_amount": typed})
        assert refusal in answer.content.decode(), typed
    # Control: what lies between is not refused (the name is missing, and that is all).
    fine = Client().post(give, {"amount": "other", "other_amount": "5"}).content.decode()
    assert "you can give here" not in fine

    organizer.post(path, {**edit_fields(campaign), "minimum": "", "maximum": ""})
    campaign.refresh_from_db()
    assert (campaign.minimum_minor, campaign.maximum_minor) == (None, None)


def test_limits_that_no_gift_can_meet_are_refused_at_their_field(
    organizer: Client, draft: Campaign
) -> None:
    for field, values in (
        ("minimum", {"minimum": "0.49"}),  # less than Stripe charges
        ("minimum", {"minimum": "0"}),
        ("minimum", {"minimum": "a few"}),
        ("maximum", {"maximum": "0.49"}),
        ("maximum", {"minimum": "20", "maximum": "19.99"}),
        ("maximum", {"maximum": "1000000"}),
        ("suggested", {"minimum": "20", "suggested": "10\n50"}),
        ("suggested", {"maximum": "20", "suggested": "10\n50"}),
    ):
        answer = _edit(organizer, draft, **values)
        page = answer.content.decode()
        assert f'id="id_{field}_error"' in page, values
        assert str(next(iter(values.values()))) in page
    # What is given on the charity's own page goes by no card.
    assert _edit(organizer, draft, destination="external", minimum="0.49").status_code == 302
    draft.refresh_from_db()
    assert draft.minimum_minor == 49


@pytest.mark.parametrize(("low", "high"), [(0, None), (None, 0), (-1, 5), (501, 500)])
def test_the_database_refuses_limits_that_no_gift_can_meet(
    draft: Campaign, low: int | None, high: int | None
) -> None:
    rows = Campaign.objects.filter(pk=draft.pk)
    rows.update(minimum_minor=500, maximum_minor=500)  # Control: one amount alone is possible.
    with pytest.raises(IntegrityError, match="campaign_limits_in_order"), transaction.atomic():
        rows.update(minimum_minor=low, maximum_minor=high)
