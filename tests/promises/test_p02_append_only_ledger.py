"""Promise 2: every ledger row is balanced by construction; UPDATE, DELETE and TRUNCATE fail in the
database itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from donations.models import LedgerEntry
from tests.machine.world import World

TABLE = "donations_ledgerentry"
MERGE = f"MERGE INTO {TABLE} e USING (SELECT 1) s ON true WHEN MATCHED THEN"
ATTACKS = (
    f"UPDATE {TABLE} SET amount_minor = amount_minor + 1",
    f"UPDATE {TABLE} SET credit = 'fees' WHERE kind = 'gift'",
    f"UPDATE {TABLE} SET id = id WHERE false",
    f"DELETE FROM {TABLE}",
    f"DELETE FROM {TABLE} WHERE false",
    f"TRUNCATE {TABLE}",
    f"TRUNCATE {TABLE} RESTART IDENTITY CASCADE",
    "TRUNCATE donations_donation CASCADE",
    "TRUNCATE events_campaign CASCADE",
    f"WITH gone AS (DELETE FROM {TABLE} RETURNING *) SELECT count(*) FROM gone",
    f"{MERGE} UPDATE SET amount_minor = 1",
    f"{MERGE} DELETE",
    f"INSERT INTO {TABLE} SELECT * FROM {TABLE} ON CONFLICT (id) DO UPDATE SET amount_minor = 1",
    f"DELETE FROM donations_donation WHERE id IN (SELECT donation_id FROM {TABLE})",
    f"DELETE FROM events_campaign WHERE id IN (SELECT campaign_id FROM {TABLE})",
)
#: check_violation (the trigger's own) and foreign_key_violation.
REFUSALS = ("23514", "23503")
ROW = (
    f"INSERT INTO {TABLE} (campaign_id, donation_id, kind, debit, credit, amount_minor, currency, "
    "source_type, source_id, stripe_account, occurred_at, created_at) "
    f"SELECT campaign_id, donation_id, %(kind)s, %(debit)s, %(credit)s, %(minor)s, currency, "
    f"%(source)s, %(id)s, '', occurred_at, created_at FROM {TABLE} WHERE kind = 'gift'"
)
GOOD_ROW = {
    "kind": "fee",
    "debit": "fees",
    "credit": "held_for_charity",
    "minor": 1,
    "source": "charge",
    "id": "ch_another",
}


@pytest.fixture
def posted(world: World) -> Iterator[World]:
    """A world with one paid gift in the ledger."""
    world.pay(world.begun())
    world.deliver_all()
    yield world
    world.begin()


def rows() -> list[tuple[Any, ...]]:
    return list(LedgerEntry.objects.order_by("pk").values_list())


def attack(statement: str) -> bool:
    """Run a statement; return whether the database refused it and nothing changed."""
    before = rows()
    assert before
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        # A statement that is merely wrong would prove nothing.
        refused = getattr(error.__cause__, "sqlstate", "") in REFUSALS
        return refused and rows() == before
    return False


@pytest.mark.parametrize("statement", ATTACKS)
def test_raw_sql_changes_nothing(posted: World, statement: str) -> None:
    assert attack(statement)


def test_the_orm_changes_nothing(posted: World) -> None:
    before = rows()
    entry = LedgerEntry.objects.first()
    assert entry is not None
    entry.amount_minor += 1
    donation = entry.donation
    assert donation is not None
    for change in (
        entry.save,
        entry.delete,
        LedgerEntry.objects.all().delete,
        lambda: LedgerEntry.objects.update(amount_minor=1),
        lambda: LedgerEntry.objects.bulk_update([entry], ["amount_minor"]),
        lambda: LedgerEntry.objects.all()._raw_delete("default"),
        donation.delete,
        donation.campaign.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
        assert rows() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"credit": "fees"},
        {"minor": 0},
        {"minor": -1},
        {"debit": "nowhere"},
        {"debit": None},
        {"credit": None},
        {"kind": "joke"},
        {"source": "rumour"},
        {"minor": None},
    ],
    ids=str,
)
def test_no_unbalanced_row_is_taken(posted: World, wrong: dict[str, Any]) -> None:
    before = rows()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROW, {**GOOD_ROW, **wrong})
    assert rows() == before


def test_the_same_source_is_not_taken_twice(posted: World) -> None:
    with (
        pytest.raises(IntegrityError, match="entry_source_once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO {TABLE} (campaign_id, donation_id, kind, debit, credit, amount_minor, "
            "currency, source_type, source_id, stripe_account, occurred_at, created_at) SELECT "
            "campaign_id, donation_id, kind, debit, credit, amount_minor, currency, source_type, "
            f"source_id, 'acct_other', occurred_at, created_at FROM {TABLE}"
        )


# --- negative controls --------------------------------------------------------------------------
def test_control_without_the_trigger_the_attack_succeeds(posted: World) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        assert not attack(f"UPDATE {TABLE} SET amount_minor = amount_minor + 1")
        assert not attack(f"DELETE FROM {TABLE} WHERE kind = 'fee'")
        transaction.set_rollback(True)
    assert attack(f"DELETE FROM {TABLE}")


def test_control_a_good_row_is_taken(posted: World) -> None:
    """Only what is wrong in the rows above is refused, not the way they are written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROW, GOOD_ROW)
        assert cursor.rowcount == 1
        transaction.set_rollback(True)
