"""Promise 3: each Stripe object id posts at most once, for ever (50 parallel applies), and an older
snapshot never overwrites a newer one (the race is staged).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from donations.gateway import Gateway, Payment
from donations.models import Donation, LedgerEntry
from donations.services import ledger, settlement, totals
from tests.machine import checks
from tests.machine.faults import SlowGateway
from tests.machine.world import Attempt, World

APPLIES = 50


class Barrier:
    """A gateway whose first answers all come at once: everybody has the same snapshot in hand."""

    def __init__(self, gateway: Gateway, parties: int) -> None:
        self._gateway = gateway
        self._barrier = threading.Barrier(parties, timeout=60)
        self._waited = threading.local()

    def fetch_payment(self, session_id: str, *, account: str) -> Payment:
        payment = self._gateway.fetch_payment(session_id, account=account)
        if not getattr(self._waited, "done", False):
            self._waited.done = True
            connection.close()  # back to the pool, which is smaller than the crowd
            self._barrier.wait()
        return payment


def in_parallel(count: int, work: Callable[[], Any]) -> list[Any]:
    """Run ``work`` in so many threads; return its results, or the exceptions."""

    def one(_: int) -> Any:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 -- the test looks at what each thread met
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def apply_in_parallel(world: World, attempt: Attempt) -> list[Any]:
    """Settle one donation 50 times at once; those who found it busy try again afterwards."""
    gateway = Barrier(world.gateway, APPLIES)

    def work() -> Any:
        try:
            return settlement.apply(attempt.donation, gateway=gateway)  # type: ignore[arg-type]
        except settlement.BusyError:
            return None

    results = in_parallel(APPLIES, work)
    world.apply(attempt)
    return results


def doubled() -> list[tuple[Any, ...]]:
    """Return the Stripe objects that stand in the ledger more than once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source_type, source_id, kind, COUNT(*) FROM donations_ledgerentry "
            "GROUP BY 1, 2, 3 HAVING COUNT(*) > 1"
        )
        return cursor.fetchall()


@pytest.mark.alone
def test_fifty_applies_of_one_payment_post_once(world: World) -> None:
    attempt = world.begun()
    world.pay(attempt)
    world.refund(attempt, minor=300)
    results = apply_in_parallel(world, attempt)
    errors = [one for one in results if isinstance(one, Exception)]
    assert errors == []
    assert sum(isinstance(one, Donation) for one in results) >= 1
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["fee", "gift", "refund"]
    assert doubled() == []
    world.deliver_all()
    assert checks.always(world) + checks.at_the_end(world) == []


@pytest.mark.alone
def test_fifty_applies_end_a_hold_once(world: World) -> None:
    attempt = world.begun(seats=2)
    world.sandbox.expire(attempt.session)
    assert not [e for e in apply_in_parallel(world, attempt) if isinstance(e, Exception)]
    workshop = world.places[0].workshop
    assert workshop is not None
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0
    assert checks.always(world) == []


def test_a_posted_source_is_never_posted_again_even_years_later(world: World) -> None:
    attempt = world.begun()
    world.pay(attempt)
    world.deliver_all()
    world.advance(days=800)
    for _ in range(3):
        world.apply(attempt)
    assert LedgerEntry.objects.count() == 2


# --- the staged race ------------------------------------------------------------------------------
def overtaken(world: World, happen: Callable[[Attempt], object]) -> tuple[Attempt, SlowGateway]:
    """Let one apply fetch; something happens that another applies; then let the first go on."""
    attempt = world.begun()

    def meanwhile() -> None:
        happen(attempt)
        world.apply(attempt)

    slow = SlowGateway(world.gateway, meanwhile)
    world.apply(attempt, gateway=slow)  # type: ignore[arg-type]
    return attempt, slow


def wrong_amount(world: World) -> Callable[[Attempt], object]:
    """Something that an older snapshot would hide: money that is not what was asked for."""

    def happen(attempt: Attempt) -> object:
        world.sandbox.tamper(attempt.session, amount=attempt.gift.amount.minor + 500)
        return world.pay(attempt)

    return happen


@pytest.mark.parametrize("name", ["pay", "expire", "refund", "wrong amount"])
def test_an_older_snapshot_is_fetched_again(world: World, name: str) -> None:
    happenings: dict[str, Callable[[Attempt], object]] = {
        "pay": world.pay,
        "expire": lambda attempt: world.sandbox.expire(attempt.session),
        "refund": lambda attempt: (world.pay(attempt), world.refund(attempt)),
        "wrong amount": wrong_amount(world),
    }
    attempt, slow = overtaken(world, happenings[name])
    assert slow.fetches == 2
    donation = world.donation(attempt)
    assert donation.state == {"pay": "paid", "expire": "expired", "refund": "paid"}.get(
        name, "open"
    )
    assert bool(donation.quarantine) == (name == "wrong amount")
    world.deliver_all()
    assert checks.always(world) + checks.at_the_end(world) == []


# --- negative controls --------------------------------------------------------------------------
def test_control_without_the_version_the_older_snapshot_hides_money(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same apply without its comparison of versions: the staged race is then reported."""

    def careless(donation_id: int, *, gateway: Gateway, **_: Any) -> Donation:
        donation = Donation.objects.get(pk=donation_id)
        assert donation.session_id is not None
        payment = gateway.fetch_payment(donation.session_id, account=donation.stripe_account)
        with transaction.atomic():
            locked = settlement._locked(donation_id)
            locked.checked_at = world.clock.now()
            settlement._settle(locked, payment)
        return locked

    monkeypatch.setattr(settlement, "apply", careless)
    _, slow = overtaken(world, wrong_amount(world))
    assert slow.fetches == 1
    assert any("nothing says so" in problem for problem in checks.at_the_end(world))


@pytest.mark.alone
def test_control_without_lock_and_constraint_fifty_applies_post_more_than_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look before the leap, without the row's lock and without the constraint, is no guard."""
    attempt = world.begun()
    world.pay(attempt)
    donation = Donation.objects.select_related("campaign").get(pk=attempt.donation)
    payment = world.gateway.fetch_payment(attempt.session, account="")
    monkeypatch.setattr(totals, "move", lambda *_: None)
    looked = threading.Barrier(8, timeout=60)

    real_bulk_create = LedgerEntry.objects.bulk_create

    def after_all_have_looked(entries: Any) -> Any:
        looked.wait()
        return real_bulk_create(entries)

    monkeypatch.setattr(LedgerEntry.objects, "bulk_create", after_all_have_looked)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE donations_ledgerentry DROP CONSTRAINT entry_source_once")
        try:
            in_parallel(8, lambda: ledger.post_missing(donation, payment))
            found = doubled()
        finally:
            monkeypatch.undo()
            world.begin()
            cursor.execute(
                "ALTER TABLE donations_ledgerentry ADD CONSTRAINT entry_source_once "
                "UNIQUE (source_type, source_id, kind)"
            )
    assert {row[3] for row in found} == {8}
