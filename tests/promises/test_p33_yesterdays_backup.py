"""Promise 33. Yesterday's backup plus reconcile: money exact; registrations rebuilt from Stripe
metadata or listed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from donations.models import CampaignTotal, Difference, Donation, LedgerEntry
from donations.services import (
    attention,
    attention_words,
    invariants,
    rebuilding,
    settlement,
)
from donations.services.backups import dumping, restoring
from events.models import Booking, Campaign, Message, Registration, Workshop
from tests.support.backups import on_database
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story


@dataclass
class Yesterday:
    """A backup, and what the database said before it was lost."""

    archive: io.BytesIO
    workshop: Workshop
    entries: set[tuple[object, ...]]
    totals: list[dict[str, object]]
    seats_taken: int
    lost: Donation
    other_database: str

    def restore(self) -> None:
        restoring.restore(self.archive, replace=False)


def entries() -> set[tuple[object, ...]]:
    """Every row of the ledger, but for its number and when we heard of it."""
    columns = ("kind", "debit", "credit", "amount_minor", "currency", "source_type", "source_id")
    rows = LedgerEntry.objects.values_list(*columns, "campaign__slug", "donation__public_id")
    return set(rows)


def campaign_totals() -> list[dict[str, object]]:
    """Every amount of the totals, but for when it was moved."""
    rows = CampaignTotal.objects.order_by("campaign_id").values()
    return [{k: v for k, v in row.items() if k not in {"updated_at", "version"}} for row in rows]


@pytest.fixture
def yesterday(story: Story, empty_database: str, media: object) -> Iterator[Yesterday]:
    """Since the backup: seats for three, a gift without a seat, and a refund of an older one."""
    workshop = make_workshop(make_campaign(), capacity=4)
    known = story.give(workshop, email="before@example.org")
    archive = io.BytesIO()
    dumping.write(archive)

    friends = {"seats": 3, "person_2_name": "Fred", "person_3_name": "Fay"}
    lost = story.give(workshop, email="since@example.org", name="Zoë", **friends)
    story.give(workshop.campaign, email="gift@example.org")
    story.sandbox.refund(charge=known.charge_id, amount=500)
    story.webhooks(known)
    workshop.refresh_from_db()
    told = (entries(), campaign_totals(), workshop.seats_taken)
    with on_database(empty_database):
        yield Yesterday(archive, workshop, *told, lost, empty_database)


def reconcile(status: int = 0) -> str:
    out = io.StringIO()
    with pytest.raises(SystemExit) if status else nullcontext() as ended:
        call_command("reconcile", stdout=out)
    assert not status or ended.value.code == status
    return out.getvalue()


def test_money_is_exact_and_seats_are_back_under_their_numbers(yesterday: Yesterday) -> None:
    yesterday.restore()
    assert Donation.objects.count() == 1
    said = reconcile()

    assert entries() == yesterday.entries
    assert campaign_totals() == yesterday.totals
    assert Workshop.objects.get().seats_taken == yesterday.seats_taken == 4
    lost = yesterday.lost
    again = Donation.objects.get(public_id=lost.public_id)
    assert (again.state, again.email, again.amount) == ("paid", lost.email, lost.amount)
    assert (again.hide_name, again.hide_amount) == (True, True)
    assert again.booking is not None
    assert (again.booking.state, again.booking.seats) == ("confirmed", 3)
    assert Message.objects.filter(kind="confirmation", booking=again.booking).exists()
    assert f"made anew: donation {lost.public_id}, $20.00" in said
    assert "seat confirmed; not known: people" in said
    assert list(invariants.broken()) == []

    campaigns = Campaign.objects.all()
    shown = [one for one in attention.of_campaigns(campaigns, is_admin=False) if one.donation]
    assert {(one.kind, one.detail) for one in shown} == {("rebuilt", "people"), ("rebuilt", "")}
    assert "made anew" in attention_words.told(shown[0], "en", names_all=True).title

    assert "made anew" not in reconcile()
    assert entries() == yesterday.entries


def test_links_in_mails_of_the_time_since_work_again(yesterday: Yesterday) -> None:
    """Booking and registrations have the numbers that those links were signed for."""
    yesterday.restore()
    reconcile()
    booking = Booking.objects.get(email="since@example.org")
    seats = booking.registrations.order_by("position")
    told = yesterday.lost.session_parameters["metadata"]
    assert booking.public_id.hex == told["booking"].replace("-", "")
    assert [one.public_id.hex for one in seats] == told["registrations"].split()
    assert [bool(one.email) for one in seats] == [True, False, False]


def test_who_was_let_in_from_the_line_since_waits_behind_nobody(yesterday: Yesterday) -> None:
    """In the backup they wait, one of them for a yes; since then the first was offered and paid."""
    yesterday.restore()
    workshop, told = Workshop.objects.get(), yesterday.lost.session_parameters["metadata"]
    first = {"public_id": told["booking"], "seats": 3, "awaits_approval": True}
    for who in (first, {"seats": 1}):
        Booking.objects.create(
            workshop=workshop, state="waiting", name="W", email="w@example.org", **who
        )
    reconcile()
    assert entries() == yesterday.entries
    states = Booking.objects.exclude(email="before@example.org").order_by("pk")
    assert list(states.values_list("state", flat=True)) == ["confirmed", "waiting"]


def test_one_gift_that_cannot_be_settled_stops_no_other(
    yesterday: Yesterday, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday.restore()
    settle = settlement.apply

    def refused(pk: int, **how: object) -> object:
        if Donation.objects.get(pk=pk).email == "gift@example.org":
            raise IntegrityError("staged")
        return settle(pk, **how)

    monkeypatch.setattr(settlement, "apply", refused)
    reconcile(status=1)
    assert Donation.objects.get(public_id=yesterday.lost.public_id).state == "paid"
    assert Difference.objects.filter(kind="gift", resolved_at=None).count() == 1
    monkeypatch.setattr(settlement, "apply", settle)
    reconcile()
    assert entries() == yesterday.entries


def test_with_no_seat_left_the_money_stands_and_is_listed(yesterday: Yesterday) -> None:
    yesterday.restore()
    Workshop.objects.update(capacity=2)
    assert "seat needs_attention" in reconcile()
    assert entries() == yesterday.entries
    assert Message.objects.filter(kind="payment_problem").count() == 1
    assert list(invariants.broken()) == []


def test_what_stripe_tells_of_an_unknown_campaign_is_listed(yesterday: Yesterday) -> None:
    """It was opened after the backup: nobody knows whose money that is."""
    yesterday.restore()
    first = Campaign.objects.get()
    Campaign.objects.update(public_id=yesterday.lost.public_id)  # any other number
    said = reconcile(status=1)
    found = Difference.objects.filter(kind="gift", resolved_at=None)
    assert found.count() == 2
    assert all(f"paid to campaign {first.public_id}" in one.detail for one in found)
    assert "which is not known here" in said


def test_another_installation_s_gifts_are_none_of_ours(yesterday: Yesterday, settings) -> None:
    yesterday.restore()
    Campaign.objects.update(public_id=yesterday.lost.public_id)
    settings.SITE_URL = "https://another.example.org"
    assert "made anew" not in reconcile()
    assert not Difference.objects.filter(resolved_at=None).exists()


def test_a_lost_workshop_s_gift_is_a_gift(yesterday: Yesterday) -> None:
    yesterday.restore()
    Workshop.objects.update(public_id=yesterday.lost.public_id)
    said = reconcile()
    assert "no seat; not known: workshop" in said
    assert campaign_totals() == yesterday.totals
    assert Registration.objects.count() == 1


def test_control_without_rebuilding_the_money_is_not_exact(
    yesterday: Yesterday, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "rebuild", lambda *_, **__: None)
    yesterday.restore()
    reconcile()
    assert entries() < yesterday.entries
    assert campaign_totals() != yesterday.totals
