"""Exports of one workshop, and what organizers are told of gifts that never passed through here."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.management import CommandError
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation, Export
from donations.services import invariants, settlement
from donations.services.declaring import offline
from donations.services.exports import jobs
from donations.states import OfflineKind
from events.models import Campaign, Membership, Message, Workshop
from events.states import Role
from fundraiser.core import clock
from fundraiser.core.money import Money
from tests.access import money_rows
from tests.support.cast import make_workshop
from tests.support.claims import decide, external_campaign, show
from tests.support.exports import cells, export, paid
from tests.support.sandbox import SandboxControl
from tests.support.story import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(workshop: Workshop, sandbox: SandboxControl) -> list[Donation]:
    """A gift of 20.50 for one workshop, 4.00 of it given back, and one of 10.00 for another."""
    found = [paid(workshop, sandbox, 2050), paid(make_workshop(workshop.campaign), sandbox, 1000)]
    sandbox.refund(charge=found[0].charge_id, amount=400)
    settlement.apply(found[0].pk, gateway=for_workers())
    return found


def test_sums_of_a_workshop_are_of_its_own_gifts_in_file_and_sheet(
    client: Client, tmp_path: Path, two: list[Donation], campaign: Campaign, alice: User
) -> None:
    expected = [("16.50", two[0].workshop), ("10.00", two[1].workshop), ("26.50", None)]
    for raised, workshop in expected:
        slugs = {"campaign": campaign.slug, **({"workshop": workshop.slug} if workshop else {})}
        (total,) = cells(export(tmp_path, "totals", **slugs))
        assert total["raised"] == raised
        gifts = cells(export(tmp_path, "donations", **slugs))
        assert sum(Decimal(row["left"]) for row in gifts) == Decimal(raised)
        book = openpyxl.load_workbook(export(tmp_path, "donations", "xlsx", **slugs))
        heading, row = book["sums"].iter_rows(values_only=True)
        assert dict(zip(heading, row, strict=True))["raised"] == float(raised)
        entries = cells(export(tmp_path, "ledger", **slugs))
        assert len(entries) == int(total["entries"])
    # The page of exports says the same.
    client.force_login(alice)
    form = {"kind": "totals", "format": "csv", "time_zone": "UTC", "workshop": two[1].workshop_id}
    client.post(f"/organize/campaigns/{campaign.public_id}/exports/", form)
    one = jobs.write(Export.objects.get().pk)
    assert one is not None
    assert cells(jobs.path_of(one))[0]["raised"] == "10.00"


def test_a_transfer_is_in_the_file_of_the_workshops_whose_gifts_are_in_it(
    tmp_path: Path, two: list[Donation], campaign: Campaign
) -> None:
    money_rows.make_for(campaign)
    asked = [{"workshop": one.workshop.slug} for one in two if one.workshop]
    found = [
        len(cells(export(tmp_path, "remittances", campaign=campaign.slug, **how)))
        for how in ({}, *asked)
    ]
    # The oldest gift goes first: the transfer of one dollar is of the first workshop's money.
    assert found == [1, 1, 0]


def test_what_is_of_no_workshop_and_days_in_the_wrong_order_are_refused(
    tmp_path: Path, two: list[Donation], campaign: Campaign
) -> None:
    slugs = {"campaign": campaign.slug, "workshop": two[1].workshop.slug}  # type: ignore[union-attr]
    with pytest.raises(CommandError, match="of no workshop"):
        export(tmp_path, "journal", **slugs)
    with pytest.raises(CommandError, match="before the first"):
        export(tmp_path, "donations", since="2026-02-02", until="2026-02-01")
    assert not list(tmp_path.iterdir())


def test_gifts_given_elsewhere_have_a_file_and_are_in_their_workshops_sums(
    story: Story, tmp_path: Path, alice: User, client: Client
) -> None:
    campaign = external_campaign()
    Membership.objects.create(team=campaign.team, user=alice, role=Role.OWNER)
    first, other = make_workshop(campaign), make_workshop(campaign)
    client.force_login(alice)
    for workshop, amount in ((first, "$20.50"), (other, "$10.00")):
        claim = show(story, workshop, other_amount=amount, name="Éloïse", email=f"{amount}@x.org")
        decide(client, claim, "accept")
    entry = offline.Entry(
        kind=OfflineKind.CASH,
        amount=Money(407, "USD"),
        received_on=clock.now().date(),
        visit=uuid4(),
        note="In a jar",
    )
    offline.record(campaign=campaign, entry=entry, by=AnonymousUser())
    slug = {"campaign": campaign.slug}
    rows = cells(export(tmp_path, "declared", **slug))
    assert [(one["how"], one["amount"], one["state"]) for one in rows if one["name"]] == [
        ("receipt", "20.50", "accepted"),
        ("receipt", "10.00", "accepted"),
    ]
    (jar,) = [one for one in rows if one["how"] == "cash"]
    assert (jar["amount"], jar["note"], jar["currency"]) == ("4.07", "In a jar", "USD")
    (total,) = cells(export(tmp_path, "totals", **slug))
    assert total["declared"] == "34.57"
    lines = export(tmp_path, "declared", "jsonl", **slug).read_text().splitlines()
    sheet = openpyxl.load_workbook(export(tmp_path, "declared", "xlsx", **slug))["declared"]
    assert len(lines) + 1 == sheet.max_row == 4
    slug["workshop"] = other.slug
    assert [one["amount"] for one in cells(export(tmp_path, "declared", **slug))] == ["10.00"]
    (total,) = cells(export(tmp_path, "totals", **slug))
    assert (total["declared"], total["entries"]) == ("10.00", "1")
    # Mails about a receipt say whose they are by its number alone.
    told = cells(export(tmp_path, "messages", **slug))
    assert {one["kind"] for one in told} >= {"claim_received", "confirmation"}
    assert not list(invariants.broken())


def test_mails_of_no_campaign_are_in_the_file_of_the_whole_site_alone(
    tmp_path: Path, two: list[Donation], campaign: Campaign
) -> None:
    money_rows.make_for(campaign)
    asked = money_rows.Acknowledgement.objects.get()
    now = clock.now()
    for kind, ids in (
        ("alarm", {"alarm": 1}),
        ("acknowledge_request", {"acknowledgement": asked.pk}),
    ):
        Message.objects.create(key=kind, kind=kind, ids=ids, due_at=now, created_at=now)
    everything = [one["kind"] for one in cells(export(tmp_path, "messages"))]
    ours = [one["kind"] for one in cells(export(tmp_path, "messages", campaign=campaign.slug))]
    assert set(everything) - set(ours) == {"alarm"}
    assert "acknowledge_request" in ours
    # A refund is told of a gift, and the gift is a workshop's.
    slugs = {"campaign": campaign.slug, "workshop": two[0].workshop.slug}  # type: ignore[union-attr]
    assert "refund" in {one["kind"] for one in cells(export(tmp_path, "messages", **slugs))}
