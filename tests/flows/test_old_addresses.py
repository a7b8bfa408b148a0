"""An address that was public leads to its campaign for ever, with all that stands behind it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.admin import CampaignForm
from events.models import Campaign, CampaignAddress, Workshop
from events.services import campaigns
from events.states import CampaignState
from tests.support.cast import give_form, make_campaign, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(campaign: Campaign) -> Workshop:
    """A workshop whose campaign was at /c/first/, then at /c/second/, and is at /c/third/."""
    Campaign.objects.filter(pk=campaign.pk).update(slug="first")
    workshop = make_workshop(Campaign.objects.get(pk=campaign.pk), slug="shop")
    for slug in ("second", "third"):
        campaigns.change_address(workshop.campaign, slug)
    return workshop


@pytest.mark.parametrize("old", ["first", "second"])
def test_every_page_of_an_old_address_leads_to_the_present_one(moved: Workshop, old: str) -> None:
    for more in (
        "",
        "total/",
        "entries.csv",
        "give/?amount=50",
        "shop/?utm_source=x",
        "shop/wait/",
    ):
        answer = Client().get(f"/c/{old}/{more}")
        assert (answer.status_code, answer["Location"]) == (301, f"/c/third/{more}")
        assert answer["Cache-Control"] == "no-cache"
    for more in ("meter/", "give/?language=fr", "shop/form/"):
        answer = Client().get(f"/embed/c/{old}/{more}")
        assert answer["Location"] == f"/embed/c/third/{more}"
    assert Client().get("/c/third/").status_code == 200


def test_a_form_sent_to_an_old_address_arrives_whole(moved: Workshop) -> None:
    for path in ("give/", "shop/", "shop/wait/"):
        answer = Client().post(f"/c/first/{path}", give_form())
        assert (answer.status_code, answer["Location"]) == (308, f"/c/third/{path}")


def test_what_never_was_stays_not_found(moved: Workshop) -> None:
    for path in ("/c/fourth/", "/c/third/nowhere/", "/c/fourth/shop/"):
        assert Client().get(path).status_code == 404


def test_an_address_is_nobody_elses_and_may_be_taken_back(
    moved: Workshop, alice: User, campaign: Campaign
) -> None:
    client = Client()
    client.force_login(alice)
    other = make_campaign(team=campaign.team, slug="other")
    path = f"/organize/campaigns/{other.public_id}/address/"
    for taken in ("first", "third", "Third", "no spaces", ""):
        answer = client.post(path, {"slug": taken})
        assert answer.status_code == 422
        assert 'id="id_slug_error"' in answer.content.decode()
    with pytest.raises(campaigns.AddressTakenError):
        campaigns.change_address(other, "second")
    other.refresh_from_db()
    assert other.slug == "other"

    own = f"/organize/campaigns/{campaign.public_id}/address/"
    assert client.post(own, {"slug": "First"}).status_code == 302
    assert Client().get("/c/first/").status_code == 200
    assert Client().get("/c/third/")["Location"] == "/c/first/"


def test_a_draft_leaves_no_address_behind(campaign: Campaign) -> None:
    draft = make_campaign(team=campaign.team, state=CampaignState.DRAFT, slug="early")
    campaigns.change_address(draft, "later")
    assert not CampaignAddress.objects.filter(campaign=draft).exists()
    assert not campaigns.is_taken("early")
    # Control: the same of a public one does.
    campaigns.change_address(campaign, "elsewhere")
    assert CampaignAddress.objects.filter(campaign=campaign).count() == 1


def test_the_admin_keeps_old_addresses_too(
    moved: Workshop, admin_client: Client, campaign: Campaign
) -> None:
    path = f"/admin/events/campaign/{campaign.pk}/change/"
    form = admin_client.get(path).context["adminform"].form
    assert isinstance(form, CampaignForm)
    fields = {name: form[name].value() for name in form.fields}
    filled = {name: value for name, value in fields.items() if value not in (None, False)}
    filled |= {"suggested_minor": "[1000]", "translations": "{}", "receipt_tax_wording": "{}"}
    filled |= {"created_at_0": "2026-01-01", "created_at_1": "10:00:00", "closes_at_0": ""}
    answer = admin_client.post(path, {**filled, "slug": "fourth"})
    assert answer.status_code == 302, answer.context["errors"]
    assert Client().get("/c/third/shop/")["Location"] == "/c/fourth/shop/"
    other = make_campaign(slug="other")
    path = f"/admin/events/campaign/{other.pk}/change/"
    assert admin_client.post(path, {**filled, "slug": "first"}).status_code == 200
