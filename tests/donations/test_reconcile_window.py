"""How far back the worker's reconciliation looks, and what one bad account does to the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.gateway.stripe import for_workers
from donations.models import Reconciliation, StripeEvent
from donations.services import reconcile, reconcile_events
from donations.services.alone import alone
from donations.stripe_events import APPLIED_TYPES
from tests.support.cast import make_campaign, make_workshop
from tests.support.exports import paid


def _finished(clock, *, ago: timedelta, whole: bool) -> None:
    started = clock.now() - ago
    reach = reconcile.WINDOW if whole else reconcile.OVERLAP
    Reconciliation.objects.create(
        started_at=started, since=started - reach, finished_at=started + timedelta(minutes=1)
    )


@pytest.mark.django_db
def test_the_first_look_is_at_everything(clock) -> None:
    assert reconcile.due_since("") == clock.now() - reconcile.WINDOW


@pytest.mark.django_db
def test_after_a_whole_look_only_what_is_new(clock) -> None:
    _finished(clock, ago=timedelta(hours=20), whole=True)
    _finished(clock, ago=timedelta(minutes=10), whole=False)
    assert reconcile.due_since("") == clock.now() - timedelta(minutes=10) - reconcile.OVERLAP


@pytest.mark.django_db
def test_everything_again_after_a_day(clock) -> None:
    _finished(clock, ago=timedelta(hours=25), whole=True)
    _finished(clock, ago=timedelta(minutes=10), whole=False)
    assert reconcile.due_since("") == clock.now() - reconcile.WINDOW


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_gone_does_not_keep_the_others_from_their_turn(sandbox) -> None:
    make_campaign(destination="charity", stripe_account="acct_1Gone")
    own, gone = reconcile.run(gateway=for_workers())
    assert own.account == ""
    assert own.finished_at is not None
    assert gone.account == "acct_1Gone"
    assert gone.finished_at is None


@pytest.mark.django_db(transaction=True)
def test_an_account_with_a_poison_payment_does_not_either(sandbox, monkeypatch) -> None:
    make_campaign(destination="charity", stripe_account="acct_1Zzz")
    seen = []

    def poison(since, *, account):
        seen.append(account)
        raise KeyError("status")

    gateway = for_workers()
    monkeypatch.setattr(gateway, "movements_since", poison)
    monkeypatch.setattr(gateway, "events_since", lambda since, **_narrow: iter(()))
    assert [run.finished_at for run in reconcile.run(gateway=gateway)] == [None, None]
    assert seen == ["", "acct_1Zzz"]


@pytest.mark.django_db
def test_only_types_that_are_applied_are_listed_and_a_killed_run_is_gone_on_with(
    clock, monkeypatch, campaign, sandbox
) -> None:
    paid(make_workshop(campaign), sandbox)
    every = {one["type"] for one in sandbox.get("events")["events"]}
    assert every - set(APPLIED_TYPES)  # control: Stripe has others
    gateway, asked = for_workers(), []
    listed = gateway.events_since

    def noted(since, **narrow):
        asked.append((since, narrow["until"]))
        if len(asked) == 4:
            raise SystemExit  # as a worker that is killed
        return listed(since, **narrow)

    monkeypatch.setattr(gateway, "events_since", noted)
    with pytest.raises(SystemExit):
        reconcile.run_due(gateway=gateway)
    reached = asked[-1][0]
    assert asked[0][0] == clock.now() - reconcile.WINDOW
    assert reached == asked[0][0] + 3 * reconcile_events.SLICE
    asked.clear()
    asked.extend([(None, None)] * 4)
    [run] = reconcile.run_due(gateway=gateway)
    assert asked[4][0] == reached - reconcile_events.LATE
    assert asked[-1][1] is None
    assert run.finished_at is not None
    assert {one.type for one in StripeEvent.objects.all()} == every & set(APPLIED_TYPES)
    # A run that ended is nothing to go on with: the next whole one lists everything.
    clock.advance(days=2)
    asked.clear()
    asked.extend([(None, None)] * 4)
    reconcile.run_due(gateway=gateway)
    assert asked[4][0] == clock.now() - reconcile.WINDOW


@pytest.mark.django_db
def test_two_rounds_do_not_pile_up(clock) -> None:
    with alone("reconcile") as is_alone:
        assert is_alone
        with alone("reconcile") as other, alone("another work") as free:
            assert (other, free) == (False, True)
        assert reconcile.run_due(gateway=for_workers()) == []
    assert not Reconciliation.objects.exists()
    assert len(reconcile.run_due(gateway=for_workers())) == 1  # control
