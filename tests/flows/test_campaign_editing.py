"""An organizer's campaign: begun with a few fields, then edited in every language."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations import campaign_values, minimums
from donations.services import campaign_editing
from donations.services.declaring import offline
from donations.states import OfflineKind
from events.forms.campaign_edit import EditForm
from events.models import Campaign, Membership, Team
from events.states import CampaignState, Destination, Role
from fundraiser.core import clock, colours
from fundraiser.core.money import Money
from tests.support.campaigns import edit_fields
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db

NEW = "/organize/campaigns/new/"


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def draft(campaign: Campaign) -> Campaign:
    return make_campaign(team=campaign.team, state=CampaignState.DRAFT, title="An evening")


def _few(**values: Any) -> dict[str, Any]:
    fields = {
        "title": "Une soirée pour l’eau",
        "charity": "charity-water",
        "goal": "1 000,50",
        "currency": "EUR",
        "destination": "team",
        "closes_on": "",
        "send_by": "",
    }
    return {**fields, **values}


def _edit(client: Client, campaign: Campaign, **values: Any) -> Any:
    path = f"/organize/campaigns/{campaign.public_id}/edit/"
    return client.post(path, {**edit_fields(campaign), **values})


def test_a_few_fields_make_a_draft(organizer: Client, campaign: Campaign) -> None:
    Team.objects.filter(pk=campaign.team_id).update(time_zone="Europe/Paris")
    day = (clock.now() + timedelta(days=60)).date()
    answer = organizer.post(NEW, _few(closes_on=day.isoformat()), headers={"Accept-Language": "fr"})
    made = Campaign.objects.exclude(pk=campaign.pk).get()
    assert answer["Location"] == f"/organize/campaigns/{made.public_id}/"
    assert (made.slug, made.state, made.language) == ("une-soiree-pour-leau", "draft", "fr")
    assert (made.goal_minor, made.suggested_minor) == (100_050, [2000, 5000, 10000])
    assert (made.charity_name, made.charity_registration) == ("charity: water", "EIN 22-3936753")
    assert made.closes_at is not None
    # The last second of that day in the team's zone, which is not that of UTC.
    assert made.closes_at.date() == day
    assert made.closes_at.hour in {21, 22}
    page = organizer.get(answer["Location"]).content.decode()
    assert "Tell the story" in page


@pytest.mark.parametrize(("zone", "is_over"), [("America/New_York", False), ("Asia/Tokyo", True)])
def test_a_day_is_over_when_it_is_over_where_the_team_lives(
    organizer: Client, campaign: Campaign, clock: Clock, zone: str, *, is_over: bool
) -> None:
    Team.objects.filter(pk=campaign.team_id).update(time_zone=zone)
    clock.set(datetime(2027, 11, 28, 1, 30, tzinfo=UTC))
    answer = organizer.post(NEW, _few(closes_on="2027-11-27", send_by="2027-11-27"))
    assert answer.status_code == (422 if is_over else 302)


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    organizer: Client, campaign: Campaign
) -> None:
    wrong = _few(title="", charity="own", goal="a lot", closes_on="2001-01-01", destination="moon")
    answer = organizer.post(NEW, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    for name in ("title", "charity_name", "goal", "closes_on", "destination"):
        assert f'id="id_{name}_error"' in page, name
    assert 'value="a lot"' in page
    assert Campaign.objects.count() == 1


def test_two_of_the_same_title_have_addresses_of_their_own(
    organizer: Client, campaign: Campaign
) -> None:
    for title in ("Water", "Water", "水"):
        organizer.post(NEW, _few(title=title, charity="own", charity_name="Ours"))
    slugs = list(Campaign.objects.exclude(pk=campaign.pk).values_list("slug", flat=True))
    assert len(set(slugs)) == 3
    assert "water" in slugs


def test_who_edits_no_team_begins_nothing(campaign: Campaign, bob: User, charlie: User) -> None:
    client = Client()
    client.force_login(bob)
    assert client.post(NEW, _few()).status_code == 403
    client.force_login(User.objects.create_user("nobody@example.org"))
    assert "You are not in a team yet" in client.get(NEW).content.decode()
    client.force_login(charlie)
    client.post(NEW, _few(team=campaign.team_id))
    theirs = Campaign.objects.get(title="Une soirée pour l’eau")
    assert theirs.team_id != campaign.team_id


def test_texts_are_kept_in_every_language_and_may_change_places(
    organizer: Client, draft: Campaign
) -> None:
    Campaign.objects.filter(pk=draft.pk).update(
        picture="a" * 32,
        picture_source="b" * 32,
        picture_alt="A well",
        translations={"fr": {"picture_alt": "Un puits"}, "de": {"title": "Abend"}},
    )
    texts = {"title_fr": "Une soirée", "story_en": "*Why*", "story_fr": "*Pourquoi*"}
    assert _edit(organizer, draft, **texts, tax_fr="Reçu fiscal").status_code == 302
    draft.refresh_from_db()
    assert (draft.text("title", "fr"), draft.text("story", "en")) == ("Une soirée", "*Why*")
    assert draft.receipt_tax_wording == {"fr": "Reçu fiscal"}

    assert _edit(organizer, draft, **texts, language="fr").status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.text("title", "en")) == ("Une soirée", "An evening")
    assert (draft.picture_alt, draft.text("picture_alt", "en")) == ("Un puits", "A well")
    assert draft.translations["de"] == {"title": "Abend"}
    assert "fr" not in draft.translations

    answer = _edit(organizer, draft, title_fr="", title_en="An evening", language="fr")
    assert answer.status_code == 422
    assert 'id="id_title_fr_error"' in answer.content.decode()


def test_a_day_that_stays_keeps_its_very_moment(organizer: Client, draft: Campaign) -> None:
    moment = datetime(2020, 5, 1, 19, 0, tzinfo=UTC)
    Campaign.objects.filter(pk=draft.pk).update(closes_at=moment, send_by=date(2020, 6, 1))
    draft.refresh_from_db()
    assert _edit(organizer, draft).status_code == 302
    draft.refresh_from_db()
    assert draft.closes_at == moment
    assert _edit(organizer, draft, closes_on="2020-05-02").status_code == 422


def test_a_light_colour_is_made_darker_until_white_can_be_read(
    organizer: Client, draft: Campaign
) -> None:
    answer = _edit(organizer, draft, accent="#ffee00")
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert colours.contrast_with_white("ffee00") < colours.READABLE
    assert colours.contrast_with_white(draft.accent) >= colours.READABLE
    assert colours.under_white("0a63c2") == "0a63c2"
    assert _edit(organizer, draft, accent="red}").status_code == 422


def test_amounts_are_read_in_the_currency_that_is_chosen(
    organizer: Client, draft: Campaign
) -> None:
    values = {"currency": "JPY", "goal": "100000", "suggested": "5000\n\n1000\n1000"}
    assert _edit(organizer, draft, **values).status_code == 302
    draft.refresh_from_db()
    assert (draft.goal_minor, draft.suggested_minor) == (100_000, [1000, 5000])
    for wrong in ("0", "x", "0.001", "1\n2\n3\n4\n5", "10"):
        answer = _edit(organizer, draft, suggested=wrong)
        assert 'id="id_suggested_error"' in answer.content.decode(), wrong


def test_what_money_depends_on_is_fixed_once_it_is_public(
    organizer: Client, campaign: Campaign
) -> None:
    values = {"currency": "EUR", "destination": "external", "charity": "wateraid"}
    assert _edit(organizer, campaign, **values, goal="2000").status_code == 302
    campaign.refresh_from_db()
    assert (campaign.currency, campaign.destination) == ("USD", Destination.TEAM)
    assert (campaign.charity_name, campaign.goal_minor) == ("charity: water", 200_000)


def test_a_draft_that_is_published_meanwhile_keeps_where_its_money_goes(draft: Campaign) -> None:
    shown = {"place_fixed": False, "currency_fixed": False, "campaign": draft}
    form = EditForm({**edit_fields(draft), "currency": "EUR"}, charged=minimums.limits, **shown)
    assert form.is_valid(), form.errors
    place = campaign_editing.MoneyPlace("EUR", "team", form.charity_facts())
    facts = campaign_editing.Facts(
        None, [], None, None, None, None, "0a63c2", fees_paid_by_organizer=False
    )
    Campaign.objects.filter(pk=draft.pk).update(state=CampaignState.PUBLISHED)
    with pytest.raises(campaign_editing.MoneyFixedError):
        campaign_editing.edit(draft, texts=campaign_values.texts(form), facts=facts, place=place)
    # Control: as a draft again it takes the same edit.
    Campaign.objects.filter(pk=draft.pk).update(state=CampaignState.DRAFT)
    campaign_editing.edit(draft, texts=campaign_values.texts(form), facts=facts, place=place)
    assert Campaign.objects.get(pk=draft.pk).currency == "EUR"


def test_workshops_hold_the_currency_and_another_place_lets_the_account_go(
    organizer: Client, draft: Campaign
) -> None:
    Campaign.objects.filter(pk=draft.pk).update(stripe_account="acct_1")
    make_workshop(draft)
    values = {"currency": "EUR", "destination": "charity"}
    assert _edit(organizer, draft, **values).status_code == 302
    draft.refresh_from_db()
    assert (draft.currency, draft.destination, draft.stripe_account) == ("USD", "charity", "")


def test_another_charity_lets_the_charitys_account_go(organizer: Client, draft: Campaign) -> None:
    rows = Campaign.objects.filter(pk=draft.pk)
    rows.update(stripe_account="acct_1", destination=Destination.CHARITY)
    draft.refresh_from_db()
    _edit(organizer, draft, title_en="Another title")
    assert rows.get().stripe_account == "acct_1"
    _edit(organizer, draft, charity="wateraid")
    assert (rows.get().stripe_account, rows.get().charity_name) == ("", "WaterAid")


def test_a_gift_that_is_pledged_by_hand_holds_the_currency(
    organizer: Client, draft: Campaign, alice: User
) -> None:
    today = clock.now().date()
    pledge = offline.Entry(
        OfflineKind.MATCHING, Money(500, "USD"), today, uuid.uuid4(), pledged=True
    )
    offline.record(campaign=draft, entry=pledge, by=alice)
    _edit(organizer, draft, currency="EUR")
    assert Campaign.objects.get(pk=draft.pk).currency == "USD"


def test_what_was_promised_to_givers_stays(organizer: Client, campaign: Campaign) -> None:
    day = clock.now().date() + timedelta(days=30)
    _edit(organizer, campaign, send_by=day.isoformat(), fees_paid_by_organizer="on")
    for later in ("", (day + timedelta(days=1)).isoformat()):
        answer = _edit(organizer, campaign, send_by=later, fees_paid_by_organizer="on")
        assert 'id="id_send_by_error"' in answer.content.decode()
    answer = _edit(organizer, campaign, send_by=day.isoformat())
    assert 'id="id_fees_paid_by_organizer_error"' in answer.content.decode()
    sooner = (day - timedelta(days=1)).isoformat()
    assert (
        _edit(organizer, campaign, send_by=sooner, fees_paid_by_organizer="on").status_code == 302
    )
    campaign.refresh_from_db()
    assert (campaign.send_by.isoformat(), campaign.fees_paid_by_organizer) == (sooner, True)


def test_only_an_owner_changes_where_the_money_lands(
    organizer: Client, draft: Campaign, alice: User
) -> None:
    Membership.objects.filter(team=draft.team, user=alice).update(role=Role.ORGANIZER)
    values = {"destination": "external", "title_en": "An evening"}
    assert _edit(organizer, draft, **values).status_code == 302
    settings_path = f"/organize/campaigns/{draft.public_id}/claims/settings/"
    typed = {"external_url": "https://elsewhere.example/", "claim_days": "3"}
    assert organizer.post(settings_path, typed).status_code == 302
    draft.refresh_from_db()
    assert (draft.destination, draft.title) == (Destination.TEAM, "An evening")
    assert (draft.external_url, draft.claim_days) == ("", 3)
    Membership.objects.filter(team=draft.team, user=alice).update(role=Role.OWNER)  # control
    assert organizer.post(settings_path, typed).status_code == 302
    assert _edit(organizer, draft, **values).status_code == 302
    draft.refresh_from_db()
    assert (draft.destination, draft.external_url) == ("external", "https://elsewhere.example/")


def test_a_preview_shows_what_is_typed_cleaned_and_keeps_nothing(
    organizer: Client, draft: Campaign, charlie: User
) -> None:
    path = f"/organize/campaigns/{draft.public_id}/edit/"
    text = "**Water** <script>x</script> [x](javascript:alert(1))"
    shown = organizer.post(f"{path}preview/", {"text": text}).content.decode()
    assert "<strong>Water</strong>" in shown
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    page = _edit(organizer, draft, story_en="**Water**", preview="yes", title_en="Typed")
    assert page.status_code == 200
    assert "<strong>Water</strong>" in page.content.decode()
    assert 'value="Typed"' in page.content.decode()
    draft.refresh_from_db()
    assert (draft.story, draft.title) == ("", "An evening")
    stranger = Client()
    stranger.force_login(charlie)
    assert stranger.post(f"{path}preview/", {"text": "x"}).status_code == 404
