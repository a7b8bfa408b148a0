"""Gifts shown by receipt: the form, who sees what, doubles, the giver's data, the invariants."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from donations.gateway.stripe import for_workers
from donations.models import Claim
from donations.services import invariants
from donations.services.declaring import claims
from donations.services.person import erasing, personal_data
from events.models import Booking, Campaign, Membership, Person, Workshop
from events.states import Role
from fundraiser.core import clock as clocks
from tests.support.cast import make_campaign, make_workshop
from tests.support.claims import (
    PDF,
    claim_form,
    decide,
    external_campaign,
    listed,
    picture,
    show,
    show_path,
    upload,
)
from tests.support.story import Story


@pytest.fixture
def campaign(db: None) -> Campaign:
    return external_campaign()


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    return make_workshop(campaign, capacity=3)


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"other_amount": ""}, "other_amount"),
        ({"other_amount": "nothing"}, "other_amount"),
        ({"other_amount": "0"}, "other_amount"),
        ({"other_amount": "-5"}, "other_amount"),
        ({"reference": ""}, "reference"),
        ({"email": "dora"}, "email"),
        ({"seats": "3", "person_2_name": "Eli"}, "person_3_name"),
    ],
)
def test_bad_input_is_told_at_its_field_and_what_was_typed_stays(
    client: Client, shop: Workshop, typed: dict[str, str], field: str
) -> None:
    answer = client.post(show_path(shop), claim_form(message="My words", **typed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert "My words" in page
    assert not Claim.objects.exists()
    assert not Booking.objects.exists()


def test_a_receipt_that_was_fine_is_asked_for_again(client: Client, shop: Workshop) -> None:
    typed = claim_form(email="", receipt=upload(picture()))
    page = client.post(show_path(shop), typed).content.decode()
    assert "Please choose it once more" in page


def test_one_client_shows_so_many_receipts_until_one_is_accepted(
    story: Story, shop: Workshop, campaign: Campaign, settings: Settings, alice: User
) -> None:
    settings.LIMITS = replace(settings.LIMITS, receipts_per_client=2)
    for number in range(2):
        show(story, campaign, email=f"p{number}@example.org", reference=str(number))
    typed = claim_form(email="third@example.org", reference="kept as typed")
    refused = story.client.post(show_path(shop), typed)
    assert (refused.status_code, "kept as typed" in refused.content.decode()) == (429, True)
    assert int(refused["Retry-After"]) > 23 * 3600
    assert Claim.objects.count() == 2
    claims.accept(Claim.objects.latest("pk").pk, by=alice)  # control: then there is room again
    assert story.client.post(show_path(shop), typed).status_code == 302


def test_a_full_workshop_an_unfit_campaign_and_too_many_open_ones_are_refused(
    story: Story, shop: Workshop, campaign: Campaign
) -> None:
    for number in range(3):
        show(story, shop, email=f"p{number}@example.org", reference=str(number))
    assert story.client.post(show_path(shop), claim_form()).status_code == 409
    for number in range(claims.MOST_OPEN):
        show(story, campaign, reference=f"{number}")
    refused = story.client.post(show_path(campaign), claim_form())
    assert refused.status_code == 422
    assert Claim.objects.filter(email="dora@example.org").count() == claims.MOST_OPEN
    Campaign.objects.update(destination="team")
    assert (
        story.client.post(show_path(campaign), claim_form(email="n@example.org")).status_code == 409
    )


def test_a_viewer_sees_numbers_and_a_stranger_nothing(
    story: Story, campaign: Campaign, alice: User, bob: User, charlie: User
) -> None:
    claim = show(story, campaign, receipt=upload(picture()))
    for person, page, acts in ((bob, 200, 403), (charlie, 404, 404)):
        client = Client()
        client.force_login(person)
        answer = client.get(f"/organize/campaigns/{campaign.public_id}/claims/")
        assert answer.status_code == page
        assert "Dora" not in answer.content.decode()
        assert decide(client, claim, "accept").status_code == acts
        assert client.get(f"/organize/claims/{claim.public_id}/file/").status_code == acts
    Membership.objects.filter(user=alice).update(role=Role.VIEWER)
    client = Client()
    client.force_login(alice)
    assert decide(client, claim, "decline", "No.").status_code == 403, "at the next request"


def test_an_editor_sets_where_people_give(organizer: Client, campaign: Campaign) -> None:
    path = f"/organize/campaigns/{campaign.public_id}/claims/settings/"
    bad = organizer.post(path, {"external_url": "http://x.example", "claim_days": "3"})
    assert bad.status_code == 422
    assert 'id="id_external_url_error"' in bad.content.decode()
    good = organizer.post(path, {"external_url": "https://x.example/give", "claim_days": "3"})
    assert good.status_code == 302
    campaign.refresh_from_db()
    assert (campaign.external_url, campaign.claim_days) == ("https://x.example/give", 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.update(external_url="javascript:alert(1)")


def test_a_new_receipt_is_on_the_dashboard(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    show(story, campaign)
    page = organizer.get("/organize/").content.decode()
    assert "Dora shows a gift of $20.00" in page.replace("\u00a0", " ")


def test_its_givers_data_is_told_and_erased_with_the_receipt(
    story: Story, shop: Workshop, organizer: Client, django_capture_on_commit_callbacks: Any
) -> None:
    campaign = shop.campaign
    accepted = show(story, campaign, receipt=upload(picture()), name="Dora Quill")
    decide(organizer, accepted, "accept")
    show(story, shop, receipt=upload(PDF), reference="Quill 2", name="Dora Quill")
    person = Person.objects.create(email="dora@example.org", language="en")
    told = personal_data.of_person(person)
    kinds = [one["receipt"]["type"] for one in told["gifts_shown_by_receipt"]]
    assert kinds == ["application/pdf", "image/jpeg"]
    assert "claim_received" in {one["kind"] for one in told["mails"]}
    files = [str(one.file.name) for one in Claim.objects.all()]

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(person, gateway=for_workers())
    assert not [name for name in files if default_storage.exists(name)]
    left = serializers.serialize("json", Claim.objects.all())
    assert "Quill" not in left
    assert "dora@example.org" not in left
    assert set(Claim.objects.values_list("state", flat=True)) == {"accepted", "withdrawn"}
    assert story.total(campaign).declared.minor == 2000, "the amount stays"
    shop.refresh_from_db()
    assert shop.seats_taken == 0
    assert story.mails() == []


def test_control_what_does_not_fit_the_ledger_is_seen(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    claim = show(story, campaign)
    with transaction.atomic():
        Claim.objects.update(state="accepted", decided_at=clocks.now())
        found = {one.promise for one in invariants.broken()}
        transaction.set_rollback(True)
    assert "a declared gift has exactly its ledger rows" in found
    decide(organizer, claim, "accept")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE donations_campaigntotal SET declared_minor = 1, donors = 2")
        found = {one.promise for one in invariants.broken()}
        transaction.set_rollback(True)
    assert "the rollup equals the ledger" in found
    assert "the number of donors equals the gifts of which something is left" in found


def test_the_same_proof_twice_is_said_to_the_organizer(
    story: Story, shop: Workshop, campaign: Campaign, organizer: Client
) -> None:
    show(story, shop, receipt=upload(PDF, "a.pdf"), reference="")
    assert "shows the same" not in listed(organizer, campaign)
    show(story, campaign, email="x@example.org", reference="cw-1234")
    show(story, campaign, email="y@example.org", receipt=upload(PDF, "b.pdf"))
    page = listed(organizer, campaign)
    assert page.count("1 other gift shows the same reference.") == 2
    assert page.count("1 other gift shows the same file.") == 2


def test_where_no_money_passes_nothing_is_owed_and_nothing_is_given_back(
    story: Story, campaign: Campaign, shop: Workshop, alice: User, organizer: Client
) -> None:
    Membership.objects.get_or_create(team=campaign.team, user=alice, defaults={"role": Role.OWNER})
    show(story, shop)
    decide(organizer, Claim.objects.get(), "accept")
    place = f"/c/{campaign.slug}/"
    page = story.page(place)
    assert "no money passes through here" in page
    assert "Still to send" not in page
    assert "Acknowledged" not in page
    dashboard = organizer.get("/organize/").content.decode()
    assert "Given elsewhere and told to us" in dashboard
    assert "Still to send" not in dashboard

    path = f"/organize/workshops/{shop.public_id}/cancel/"
    form = organizer.get(path).content.decode()
    assert "nothing can be given back from here" in form
    assert 'name="default"' not in form
    day = (clocks.now() + timedelta(days=9)).date().isoformat()
    assert organizer.post(path, {"deadline": day}).status_code == 302
    shop.refresh_from_db()
    assert shop.state == "cancelled"

    other = make_workshop(make_campaign(team=campaign.team))
    assert "Still to send" in organizer.get("/organize/").content.decode(), "control"
    path = f"/organize/workshops/{other.public_id}/cancel/"
    assert 'name="default"' in organizer.get(path).content.decode(), "control"
