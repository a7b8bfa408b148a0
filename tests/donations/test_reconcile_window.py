"""How far back the worker's reconciliation looks, and what one bad account does to the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.gateway.stripe import for_workers
from donations.models import Reconciliation
from donations.services import reconcile
from tests.support.cast import make_campaign


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
    monkeypatch.setattr(gateway, "events_since", lambda since, *, account: iter(()))
    assert [run.finished_at for run in reconcile.run(gateway=gateway)] == [None, None]
    assert seen == ["", "acct_1Zzz"]
