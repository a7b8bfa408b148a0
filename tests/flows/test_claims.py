"""The founding story: give on the charity's own page, show the receipt, get a seat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from donations.models import Claim, LedgerEntry
from donations.services import moving
from donations.services.declaring.claim_links import claim_link
from events.models import Booking, Campaign, Workshop
from fundraiser.core import clock as clocks
from tests.support.cast import make_workshop
from tests.support.claims import decide, external_campaign, listed, own_page, show, sweep
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

    _is_declared(story, claim)
    public = story.page(f"/c/{campaign.slug}/")
    assert "told to us with a receipt" in public
    assert "Go on!" in public
    assert "of it was given elsewhere and told to us" in public
    assert "To my ticket" in own_page(story, claim)


def _is_declared(story: Story, claim: Claim) -> None:
    total = story.total(claim.campaign)
    assert (total.declared.minor, total.raised.minor, total.owed.minor) == (2050, 0, 0)
    assert (total.together.minor, total.donors) == (2050, 1)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.source_type, entry.source_id) == (
        "declared",
        "claim",
        str(claim.public_id),
    )


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


@contextmanager
def _refused(table: str, pk: int | None) -> Iterator[None]:
    """As a lock that somebody holds: the database refuses to change one row of a table."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'held' USING ERRCODE = '55P03'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER refused BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.id = {pk}) "
            "EXECUTE FUNCTION pg_temp.refuse()"
        )
        yield
        cursor.execute(f"DROP TRIGGER refused ON {table}")
        cursor.execute("DROP FUNCTION pg_temp.refuse()")


def test_one_claim_that_cannot_be_moved_does_not_stop_the_others(
    story: Story, shop: Workshop, clock: Clock
) -> None:
    first, _ = (show(story, shop, email=f"{one}@example.org") for one in ("ann", "ben"))
    Workshop.objects.update(starts_at=clocks.now() + timedelta(minutes=30))
    with _refused("events_booking", first.booking_id):
        sweep()
    states = dict(Booking.objects.values_list("email", "state"))
    assert states == {"ann@example.org": "held", "ben@example.org": "confirmed"}


def test_one_claim_that_cannot_end_does_not_stop_the_others(
    story: Story, shop: Workshop, clock: Clock
) -> None:
    first, second = (show(story, shop, email=f"{one}@example.org") for one in ("ann", "ben"))
    clock.advance(days=8)
    with _refused("donations_claim", first.pk):
        sweep()
    assert [Claim.objects.get(pk=one.pk).state for one in (first, second)] == ["shown", "expired"]


def test_a_moved_booking_takes_its_claim_along(
    story: Story, shop: Workshop, campaign: Campaign, organizer: Client
) -> None:
    later = make_workshop(campaign)
    claim = show(story, shop)
    decide(organizer, claim, "accept")
    moved = moving.move(claim.booking_id, later.pk)
    claim.refresh_from_db()
    assert (claim.booking, claim.workshop) == (moved, later)
    decide(organizer, claim, "undo", "It was somebody else’s receipt.")
    moved.refresh_from_db()
    later.refresh_from_db()
    assert (moved.state, later.seats_taken) == ("cancelled", 0)


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
    claim = show(story, shop)
    for _ in range(2):
        path = f"/shown/{claim_link(claim)}/withdraw/"
        assert story.client.post(path).status_code == 302
    claim.refresh_from_db()
    shop.refresh_from_db()
    assert (claim.state, shop.seats_taken) == ("withdrawn", 0)


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


def test_a_seat_of_the_same_address_is_not_given_twice(
    story: Story, shop: Workshop, campaign: Campaign, organizer: Client
) -> None:
    first, second = (show(story, shop, reference=one) for one in ("A", "B"))
    for claim in (first, second):
        decide(organizer, claim, "accept")
    shop.refresh_from_db()
    assert shop.seats_taken == 1
    assert story.total(campaign).declared.minor == 4000, "both gifts count"
