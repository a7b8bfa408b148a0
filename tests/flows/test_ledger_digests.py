"""A month of the ledger in one number: whatever is changed afterwards is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from donations.models import LedgerDigest, LedgerEntry
from donations.services import ledger_digests
from donations.services.ledger_digests import Wrong
from donations.states import Account, Kind, SourceType
from events.models import Campaign
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = date(2027, 3, 1), date(2027, 4, 1), date(2027, 5, 1)


def post(campaign: Campaign, number: int, written: datetime, **values: Any) -> LedgerEntry:
    defaults: dict[str, Any] = {
        "campaign": campaign,
        "kind": Kind.GIFT,
        "debit": Account.HELD,
        "credit": Account.GIFTS,
        "amount_minor": 1000 + number,
        "currency": "USD",
        "source_type": SourceType.CHARGE,
        "source_id": f"ch_{number}",
        "occurred_at": written,
        "created_at": written,
    }
    return LedgerEntry.objects.create(**{**defaults, **values})


@pytest.fixture
def closed(campaign: Campaign, clock: Clock) -> list[LedgerEntry]:
    """Two rows of March, none of April, two of May; it is June, and the digests are made."""
    march, may = datetime(2027, 3, 31, 23, 59, tzinfo=UTC), datetime(2027, 5, 2, tzinfo=UTC)
    found = [post(campaign, 1, march), post(campaign, 2, march), post(campaign, 3, may)]
    # What happened in March and was written in May is May's.
    found.append(post(campaign, 4, may, occurred_at=march))
    clock.set(datetime(2027, 6, 1, 2, 0, tzinfo=UTC))
    assert [one.month for one in ledger_digests.make_due()] == [MARCH, APRIL, MAY]
    return found


@contextmanager
def behind_the_triggers() -> Iterator[Any]:
    """What somebody with all rights in the database can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = origin")


def command(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = 0
    try:
        call_command("verify_ledger")
    except SystemExit as error:
        status = int(error.code or 0)
    return status, capsys.readouterr().out


def test_months_are_chained_counted_and_made_once(
    closed: list[LedgerEntry], capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    assert ledger_digests.make_due() == []
    march, april, may = LedgerDigest.objects.order_by("month")
    assert [march.count, april.count, may.count] == [2, 0, 2]
    assert (march.previous, april.previous, may.previous) == ("", march.digest, april.digest)
    assert may.sums == {"USD": {"held_for_charity": 2007, "gifts": -2007}}
    assert len({march.digest, april.digest, may.digest}) == 3
    assert list(ledger_digests.verify()) == []
    status, said = command(capsys)
    assert status == 0
    assert f"3 months agree, last 2027-05 {may.digest}" in said
    assert may.digest in client.get("/ledger/digests/").content.decode()
    lines = client.get("/ledger/digests.csv").content.decode().splitlines()
    assert lines[1].startswith("2027-03,2,USD,gifts,-20.03,,")
    assert lines[3] == f"2027-04,0,,,,{march.digest},{april.digest}"


def test_a_month_is_closed_only_once_it_is_over(campaign: Campaign, clock: Clock) -> None:
    assert ledger_digests.make_due() == []
    post(campaign, 1, datetime(2027, 3, 31, 23, 59, tzinfo=UTC))
    clock.set(datetime(2027, 4, 1, 1, 59, tzinfo=UTC))
    assert ledger_digests.make_due() == []
    clock.advance(minutes=1)
    assert len(ledger_digests.make_due()) == 1


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 5",
        "credit = 'fees'",
        "donation_id = NULL, currency = 'EUR'",
        "source_id = 'ch_other'",
        "occurred_at = occurred_at - interval '1 day'",
        "created_at = created_at + interval '1 microsecond'",
    ],
)
def test_a_changed_row_is_named(
    closed: list[LedgerEntry], capsys: pytest.CaptureFixture[str], change: str
) -> None:
    statement = f"UPDATE donations_ledgerentry SET {change} WHERE id = %s"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [closed[1].pk])  # the trigger's own refusal
    with behind_the_triggers() as cursor:
        cursor.execute(statement, [closed[1].pk])
    assert list(ledger_digests.verify()) == [Wrong(MARCH, "was changed", closed[1].pk)]
    status, said = command(capsys)
    assert status == 1
    assert said == f"2027-03: entry {closed[1].pk} was changed\n"


def test_a_removed_row_is_named(closed: list[LedgerEntry]) -> None:
    with behind_the_triggers() as cursor:
        cursor.execute("DELETE FROM donations_ledgerentry WHERE id = %s", [closed[0].pk])
    assert list(ledger_digests.verify()) == [Wrong(MARCH, "is gone", closed[0].pk)]


def test_a_row_put_into_a_closed_month_is_named(
    closed: list[LedgerEntry], campaign: Campaign
) -> None:
    late = post(campaign, 5, datetime(2027, 4, 3, tzinfo=UTC))
    early = post(campaign, 6, datetime(2027, 1, 3, tzinfo=UTC))
    assert list(ledger_digests.verify()) == [
        Wrong(MARCH, "is older than the first digest", early.pk),
        Wrong(APRIL, "was put in after the month was closed", late.pk),
    ]


def test_a_late_row_of_stripes_is_in_the_month_in_which_it_came(
    closed: list[LedgerEntry], campaign: Campaign, clock: Clock
) -> None:
    post(campaign, 7, clock.now(), occurred_at=datetime(2027, 3, 5, tzinfo=UTC))
    assert list(ledger_digests.verify()) == []
    clock.set(datetime(2027, 7, 1, 3, tzinfo=UTC))
    (june,) = ledger_digests.make_due()
    assert june.count == 1
    assert list(ledger_digests.verify()) == []


def test_the_digests_cannot_be_changed_and_a_made_up_one_breaks_the_chain(
    closed: list[LedgerEntry],
) -> None:
    for statement in (
        "UPDATE donations_ledgerdigest SET digest = md5(digest)",
        "DELETE FROM donations_ledgerdigest",
        "TRUNCATE donations_ledgerdigest",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with behind_the_triggers() as cursor:
        cursor.execute("UPDATE donations_ledgerdigest SET digest = 'x' WHERE month = %s", [MARCH])
    assert list(ledger_digests.verify()) == [
        Wrong(MARCH, "has another digest than its entries"),
        Wrong(APRIL, "is not chained to the digest before it"),
    ]
    with behind_the_triggers() as cursor:
        cursor.execute("DELETE FROM donations_ledgerdigest WHERE month = %s", [APRIL])
    assert Wrong(APRIL, "has no digest") in list(ledger_digests.verify())
