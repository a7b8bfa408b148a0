"""A digest of each month of the ledger, chained to the month before (docs/adr/0046).

One chain for the whole site, without test money. A row belongs to the month in which it was
written (UTC), whenever what it tells happened, and months that are over never get another. A digest
is SHA-256 over the digest before, the month, and one line a row, in the order of their numbers:

    number|campaign|donation|kind|debit|credit|amount|currency|source type|source|account|
    occurred|written

with empty text where there is none and times as ISO 8601 in UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Min, QuerySet

from donations.models import LedgerDigest, LedgerEntry
from fundraiser.core import clock
from fundraiser.core.money import Money

#: A month is closed this long after its end: what was being written then is written by then.
AFTER: Final = timedelta(hours=2)
#: How much of a line's hash is kept, to name the one that differs.
_SHORT: Final = 16


@dataclass(frozen=True, slots=True)
class Wrong:
    """What does not agree. ``entry``: a row's number, or None where it is not one row."""

    month: date
    what: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class _Month:
    count: int
    sums: dict[str, dict[str, int]]
    lines: dict[str, str]
    digest: str


def _after(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _begin(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=UTC)


def _line(entry: LedgerEntry) -> str:
    cells = (
        entry.pk,
        entry.campaign.public_id,
        entry.donation.public_id if entry.donation else "",
        entry.kind,
        entry.debit,
        entry.credit,
        entry.amount_minor,
        entry.currency,
        entry.source_type,
        entry.source_id,
        entry.stripe_account,
        entry.occurred_at.astimezone(UTC).isoformat(),
        entry.created_at.astimezone(UTC).isoformat(),
    )
    return "|".join(str(cell) for cell in cells)


def _real() -> QuerySet[LedgerEntry]:
    """Return the rows of real money: a campaign's mode never changes, so neither do digests."""
    return LedgerEntry.objects.filter(campaign__test_mode=False)


def _computed(month: date, previous: str) -> _Month:
    """Add a month up from the ledger as it stands now."""
    rows = _real().filter(created_at__gte=_begin(month), created_at__lt=_begin(_after(month)))
    whole = hashlib.sha256(f"{previous}\n{month:%Y-%m}\n".encode())
    sums: dict[str, dict[str, int]] = {}
    lines: dict[str, str] = {}
    for entry in rows.select_related("campaign", "donation").order_by("pk").iterator(2000):
        line = _line(entry).encode()
        whole.update(line + b"\n")
        lines[str(entry.pk)] = hashlib.sha256(line).hexdigest()[:_SHORT]
        accounts = sums.setdefault(entry.currency, {})
        for account, sign in ((entry.debit, 1), (entry.credit, -1)):
            accounts[account] = accounts.get(account, 0) + sign * entry.amount_minor
    return _Month(len(lines), sums, lines, whole.hexdigest())


def make_due() -> list[LedgerDigest]:
    """Make the digests of the months that are over, in order. Safe to run at any time.

    Of two at once the second finds its month taken, and makes nothing.
    """
    last = LedgerDigest.objects.defer("lines").order_by("-month").first()
    if last is not None:
        month, previous = _after(last.month), last.digest
    else:
        first = _real().aggregate(at=Min("created_at"))["at"]
        if first is None:
            return []
        month, previous = first.astimezone(UTC).date().replace(day=1), ""
    try:
        return _made(month, previous)
    except IntegrityError:
        return []  # another worker made them


@transaction.atomic
def _made(month: date, previous: str) -> list[LedgerDigest]:
    made = []
    while _begin(_after(month)) + AFTER <= clock.now():
        found = _computed(month, previous)
        row = LedgerDigest.objects.create(
            month=month,
            count=found.count,
            sums=found.sums,
            lines=found.lines,
            previous=previous,
            digest=found.digest,
            created_at=clock.now(),
        )
        made.append(row)
        month, previous = _after(month), row.digest
    return made


def verify() -> Iterator[Wrong]:
    """Add every closed month up again; yield what differs, the first month first.

    What was written before the first month that has a digest is in none, and is wrong, too.
    """
    previous, expected = "", None
    for row in LedgerDigest.objects.order_by("month").iterator(1):
        if expected is None:
            early = _real().filter(created_at__lt=_begin(row.month)).order_by("pk")
            for pk in early.values_list("pk", flat=True)[:1]:
                yield Wrong(row.month, "is older than the first digest", pk)
        elif row.month != expected:
            yield Wrong(expected, "has no digest")
        if row.previous != previous:
            yield Wrong(row.month, "is not chained to the digest before it")
        yield from _differences(row)
        previous, expected = row.digest, _after(row.month)


def _differences(row: LedgerDigest) -> Iterator[Wrong]:
    found = _computed(row.month, row.previous)
    if found.digest == row.digest and found.lines == row.lines and found.sums == row.sums:
        return
    told = False
    for pk in sorted({*found.lines, *row.lines}, key=int):
        if found.lines.get(pk) == row.lines.get(pk):
            continue
        told = True
        if pk not in found.lines:
            yield Wrong(row.month, "is gone", int(pk))
        elif pk not in row.lines:
            yield Wrong(row.month, "was put in after the month was closed", int(pk))
        else:
            yield Wrong(row.month, "was changed", int(pk))
    if not told:
        yield Wrong(row.month, "has another digest than its entries")


@dataclass(frozen=True, slots=True)
class MonthShown:
    """A closed month as everybody sees it. ``sums``: account and debits less credits."""

    month: date
    count: int
    sums: Sequence[tuple[str, Money]]
    previous: str
    digest: str


def shown() -> list[MonthShown]:
    """Return every closed month, the latest first: one query."""
    return [
        MonthShown(
            month=row.month,
            count=row.count,
            sums=[
                (account, Money(int(minor), currency))
                for currency, accounts in sorted(row.sums.items())
                for account, minor in sorted(accounts.items())
            ],
            previous=row.previous,
            digest=row.digest,
        )
        for row in LedgerDigest.objects.defer("lines").order_by("-month")
    ]
