"""The founding story: give on the charity's own page, show the receipt, get a seat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Claim, LedgerEntry
from donations.services import claims, invariants, sweeper
from donations.services.person import erasing, personal_data
from events.models import Booking, Campaign, Membership, Person, Workshop
from events.states import Role
from fundraiser.core import clock as clocks
from tests.support.cast import make_workshop
from tests.support.claims import PDF, claim_form, external_campaign, picture, show_path, upload
from tests.support.clock import Clock
from tests.support.story import Story, address, body


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


def show(story: Story, place: Workshop | Campaign, **typed: Any) -> Claim:
    """Show a gift on the form; return the claim whose page it led to."""
    answer = story.client.post(show_path(place), claim_form(**typed))
    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert answer["Location"].startswith("/shown/")
    return Claim.objects.latest("pk")


def own_page(story: Story, claim: Claim) -> str:
    from donations.services.claim_links import claim_link

    return story.page(f"/shown/{claim_link(claim)}/")


def decide(organizer: Client, claim: Claim, verb: str, reason: str = "") -> Any:
    return organizer.post(f"/organize/claims/{claim.public_id}/{verb}/", {"reason": reason})


def sweep() -> None:
    sweeper.sweep(gateway=for_workers())


def listed(organizer: Client, campaign: Campaign) -> str:
    page = organizer.get(f"/organize/campaigns/{campaign.public_id}/claims/").content.decode()
    return " ".join(page.split())


def test_from_the_visit_to_the_accepted_gift(
    story: Story, shop: Workshop, campaign: Campaign, organizer: Client
) -> None:
    page = story.page(address(shop))
    assert 'href="https://www.charitywater.example/give"' in page
    assert "2. Come back, and show it" in page

    claim = show(story, shop, other_amount="$20.50", message="Go on!")
    booking = claim.booking
    assert booking is not None
    assert (booking.state, claim.amount_minor, claim.state) == ("held", 2050, "shown")
    assert booking.hold_expires_at == claim.created_at + timedelta(days=7)
    (mail,) = story.mails()
    assert mail["Subject"] == "We have your receipt: How to open a web shop"
    assert "/shown/" in body(mail)
    assert story.total(campaign).together.minor == 0, "nothing counts before it is accepted"
    assert "Waiting for an answer" in own_page(story, claim)

    assert "CW-1234" in listed(organizer, campaign)
    for _ in range(2):
        assert decide(organizer, claim, "accept").status_code == 302
    claim.refresh_from_db()
    booking.refresh_from_db()
    assert (claim.state, booking.state) == ("accepted", "confirmed")
    (mail,) = story.mails()
    assert mail["Subject"] == "You are in: How to open a web shop"

    total = story.total(campaign)
    assert (total.declared.minor, total.raised.minor, total.owed.minor) == (2050, 0, 0)
    assert (total.together.minor, total.donors) == (2050, 1)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.source_type, entry.source_id) == (
        "declared",
        "claim",
        str(claim.public_id),
    )
    public = story.page(f"/c/{campaign.slug}/")
    assert "told to us with a receipt" in public
    assert "Go on!" in public
    assert "of it was given elsewhere and told to us" in public
    assert "To my ticket" in own_page(story, claim)


def test_a_declined_gift_frees_its_seat_and_can_be_shown_again(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    claim = show(story, shop)
    story.mails()
    refused = decide(organizer, claim, "decline")
    assert refused.status_code == 422
    assert 'id="id_reason_error"' in refused.content.decode()
    decide(organizer, claim, "decline", "The picture is of a cat.")
    shop.refresh_from_db()
    assert shop.seats_taken == 0
    (mail,) = story.mails()
    assert "The picture is of a cat." in body(mail)
    page = own_page(story, claim)
    assert "The picture is of a cat." in page
    assert f'href="{address(shop)}"' in page
    assert show(story, shop, reference="CW-5678").booking is not None
    assert not LedgerEntry.objects.exists()
    decide(organizer, claim, "accept")
    claim.refresh_from_db()
    assert claim.state == "declined", "it was answered already"


def test_an_acceptance_by_mistake_is_undone_by_a_counter_entry(
    story: Story, shop: Workshop, campaign: Campaign, organizer: Client
) -> None:
    claim = show(story, shop, seats="2", person_2_name="Eli", person_2_email="eli@example.org")
    decide(organizer, claim, "accept")
    story.mails()
    for _ in range(2):
        decide(organizer, claim, "undo", "It was somebody else’s receipt.")
    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True)) == [
        "declared",
        "declared_undone",
    ]
    total = story.total(campaign)
    assert (total.declared.minor, total.donors) == (0, 0)
    shop.refresh_from_db()
    assert shop.seats_taken == 0
    to = {mail["To"]: mail for mail in story.mails()}
    assert set(to) == {"dora@example.org", "eli@example.org"}
    assert "somebody else’s receipt" in body(to["dora@example.org"])


def test_a_hold_that_nobody_answered_ends_and_can_still_be_accepted(
    story: Story, shop: Workshop, campaign: Campaign, organizer: Client, clock: Clock
) -> None:
    claim = show(story, shop)
    story.mails()
    clock.advance(minutes=8 * 24 * 60)
    sweep()
    claim.refresh_from_db()
    assert claim.state == "expired"
    shop.refresh_from_db()
    assert shop.seats_taken == 0
    (mail,) = story.mails()
    assert "has not answered in time" in body(mail)
    decide(organizer, claim, "accept")
    booking = Booking.objects.get()
    assert booking.state == "confirmed", "a seat was free"
    assert story.total(campaign).declared.minor == 2000


def test_who_still_waits_is_let_in_when_the_workshop_begins(
    story: Story, campaign: Campaign, organizer: Client, clock: Clock
) -> None:
    shop = make_workshop(campaign, starts_at=clocks.now() + timedelta(hours=30))
    claim = show(story, shop)
    assert claim.booking is not None
    assert claim.booking.hold_expires_at == shop.starts_at, "never past the start"
    clock.advance(minutes=29 * 60 + 5)
    sweep()
    late = show(story, shop, email="late@example.org", reference="X")
    assert set(Booking.objects.values_list("state", flat=True)) == {"confirmed"}
    assert set(Claim.objects.values_list("state", flat=True)) == {"shown"}
    assert story.total(campaign).declared.minor == 0
    clock.advance(minutes=6 * 60)  # it is over
    decide(organizer, late, "decline", "Nothing of it arrived.")
    decide(organizer, claim, "accept")
    assert set(Booking.objects.values_list("state", flat=True)) == {"confirmed"}
    assert story.total(campaign).declared.minor == 2000


def test_the_same_form_twice_is_one_claim_and_a_changed_one_replaces_it(
    story: Story, shop: Workshop
) -> None:
    nonce = "5a1f1c0e-3b0b-4bd0-8a5b-000000000002"
    first = show(story, shop, nonce=nonce)
    assert show(story, shop, nonce=nonce).pk == first.pk
    second = show(story, shop, nonce=nonce, other_amount="30")
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "shown")
    shop.refresh_from_db()
    assert shop.seats_taken == 1
    assert len(story.mails()) == 1, "nobody is told of what was replaced"


def test_its_giver_takes_it_back(story: Story, shop: Workshop) -> None:
    from donations.services.claim_links import claim_link

    claim = show(story, shop)
    for _ in range(2):
        path = f"/shown/{claim_link(claim)}/withdraw/"
        assert story.client.post(path).status_code == 302
    claim.refresh_from_db()
    shop.refresh_from_db()
    assert (claim.state, shop.seats_taken) == ("withdrawn", 0)


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


def test_a_gift_without_a_workshop_and_with_hidden_name_and_amount(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    assert "1. Give to charity: water" in story.page(address(campaign))
    claim = show(story, campaign, hide_name="on", hide_amount="on", name="Secret Sam")
    story.mails()
    decide(organizer, claim, "accept")
    (mail,) = story.mails()
    assert mail["Subject"] == "Your gift to charity: water counts"
    public = story.page(f"/c/{campaign.slug}/")
    assert "Secret Sam" not in public
    lines = b"".join(story.client.get(f"/c/{campaign.slug}/entries.csv")).decode()
    assert str(claim.public_id) not in lines, "added up with the others that are hidden"
    assert ",declared,declared_gifts,given_elsewhere,20.00,USD," in lines


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


def test_a_seat_of_the_same_address_is_not_given_twice(
    story: Story, shop: Workshop, campaign: Campaign, organizer: Client
) -> None:
    first, second = (show(story, shop, reference=one) for one in ("A", "B"))
    for claim in (first, second):
        decide(organizer, claim, "accept")
    shop.refresh_from_db()
    assert shop.seats_taken == 1
    assert story.total(campaign).declared.minor == 4000, "both gifts count"


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
