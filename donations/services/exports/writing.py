"""Writing an export: CSV and JSON lines streamed by PostgreSQL itself, XLSX row by row.

Memory stays flat for any number of rows: nothing here ever holds more than a batch of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Protocol
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from psycopg.rows import dict_row

from donations.services.accounting import fec
from donations.services.exports import query, sheet_looks
from donations.services.exports.accounting_kinds import FEC
from donations.services.exports.columns import Shape
from donations.services.exports.money_kinds import TOTALS
from donations.services.exports.query import Query, Scope
from donations.services.exports.shared import Kind

#: Told how many rows are written by now; raises to stop.
Progress = Callable[[int], None]

#: support.microsoft.com, "Excel specifications and limits": rows of a worksheet, heading included.
SHEET_ROWS: Final = 1_048_576
_FILLED: Final = SHEET_ROWS - 1
FORMATS: Final = ("csv", "xlsx", "jsonl")
#: The tax office of France wants its file in one form alone.
FEC_FORMAT: Final = "txt"
_BATCH: Final = 2_000


class Lines(Protocol):
    """Whatever takes lines of bytes."""

    def write(self, line: Any, /) -> object:
        """Take one."""


def nobody_asks(rows: int) -> None:
    """Take no notice of the progress."""
    del rows


def write(
    kind: Kind, scope: Scope, form: str, path: Path, *, progress: Progress = nobody_asks
) -> int:
    """Write an export to ``path`` in one of FORMATS and return how many rows it has.

    All of it is of one moment (a repeatable read). What ``progress`` raises ends it. A FEC is
    checked when it is written, and raises FaultyFileError where it breaks a rule.
    """
    with _snapshot():
        if kind.name == FEC.name:
            with path.open("wb") as file:
                rows = _fec(scope, file, progress)
            fec.checked(path)
            return rows
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
    with _moments_in(scope.time_zone) as cursor:
        rows = _copy(cursor, asked, "FORMAT csv, HEADER true", file, progress)
    return max(rows - 1, 0)


def _fec(scope: Scope, file: IO[bytes], progress: Progress) -> int:
    """A FEC: its heading, and cells with tabs between them; no cell has one inside."""
    asked = query.values(FEC, scope)
    file.write("\t".join(fec.COLUMNS).encode() + b"\n")
    with connection.cursor() as cursor:
        return _copy(cursor, asked, "FORMAT text, NULL ''", _Encoding(file), progress)


class _Encoding:
    """A file of which every line is in the FEC's encoding."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, line: Any, /) -> object:
        """Write what PostgreSQL has in UTF-8."""
        return self._file.write(fec.encoded(bytes(line).decode()))


def _copy(cursor: Any, asked: Query, how: str, file: Lines, progress: Progress) -> int:
    """Let PostgreSQL write the rows into the file; return how many lines.

    To read them one by one costs a third of what iterating over them does.
    """
    lines = 0
    statement = f"COPY ({asked.sql}) TO STDOUT WITH ({how})"
    with cursor.cursor.copy(statement, asked.parameters) as copying:
        while line := copying.read():
            file.write(line)
            lines += 1
            if lines % _BATCH == 0:
                progress(lines)
    return lines


@contextmanager
def _moments_in(time_zone: str) -> Iterator[Any]:
    """Give a cursor for which PostgreSQL writes moments in a zone; Django reads them in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [time_zone])
        cursor.execute("SET LOCAL DateStyle TO ISO")
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
    """Sheets of typed cells with a heading that stays, and one of sums by campaign and currency."""
    import rustpy_xlsxwriter  # noqa: PLC0415 -- a megabyte that only workers need

    total = rows_of(kind, scope)
    rows = _counted(_stream(query.cells(kind, scope)), progress)
    book = rustpy_xlsxwriter.FastExcel(str(path)).format(
        bold_headers=True, datetime_format="yyyy-mm-dd hh:mm:ss"
    )
    looks = sheet_looks.of(kind, scope)
    book = book.freeze(row=1).sheet(kind.name, _sheet(kind, scope, rows, total), **looks)
    for number in range(2, -(-total // _FILLED) + 1):
        book = book.sheet(f"{kind.name} {number}", islice(rows, _FILLED), **looks)
    if kind.name != TOTALS.name:
        sums = _sheet(TOTALS, scope, _stream(query.cells(TOTALS, scope)), rows_of(TOTALS, scope))
        book = book.sheet("sums", sums, **sheet_looks.of(TOTALS, scope))
    book.save()
    return total


def _sheet(
    kind: Kind, scope: Scope, rows: Iterator[dict[str, Any]], total: int
) -> Iterator[dict[str, Any]]:
    """Return the rows of one sheet, or one of empty cells where there is none, for its heading."""
    if not total:
        return iter([dict.fromkeys(query.headings(kind, scope))])
    return islice(rows, _FILLED)


def _counted(rows: Iterator[dict[str, Any]], progress: Progress) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _BATCH == 0:
            progress(number)


def _stream(asked: Query) -> Iterator[dict[str, Any]]:
    """Yield rows by a cursor of the server's, a batch at a time."""
    raw = connection.connection
    name = "fundraiser_export"
    with raw.cursor(name, row_factory=dict_row) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(asked.sql, asked.parameters)
        yield from cursor
