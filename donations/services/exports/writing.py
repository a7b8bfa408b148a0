"""Writing an export: CSV and JSON lines streamed by PostgreSQL itself, XLSX row by row.

Memory stays flat for any number of rows: nothing here ever holds more than a batch of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

import rustpy_xlsxwriter
from django.db import connection, transaction
from psycopg.rows import dict_row

from donations.services.exports import query
from donations.services.exports.columns import Shape
from donations.services.exports.kinds import TOTALS, Kind
from donations.services.exports.query import Query, Scope

#: Told how many rows are written by now; raises to stop.
Progress = Callable[[int], None]

#: support.microsoft.com, "Excel specifications and limits": rows of a worksheet, heading included.
SHEET_ROWS: Final = 1_048_576
FORMATS: Final = ("csv", "xlsx", "jsonl")
_BATCH: Final = 2_000


def nobody_asks(rows: int) -> None:
    """Take no notice of the progress."""
    del rows


def write(
    kind: Kind, scope: Scope, form: str, path: Path, *, progress: Progress = nobody_asks
) -> int:
    """Write an export to ``path`` in one of FORMATS and return how many rows it has.

    All of it is of one moment (a repeatable read). What ``progress`` raises ends it.
    """
    with _snapshot():
        if form == "csv":
            with path.open("wb") as file:
                return _csv(kind, scope, file, progress)
        if form == "jsonl":
            with path.open("w", encoding="utf-8") as file:
                return _json_lines(kind, scope, file, progress)
        return _xlsx(kind, scope, path, progress)


def rows_of(kind: Kind, scope: Scope) -> int:
    """Return how many rows an export would have now."""
    asked = query.count(kind, scope)
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, asked.parameters)
        return int(cursor.fetchone()[0])


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment, with no limit of time."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:  # a test's transaction has read already
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield


def _csv(kind: Kind, scope: Scope, file: IO[bytes], progress: Progress) -> int:
    """CSV with a heading (RFC 4180), in UTF-8 with a mark, so that spreadsheets see the accents."""
    asked = query.texts(kind, scope)
    file.write(b"\xef\xbb\xbf")
    rows = 0
    statement = f"COPY ({asked.sql}) TO STDOUT WITH (FORMAT csv, HEADER true)"
    with (
        _moments_in(scope.time_zone) as cursor,
        cursor.cursor.copy(statement, asked.parameters) as copying,
    ):
        for row in copying:
            file.write(row)
            rows += 1
            if rows % _BATCH == 0:
                progress(rows)
    return max(rows - 1, 0)


@contextmanager
def _moments_in(time_zone: str) -> Iterator[Any]:
    """Give a cursor for which PostgreSQL writes moments in a zone; Django reads them in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [time_zone])
        yield cursor
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")


def _json_lines(kind: Kind, scope: Scope, file: IO[str], progress: Progress) -> int:
    """One JSON object a line; amounts are texts, so that no reader rounds them."""
    rows = 0
    zone = ZoneInfo(scope.time_zone)
    moments = [one.name for one in kind.columns if one.shape is Shape.MOMENT]
    for row in _stream(query.values(kind, scope)):
        for name in moments:
            if row[name] is not None:
                row[name] = row[name].astimezone(zone).isoformat(timespec="seconds")
        file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        rows += 1
        if rows % _BATCH == 0:
            progress(rows)
    return rows


def _xlsx(kind: Kind, scope: Scope, path: Path, progress: Progress) -> int:
    """Sheets of typed cells with a heading that stays, and one of totals by currency."""
    total = rows_of(kind, scope)
    numbers = _Counted(_stream(query.values(kind, scope)), progress)
    zone = ZoneInfo(scope.time_zone)
    book = rustpy_xlsxwriter.FastExcel(str(path)).format(
        bold_headers=True, datetime_format="yyyy-mm-dd hh:mm:ss"
    )
    book = book.freeze(row=1)
    sheets = max(1, -(-total // (SHEET_ROWS - 1)))
    for sheet in range(1, sheets + 1):
        name = kind.name if sheet == 1 else f"{kind.name} {sheet}"
        book = book.sheet(name, _sheet(kind, scope.time_zone, zone, numbers))
    if kind is not TOTALS:
        cells = _stream(query.values(TOTALS, scope))
        book = book.sheet("sums", _sheet(TOTALS, scope.time_zone, zone, _Counted(cells, progress)))
    book.save()
    return numbers.rows


class _Counted:
    """An iterator that counts, and tells how far it is."""

    def __init__(self, rows: Iterator[dict[str, Any]], progress: Progress) -> None:
        self.rows = 0
        self._iterator = rows
        self._progress = progress

    def next_row(self) -> dict[str, Any] | None:
        row = next(self._iterator, None)
        if row is not None:
            self.rows += 1
            if self.rows % _BATCH == 0:
                self._progress(self.rows)
        return row


def _sheet(kind: Kind, zone_name: str, zone: ZoneInfo, rows: _Counted) -> Iterator[dict[str, Any]]:
    """Yield the rows of one sheet: at most what one holds."""
    headings = {
        one.name: f"{one.name} ({zone_name})" if one.shape is Shape.MOMENT else one.name
        for one in kind.columns
    }
    for _number in range(SHEET_ROWS - 1):
        row = rows.next_row()
        if row is None:
            if _number == 0:
                yield dict.fromkeys(headings.values())  # a sheet of its heading alone
            return
        yield {headings[name]: _cell(value, zone) for name, value in row.items()}


def _cell(value: Any, zone: ZoneInfo) -> Any:
    """Return a cell's value: a number, a date of the zone, yes or no, or text."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _stream(asked: Query) -> Iterator[dict[str, Any]]:
    """Yield rows by a cursor of the server's, a batch at a time."""
    raw = connection.connection
    name = "fundraiser_export"
    with raw.cursor(name, row_factory=dict_row) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(asked.sql, asked.parameters)
        yield from cursor
