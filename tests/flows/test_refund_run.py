"""The refunds of a cancelled workshop: each once, wherever it died and whatever Stripe does."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.models import Cancellation, CancellationChoice, Donation
from donations.services import attention, cancellations, invariants, refund_run
from events.models import Workshop
from tests.flows.test_cancelled_choices import (
    address,
    cancel,
    choose,
    full,
    organizer,
    refunds,
    run,
)
from tests.support.clock import Clock
from tests.support.killing import killed_command
from tests.support.sandbox import SandboxControl
from tests.support.story import Story

#: tests/promises/test_kill_points.py holds these against what is declared.
POINTS = ("refund:begun", "refund:asked", "refund:settled")
ONCE = {"rita": [2000], "rob": [2000]}


def at_stripe(sandbox: SandboxControl) -> int:
    """Return how many refunds moved money at Stripe."""
    rows = sandbox.balance_transactions()
    found: list[dict[str, Any]] = rows["data"] if isinstance(rows, dict) else rows
    return sum(one["type"] == "refund" for one in found)


@pytest.fixture
def two(story: Story, workshop: Workshop, alice: User) -> Workshop:
    """A cancelled workshop of which two want their money back."""
    full(story, workshop, "rita", "rob")
    cancel(alice, workshop)
    for name in ("rita", "rob"):
        choose(story, name, "refund")
    story.mails()
    return workshop


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_point_and_resumed_each_is_refunded_once(
    story: Story, two: Workshop, clock: Clock
) -> None:
    """One after the other at each point, so that what the last one left is in the way, too."""
    for point in POINTS:
        killed_command("run_cancellations", point)
        CancellationChoice.objects.update(next_try_at=None)  # its lease has passed
        assert list(invariants.broken()) == []
    for _ in range(2):
        run()
    assert refunds() == ONCE
    assert at_stripe(story.sandbox) == 2
    story.webhooks(Donation.objects.first())
    assert refunds() == ONCE
    progress = cancellations.progress(Cancellation.objects.get())
    assert (progress.refunded, progress.is_running) == (2, False)


@pytest.mark.parametrize("how", ["429", "after"])
def test_stripe_in_silence_is_waited_for_longer_and_longer(
    story: Story, two: Workshop, clock: Clock, how: str
) -> None:
    story.sandbox.fail_next(6, how=how, path="/v1/refunds")
    run()
    tried = CancellationChoice.objects.exclude(attempts=0)
    assert [one.error != "" for one in tried] == [True] * len(tried)
    assert run().done == 0, "not before the pause is over"
    for _ in range(refund_run.ATTEMPTS):
        clock.advance(minutes=70)
        run()
    assert refunds() == ONCE
    assert at_stripe(story.sandbox) == 2
    assert attention.of_campaigns([two.campaign], is_admin=False) == []


def test_what_does_not_go_through_is_set_aside_seen_and_tried_again(
    story: Story, two: Workshop, alice: User, clock: Clock
) -> None:
    CancellationChoice.objects.update(attempts=refund_run.ATTEMPTS - 1)
    story.sandbox.fail_next(6, how="500", path="/v1/refunds")
    run()
    clock.advance(days=1)
    assert run().done == 0
    (item,) = attention.of_campaigns([two.campaign], is_admin=False)
    assert (item.kind, item.detail) == ("refunds_stuck", "2")
    dashboard = organizer(alice).get("/organize/").content.decode()
    assert address(two, "cancelled") in dashboard
    page = organizer(alice).get(address(two, "cancelled")).content.decode()
    assert "These did not go through" in page
    assert "Rita" in page
    assert refunds() == {}

    assert organizer(alice).post(address(two, "cancelled/retry")).status_code == 302
    run()
    assert refunds() == ONCE
    assert attention.of_campaigns([two.campaign], is_admin=False) == []


def test_a_refund_that_the_bank_does_not_take_is_seen_and_made_anew(
    story: Story, two: Workshop, alice: User
) -> None:
    run()
    donation = Donation.objects.get(email="rita@example.org")
    story.sandbox.fail_refund(donation.entries.get(kind="refund").source_id)
    story.webhooks(donation)
    assert donation.net_minor == 2000
    run()
    (item,) = attention.of_campaigns([two.campaign], is_admin=False)
    assert item.kind == "refunds_stuck"
    page = organizer(alice).get(address(two, "cancelled")).content.decode()
    assert "did not take the money" in page
    organizer(alice).post(address(two, "cancelled/retry"))
    run()
    donation.refresh_from_db()
    assert donation.net_minor == 0
    assert refunds() == {**ONCE, "rita": [2000, 2000]}


def test_what_went_back_in_the_dashboard_is_not_given_twice(story: Story, two: Workshop) -> None:
    donation = Donation.objects.get(email="rita@example.org")
    story.sandbox.refund(charge=donation.charge_id, amount=500)
    run()
    assert {name: sorted(minor) for name, minor in refunds().items()} == {
        **ONCE,
        "rita": [500, 1500],
    }
