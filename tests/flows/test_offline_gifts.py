"""Gifts entered by hand: declared, corrected by counter-entries, pledges that count nowhere."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from donations.models import LedgerEntry, OfflineGift
from donations.services import invariants
from events.models import Campaign, Team
from fundraiser.core import clock
from tests.support.clock import Clock
from tests.support.story import Story


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _path(campaign: Campaign) -> str:
    return f"/organize/campaigns/{campaign.public_id}/by-hand/"


def _typed(**values: Any) -> dict[str, str]:
    defaults = {
        "kind": "cash",
        "amount": "1 234,50",
        "received_on": clock.now().date().isoformat(),
        "name": "Aunt May",
        "note": "In the hat",
        "nonce": str(uuid.uuid4()),
    }
    return {**defaults, **values}


def _enter(organizer: Client, campaign: Campaign, **values: Any) -> OfflineGift:
    answer = organizer.post(_path(campaign), _typed(**values))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return OfflineGift.objects.latest("pk")


def _do(organizer: Client, gift: OfflineGift, verb: str, reason: str = "") -> Any:
    return organizer.post(f"/organize/by-hand/{gift.public_id}/{verb}/", {"reason": reason})


def test_cash_is_declared_and_marked_as_entered_by_hand(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    nonce = str(uuid.uuid4())
    for _ in range(2):
        gift = _enter(organizer, campaign, nonce=nonce)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.source_type, entry.amount_minor) == ("declared", "offline", 123_450)
    assert entry.source_id == str(gift.public_id)
    total = story.total(campaign)
    assert (total.declared.minor, total.raised.minor, total.outstanding.minor) == (123_450, 0, 0)
    page = story.page(f"/c/{campaign.slug}/")
    assert "Aunt May" in page
    assert "entered by hand" in page
    assert "In the hat" not in page, "the note is for the team"
    assert "In the hat" in organizer.get(_path(campaign)).content.decode()


def test_a_mistake_is_taken_back_by_a_counter_entry_with_its_reason(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    gift = _enter(organizer, campaign)
    assert _do(organizer, gift, "take-back").status_code == 422
    for _ in range(2):
        assert _do(organizer, gift, "take-back", "Counted twice").status_code == 302
    kinds = list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["declared", "declared_undone"]
    total = story.total(campaign)
    assert (total.declared.minor, total.donors) == (0, 0)
    page = organizer.get(_path(campaign)).content.decode()
    assert "Counted twice" in page
    assert "Aunt May" not in story.page(f"/c/{campaign.slug}/")


def test_a_matching_pledge_counts_once_it_is_received(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    pledge = _enter(organizer, campaign, kind="matching", pledged="on", name="Acme", amount="500")
    total = story.total(campaign)
    assert (total.together.minor, total.pledged.minor, total.donors) == (0, 50_000, 0)
    assert not LedgerEntry.objects.exists()
    assert "Acme promises $500 to match gifts" in story.page(f"/c/{campaign.slug}/")
    for _ in range(2):
        _do(organizer, pledge, "received")
    total = story.total(campaign)
    assert (total.declared.minor, total.pledged.minor, total.donors) == (50_000, 0, 1)
    page = story.page(f"/c/{campaign.slug}/")
    assert "matching gift" in page
    assert "promises" not in page


def test_a_pledge_that_comes_to_nothing_is_withdrawn(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    pledge = _enter(organizer, campaign, kind="matching", pledged="on", name="Acme")
    _do(organizer, pledge, "take-back", "They went bankrupt.")
    _do(organizer, pledge, "received")
    pledge.refresh_from_db()
    assert pledge.state == "withdrawn"
    assert story.total(campaign).pledged.minor == 0
    assert not LedgerEntry.objects.exists()


def test_a_hidden_name_is_not_shown_and_can_be_erased(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    gift = _enter(organizer, campaign, hide_name="on")
    assert "Aunt May" not in story.page(f"/c/{campaign.slug}/")
    assert "Aunt May" in organizer.get(_path(campaign)).content.decode()
    _do(organizer, gift, "forget")
    gift.refresh_from_db()
    assert (gift.name, gift.note, gift.amount_minor) == ("", "", 123_450)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "ten"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"received_on": ""}, "received_on"),
        ({"received_on": "1999-12-31"}, "received_on"),
        ({"pledged": "on"}, "pledged"),
        ({"kind": "matching", "name": ""}, "name"),
        ({"kind": "gold"}, "kind"),
    ],
)
def test_bad_input_is_told_at_its_field(
    organizer: Client, campaign: Campaign, typed: dict[str, str], field: str
) -> None:
    answer = organizer.post(_path(campaign), _typed(**typed))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not OfflineGift.objects.exists()


def test_days_to_come_are_refused(organizer: Client, campaign: Campaign) -> None:
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    assert organizer.post(_path(campaign), _typed(received_on=day)).status_code == 422


@pytest.mark.parametrize(("zone", "today"), [("Pacific/Auckland", 28), ("America/New_York", 27)])
def test_today_is_the_day_where_the_team_lives(
    organizer: Client, campaign: Campaign, clock: Clock, zone: str, today: int
) -> None:
    Team.objects.filter(pk=campaign.team_id).update(time_zone=zone)
    clock.set(datetime(2027, 11, 27, 23, 30, tzinfo=UTC))
    day, tomorrow = date(2027, 11, today), date(2027, 11, today + 1)
    assert f'value="{day}"' in organizer.get(_path(campaign)).content.decode()
    refused = organizer.post(_path(campaign), _typed(received_on=f"{tomorrow}"))
    assert refused.status_code == 422
    assert _enter(organizer, campaign, received_on=f"{day}").received_on == day
    pledge = _enter(
        organizer, campaign, kind="matching", pledged="on", name="Acme", received_on=f"{day}"
    )
    _do(organizer, pledge, "received")
    pledge.refresh_from_db()
    assert pledge.received_on == day


def test_only_editors_enter_and_a_viewer_sees_numbers(
    story: Story, campaign: Campaign, organizer: Client, bob: User, charlie: User
) -> None:
    gift = _enter(organizer, campaign)
    for person, seen, acts in ((bob, 200, 403), (charlie, 404, 404)):
        client = Client()
        client.force_login(person)
        answer = client.get(_path(campaign))
        assert answer.status_code == seen
        assert "Aunt May" not in answer.content.decode()
        assert client.post(_path(campaign), _typed()).status_code == acts
        assert _do(client, gift, "take-back", "No").status_code == acts
    assert OfflineGift.objects.count() == 1


def test_the_database_refuses_what_must_not_be(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    _enter(organizer, campaign)
    for wrong in ({"amount_minor": 0}, {"state": "pledged"}, {"kind": "gold"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OfflineGift.objects.update(**wrong)


def test_control_a_pledge_that_the_total_does_not_know_is_seen(
    story: Story, campaign: Campaign, organizer: Client
) -> None:
    _enter(organizer, campaign, kind="matching", pledged="on", name="Acme")
    with transaction.atomic():
        OfflineGift.objects.update(amount_minor=1)
        found = {one.promise for one in invariants.broken()}
        transaction.set_rollback(True)
    assert found == {"what is pledged equals the pledges that stand"}
