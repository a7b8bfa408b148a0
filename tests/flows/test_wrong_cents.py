"""A wrong cent, planted by raw SQL or at Stripe, is named by check_invariants or by reconcile."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from donations.gateway.stripe import for_workers
from donations.models import Donation, LedgerEntry, Payout
from donations.services import reconcile, settlement
from events.models import Workshop
from tests.access import money_rows
from tests.support.exports import paid
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db


@pytest.fixture
def gift(workshop: Workshop, sandbox: SandboxControl) -> Donation:
    """A gift of 20.50, 4.00 of it given back, in a transfer to the bank; 1.00 sent to the charity.

    Nobody has a cent too much or too little.
    """
    found = paid(workshop, sandbox, 2050)
    sandbox.refund(charge=found.charge_id, amount=400)
    settlement.apply(found.pk, gateway=for_workers())
    money_rows.make_for(workshop.campaign)
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    assert "promises hold" in told("check_invariants", fails=False)
    assert "difference" not in told("reconcile", fails=False)
    found.refresh_from_db()
    return found


def told(command: str, *, fails: bool = True) -> str:
    """Return what a command prints; it ends with 1 where something is wrong."""
    out = io.StringIO()
    if not fails:
        call_command(command, stdout=out)
        return out.getvalue()
    with pytest.raises(SystemExit) as ended:
        call_command(command, stdout=out)
    assert ended.value.code == 1
    return out.getvalue()


def plant(sql: str) -> None:
    """Change a row as somebody does who is past every trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        assert cursor.rowcount > 0
        cursor.execute("SET LOCAL session_replication_role = origin")


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is done in here."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


_ROLLUP = "the rollup equals the ledger"
_PAYOUT = "a transfer to the bank is exactly the movements in it"
_LEDGER = "UPDATE donations_ledgerentry SET amount_minor = amount_minor + 1 WHERE kind = '{}'"


#: SQL, and the promise that it breaks.
_PLANTED = [
    *(
        (f"UPDATE donations_campaigntotal SET {one}_minor = {one}_minor + 1", _ROLLUP)
        for one in ("gifts", "fees", "refunds", "disputes", "sent", "declared")
    ),
    (
        "UPDATE donations_campaigntotal SET pledged_minor = pledged_minor + 1",
        "what is pledged equals the pledges that stand",
    ),
    *((_LEDGER.format(one), _ROLLUP) for one in ("gift", "fee", "refund", "remittance")),
    (
        "UPDATE donations_donation SET net_minor = net_minor - 1",
        "a donation's net equals its ledger rows",
    ),
    (
        "UPDATE donations_donation SET amount_minor = amount_minor + 1",
        "a paid donation's amount is its gift in the ledger",
    ),
    (
        "UPDATE donations_remittance SET amount_minor = amount_minor + 1",
        "every transfer has exactly its ledger rows",
    ),
    (
        "UPDATE donations_remittanceshare SET amount_minor = amount_minor + 1",
        "no transfer and no gift is shared out beyond its amount",
    ),
    ("UPDATE donations_payout SET amount_minor = amount_minor + 1", _PAYOUT),
    (
        "UPDATE donations_payoutmovement SET fee_minor = fee_minor + 1 WHERE kind = 'charge'",
        _PAYOUT,
    ),
    (
        "UPDATE donations_bankentry SET minor = minor + 1",
        "what a transfer to the bank moved is booked",
    ),
]


def test_a_cent_planted_here_breaks_a_promise_by_name(gift: Donation) -> None:
    for sql, promise in _PLANTED:
        with undone():
            plant(sql)
            assert f"broken: {promise}: (" in told("check_invariants"), sql
    assert "promises hold" in told("check_invariants", fails=False)


def test_a_cent_planted_in_the_ledger_and_all_that_follows_from_it_differs_from_stripe(
    gift: Donation,
) -> None:
    """Whoever changes ledger, total and gift alike breaks no promise: Stripe says otherwise."""
    follows = {
        "gift": ("amount_minor = amount_minor + 1", "net_minor = net_minor + 1"),
        "fee": (),
        "refund": ("net_minor = net_minor - 1",),
    }
    for kind, changes in follows.items():
        entry = LedgerEntry.objects.get(kind=kind)
        with undone():
            plant(_LEDGER.format(kind))
            plant(f"UPDATE donations_campaigntotal SET {kind}s_minor = {kind}s_minor + 1")
            if changes:
                plant(f"UPDATE donations_donation SET {', '.join(changes)}")
            line = f"{kind} {entry.source_id}: Stripe has {entry.amount_minor}, the ledger"
            assert f"difference: {line} {entry.amount_minor + 1} USD" in told("reconcile")
    assert "difference" not in told("reconcile", fails=False)


def test_a_cent_planted_at_stripe_is_a_difference_until_it_is_gone(
    gift: Donation, sandbox: SandboxControl
) -> None:
    movements: list[Any] = sandbox.balance_transactions()
    for kind, field, by in (("gift", "amount", 1), ("fee", "fee", 1), ("refund", "amount", -1)):
        entry = LedgerEntry.objects.get(kind=kind)
        [movement] = [one for one in movements if one["source"] == entry.source_id]
        sandbox.miscount("balance_transaction", movement["id"], field, by)
        line = f"{kind} {entry.source_id}: Stripe has {entry.amount_minor + 1}, the ledger"
        assert f"difference: {line} {entry.amount_minor} USD" in told("reconcile")
        sandbox.miscount("balance_transaction", movement["id"], field, -by)
        assert "difference" not in told("reconcile", fails=False)


def test_a_cent_planted_in_stripes_transfer_to_the_bank_breaks_a_promise(
    gift: Donation, sandbox: SandboxControl
) -> None:
    payout = Payout.objects.get()
    sandbox.miscount("payout", payout.stripe_id, "amount", 1)
    reconcile.run(gateway=for_workers())
    assert f"broken: {_PAYOUT}: ('{payout.stripe_id}', {payout.amount_minor + 1}, " in told(
        "check_invariants"
    )
