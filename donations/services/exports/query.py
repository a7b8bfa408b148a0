"""The question behind an export: its SQL and parameters, narrowed down to what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from donations.services.exports.columns import Shape
from donations.services.exports.money_kinds import TOTALS
from donations.services.exports.shared import Kind


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows: of these campaigns (None: all), this workshop, this period and currency.

    ``since`` and ``until`` are aware; ``since`` is in it, ``until`` is not. ``time_zone`` is the
    zone of the tz database in which moments are written. ``test``: one test campaign's rows; those
    of test campaigns are in no other scope, whatever it names.
    """

    campaigns: Sequence[int] | None = None
    workshop: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    currency: str = ""
    time_zone: str = "UTC"
    test: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """SQL with psycopg's named placeholders, and their values."""

    sql: str
    parameters: dict[str, Any]


def _period(kind: Kind, scope: Scope) -> list[str]:
    found = []
    if scope.since is not None:
        found.append(f"{kind.moment} >= %(since)s")
    if scope.until is not None:
        found.append(f"{kind.moment} < %(until)s")
    return found


def _of_rows(kind: Kind, scope: Scope) -> list[str]:
    """Return what single rows must meet: of totals, before they are added up."""
    found = _period(kind, scope)
    if scope.workshop is not None:
        # Nothing is of a workshop where a kind has none: never the rows of all of them.
        found.append(f"{kind.workshop} = %(workshop)s" if kind.workshop else "false")
    return found


def _conditions(kind: Kind, scope: Scope) -> list[str]:
    found = [] if kind.name == TOTALS.name else _of_rows(kind, scope)
    if scope.campaigns is not None:
        found.append("campaign.id = ANY(%(campaigns)s)")
    if scope.currency:
        found.append(f"{kind.currency} = %(currency)s")
    is_test = scope.test and scope.campaigns is not None and not kind.of_books
    found.append("campaign.test_mode" if is_test else "campaign.test_mode IS NOT TRUE")
    if kind.where:
        found.append(f"({kind.where})")
    return found


def build(kind: Kind, scope: Scope, cells: Sequence[str], *, ordered: bool = True) -> Query:
    """Return the question whose rows have ``cells`` (SQL) for columns."""
    rows = kind.rows
    if kind.name == TOTALS.name:
        rows = rows.replace("{rows}", " AND ".join(_of_rows(kind, scope)) or "true")
    where = " AND ".join(_conditions(kind, scope)) or "true"
    order = f" ORDER BY {kind.order}" if ordered else ""
    sql = f"SELECT {', '.join(cells)} FROM {rows} WHERE {where}{order}"  # noqa: S608 -- ours alone
    parameters = {
        "since": scope.since,
        "until": scope.until,
        "campaigns": None if scope.campaigns is None else list(scope.campaigns),
        "workshop": scope.workshop,
        "currency": scope.currency,
        "zone": scope.time_zone,
    }
    return Query(sql, {name: value for name, value in parameters.items() if f"%({name})s" in sql})


def texts(kind: Kind, scope: Scope) -> Query:
    """Return the question for cells as text, under the headings of ``headings``."""
    return build(kind, scope, _headed(kind, scope, [one.text_sql() for one in kind.columns]))


def values(kind: Kind, scope: Scope) -> Query:
    """Return the question for typed values."""
    return build(kind, scope, [f'{one.value_sql()} AS "{one.name}"' for one in kind.columns])


def cells(kind: Kind, scope: Scope) -> Query:
    """Return the question for a spreadsheet's cells, under the headings of ``headings``."""
    return build(kind, scope, _headed(kind, scope, [one.cell_sql() for one in kind.columns]))


def headings(kind: Kind, scope: Scope) -> list[str]:
    """Return the headings of CSV and of a spreadsheet: beside a moment stands the zone."""
    return [
        f"{one.name} ({scope.time_zone})" if one.shape is Shape.MOMENT else one.name
        for one in kind.columns
    ]


def count(kind: Kind, scope: Scope) -> Query:
    """Return the question how many rows there are."""
    return build(kind, scope, ["count(*)"], ordered=False)


def _headed(kind: Kind, scope: Scope, cells: Sequence[str]) -> list[str]:
    named = zip(cells, headings(kind, scope), strict=True)
    return [f'{cell} AS "{name}"' for cell, name in named]


def start_of(day: date, zone: str) -> datetime:
    """Return the moment at which a day begins in a zone of the tz database."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone))


def end_of(day: date, zone: str) -> datetime:
    """Return the moment at which the day after it begins: the first that is not in it."""
    return start_of(day + timedelta(days=1), zone)
