"""Transfers to the bank: brought by events or found by reconcile, matched to the gifts in them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation, Payout, PayoutMovement, StripeEvent
from donations.services import invariants, reconcile
from donations.services.paying_out import payouts
from donations.states import PayoutStatus
from events.models import Campaign, Membership, Workshop
from events.states import Role
from tests.support.cast import make_campaign, make_workshop
from tests.support.connecting import webhooks
from tests.support.exports import cells, export, paid
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db


def test_a_transfer_is_matched_to_its_gifts_to_the_cent(  # noqa: PLR0917 -- fixtures
    client: Client,
    tmp_path: Path,
    sandbox: SandboxControl,
    given_twice: list[Donation],
    campaign: Campaign,
    alice: User,
) -> None:
    sandbox.refund(charge=given_twice[1].charge_id, amount=400)
    webhooks(client, sandbox)
    [made] = sandbox.payout()["payouts"]
    came = webhooks(client, sandbox)
    assert "payout.paid" in came
    assert not StripeEvent.objects.exclude(error="").filter(type__startswith="payout.")
    row = Payout.objects.get()
    assert (row.stripe_id, row.amount_minor, row.status) == (made["id"], made["amount"], "paid")
    assert row.trace == made["trace_id"]["value"]
    assert row.is_complete
    # Every movement is a row of the ledger's, and they add up to what the bank got.
    rows = cells(export(tmp_path, "payouts", campaign=campaign.slug))
    assert {one["donation"] for one in rows} == {str(one.public_id) for one in given_twice}
    assert sum(Decimal(one["net"]) for one in rows) == Decimal(rows[0]["payout_amount"])
    assert sorted(one["what"] for one in rows) == ["charge", "charge", "refund"]

    client.force_login(alice)
    address = f"/organize/campaigns/{campaign.public_id}/payouts/"
    assert made["trace_id"]["value"] in client.get(address).content.decode()
    page = client.get(f"{address}{row.stripe_id}/").content.decode()
    assert "Everything in it adds up" in page
    assert "2 gifts, $30.50" in page
    assert not list(invariants.broken())


def test_what_no_event_told_is_found_and_paid_can_become_failed(
    client: Client, sandbox: SandboxControl, given_twice: list[Donation], alice: User
) -> None:
    [made] = sandbox.payout()["payouts"]
    for delivery in sandbox.deliveries():
        sandbox.drop(delivery["event"])
    # Not even Stripe's list of events is needed.
    since = given_twice[0].created_at
    assert payouts.catch_up("", since, gateway=for_workers()) == 1
    assert payouts.catch_up("", since, gateway=for_workers()) == 0
    row = Payout.objects.get()
    held = list(row.movements.values_list("movement_id", flat=True))
    assert (row.status, len(held)) == (PayoutStatus.PAID, 2)

    sandbox.post("fail_payout", payout=made["id"])
    reconcile.run(gateway=for_workers())
    row.refresh_from_db()
    assert (row.status, row.failure_code) == (PayoutStatus.FAILED, "account_closed")
    # What it held is still told; the next transfer holds the same gifts again.
    assert list(row.movements.values_list("movement_id", flat=True)) == held
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    assert PayoutMovement.objects.filter(movement_id=held[0]).count() == 2
    client.force_login(alice)
    campaign = given_twice[0].campaign
    page = client.get(f"/organize/campaigns/{campaign.public_id}/payouts/{row.stripe_id}/")
    assert "The bank sent it back (account_closed)" in page.content.decode()
    assert not list(invariants.broken())


def test_an_older_answer_overwrites_nothing(
    sandbox: SandboxControl, given_twice: list[Donation]
) -> None:
    [made] = sandbox.payout()["payouts"]
    row = payouts.refresh(made["id"], account="", gateway=for_workers())
    assert row is not None
    late = row.checked_at.replace(year=row.checked_at.year + 1)
    Payout.objects.update(checked_at=late, status=PayoutStatus.FAILED, failure_code="closed")
    payouts.refresh(made["id"], account="", gateway=for_workers())
    row.refresh_from_db()
    assert (row.status, row.checked_at) == (PayoutStatus.FAILED, late)


def test_of_a_shared_transfer_a_team_sees_its_own_part_alone(
    client: Client,
    sandbox: SandboxControl,
    workshop: Workshop,
    alice: User,
) -> None:
    paid(workshop, sandbox, 2000, name="Dora")
    other = paid(make_workshop(make_campaign(title="Another")), sandbox, 5000, name="Zoe")
    stranger = make_campaign(title="A third")
    Membership.objects.create(team=stranger.team, user=alice, role=Role.OWNER)
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    row = Payout.objects.get()
    client.force_login(alice)
    address = f"/organize/campaigns/{workshop.campaign.public_id}/payouts/"
    for page in (client.get(address), client.get(f"{address}{row.stripe_id}/")):
        text = page.content.decode()
        assert "of a larger transfer" in text
        assert "Zoe" not in text
        assert row.amount.format("en") not in text
    # One that holds nothing of the campaign is no page of it, and another team's is none at all.
    third = f"/organize/campaigns/{stranger.public_id}/payouts/{row.stripe_id}/"
    assert client.get(third).status_code == 404
    foreign = f"/organize/campaigns/{other.campaign.public_id}/payouts/"
    assert client.get(foreign).status_code == 404


def test_a_cent_too_little_in_a_transfer_is_named(
    sandbox: SandboxControl, given_twice: list[Donation]
) -> None:
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    assert not list(invariants.broken())
    first = PayoutMovement.objects.earliest("pk")
    PayoutMovement.objects.filter(pk=first.pk).update(minor=first.minor - 1)
    broken = list(invariants.broken())
    assert [one.promise for one in broken] == [
        "a transfer to the bank is exactly the movements in it",
        "what a transfer to the bank moved is booked",
    ]
    assert all(Payout.objects.get().stripe_id in str(one.row) for one in broken)


def test_the_database_knows_each_transfer_once(
    sandbox: SandboxControl, given_twice: list[Donation]
) -> None:
    [made] = sandbox.payout()["payouts"]
    row: Any = payouts.refresh(made["id"], account="", gateway=for_workers())
    for change in ({"status": "lost"}, {"status": "failed"}, {"currency": "XXX"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.filter(pk=row.pk).update(**change)
