"""Promise 8: partial refund, failed refund, dispute opened, won and lost each move the total
exactly once; a total is never negative.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from donations.gateway import BalanceMovement, Dispute
from donations.models import Donation, LedgerEntry
from donations.services import ledger, settlement, totals
from tests.machine import checks
from tests.machine.world import Attempt, Case, World

GIFT = 2000
FEE = 55  # 1.5 % and 0.25 € of a card payment in euros (sandbox/money.py)
DISPUTE_FEE = 1500


def paid(world: World) -> Attempt:
    """One gift of 20.00 €, settled."""
    attempt = world.begun()
    world.pay(attempt)
    world.deliver_all()
    return attempt


def numbers(world: World) -> tuple[int, int, int, int]:
    """Return raised, refunds, disputes and fees of the campaign in minor units."""
    total = totals.of_campaign(world.campaigns[0])
    return (total.raised.minor, total.refunds.minor, total.disputes.minor, total.fees.minor)


def again_and_again(world: World, attempt: Attempt) -> None:
    """Deliver what happened in order, then all of it backwards and doubled, then apply more."""
    waiting = world.sandbox.deliveries()
    world.deliver_all()
    for delivery in [*reversed(waiting), *waiting]:
        world.post(delivery)
    for _ in range(3):
        world.apply(attempt)


def test_each_step_of_a_dispute_moves_the_total_once(world: World) -> None:
    attempt = paid(world)
    assert numbers(world) == (GIFT, 0, 0, FEE)
    case = world.dispute(attempt)
    assert case is not None
    again_and_again(world, attempt)
    assert numbers(world) == (0, 0, GIFT, FEE + DISPUTE_FEE)
    world.close(case, "lost")
    again_and_again(world, attempt)
    assert numbers(world) == (0, 0, GIFT, FEE + DISPUTE_FEE)
    world.reinstate(case)
    again_and_again(world, attempt)
    assert numbers(world) == (GIFT, 0, 0, FEE + DISPUTE_FEE)
    assert checks.finish(world) == []


def test_a_dispute_that_is_won_gives_the_money_back_once(world: World) -> None:
    attempt = paid(world)
    case = world.dispute(attempt)
    assert case is not None
    world.close(case, "won")
    again_and_again(world, attempt)
    assert numbers(world) == (GIFT, 0, 0, FEE + DISPUTE_FEE)
    assert checks.finish(world) == []


def test_an_inquiry_moves_nothing(world: World) -> None:
    attempt = paid(world)
    case = world.dispute(attempt, inquiry=True)
    assert case is not None
    again_and_again(world, attempt)
    world.close(case, "won")
    again_and_again(world, attempt)
    assert numbers(world) == (GIFT, 0, 0, FEE)
    assert checks.finish(world) == []


def test_partial_and_failed_refunds_move_the_total_once_each(world: World) -> None:
    attempt = paid(world)
    first = world.refund(attempt, minor=500)
    assert first is not None
    again_and_again(world, attempt)
    assert numbers(world) == (1500, 500, 0, FEE)
    world.refund(attempt)
    again_and_again(world, attempt)
    assert numbers(world) == (0, GIFT, 0, FEE)
    world.sandbox.fail_refund(first)
    again_and_again(world, attempt)
    assert numbers(world) == (500, 1500, 0, FEE)
    kinds = list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["gift", "fee", "refund", "refund", "refund_failed"]
    assert checks.finish(world) == []


@pytest.mark.parametrize("refunded", [500, GIFT])
def test_a_dispute_of_what_was_refunded_already_never_shows_less_than_nothing(
    world: World, refunded: int
) -> None:
    """support.stripe.com, "Dispute for full charge amount after a partial refund was issued"."""
    attempt = paid(world)
    world.refund(attempt, minor=refunded)
    case = world.dispute(attempt)
    assert case is not None
    again_and_again(world, attempt)
    assert numbers(world) == (0, refunded, GIFT, FEE + DISPUTE_FEE)
    total = totals.of_campaign(world.campaigns[0])
    assert total.owed.minor == -refunded - FEE - DISPUTE_FEE
    assert (total.donors, total.goal_percent) == (0, 0)
    page = world.client.get(f"/c/{world.campaigns[0].slug}/")
    assert page.status_code == 200
    world.close(case, "won")
    again_and_again(world, attempt)
    assert numbers(world)[0] == GIFT - refunded
    assert checks.finish(world) == []


def test_a_dispute_fee_that_comes_back_lowers_the_fees(world: World) -> None:
    """Some networks return the fee of a dispute that was won: a negative fee."""
    donation = world.donation(paid(world))
    now = world.clock.now()

    def movement(name: str, minor: int, fee: int) -> BalanceMovement:
        return BalanceMovement(name, "adjustment", "dp_1", minor, fee, donation.currency, now)

    taken, back = movement("txn_1", -GIFT, DISPUTE_FEE), movement("txn_2", GIFT, -DISPUTE_FEE)
    build = ledger._Builder(donation, ledger.cash_account(donation.campaign))
    dispute = Dispute("dp_1", "won", (taken, back))
    entries = [entry for one in dispute.movements for entry in build.dispute(one)]
    assert [(one.kind, one.amount_minor) for one in entries] == [
        ("dispute", GIFT),
        ("dispute_fee", DISPUTE_FEE),
        ("dispute_reinstated", GIFT),
        ("dispute_fee_returned", DISPUTE_FEE),
    ]
    LedgerEntry.objects.bulk_create(entries)
    totals.move(donation, entries)
    assert numbers(world) == (GIFT, 0, 0, FEE)


# --- negative controls --------------------------------------------------------------------------
def disputed_twice(world: World) -> tuple[Attempt, Case]:
    attempt = paid(world)
    case = world.dispute(attempt)
    assert case is not None
    return attempt, case


def test_control_who_counts_a_dispute_by_its_events_counts_it_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Posting under the event's id instead of the movement's: two events tell of one dispute."""
    real = ledger.wanted
    calls = iter(range(1000))

    def by_event(donation: Donation, payment: Any) -> Any:
        for entry in real(donation, payment):
            if entry.kind == "dispute":
                entry.source_id = f"evt_{next(calls)}"
            yield entry

    disputed_twice(world)
    monkeypatch.setattr(ledger, "wanted", by_event)
    world.deliver_all()
    monkeypatch.undo()
    found = checks.at_the_end(world)
    assert any("disputes is" in problem for problem in found)


def test_control_without_the_floor_a_total_is_negative(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = paid(world)
    world.refund(attempt, minor=500)
    assert world.dispute(attempt) is not None
    world.deliver_all()
    monkeypatch.setattr(totals, "max", lambda left, zero: left, raising=False)
    assert any("a negative total" in problem for problem in checks.always(world))


def test_control_a_second_row_for_the_same_dispute_is_reported(world: World) -> None:
    attempt, _ = disputed_twice(world)
    world.deliver_all()
    entry = LedgerEntry.objects.get(kind="dispute")
    entry.pk, entry.source_id, entry._state.adding = None, "txn_again", True
    LedgerEntry.objects.bulk_create([entry])
    assert settlement.apply(attempt.donation, gateway=world.gateway).state == "paid"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM donations_ledgerentry WHERE kind = 'dispute'")
        assert cursor.fetchone() == (2,)
    assert any("rollup" in problem for problem in checks.always(world))
