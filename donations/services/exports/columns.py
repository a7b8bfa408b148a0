"""Columns of an export as SQL: text that no spreadsheet runs, exact amounts, times in a zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from fundraiser.core import money
from fundraiser.core.csv import DANGEROUS


class Shape(Enum):
    """What a column holds, in every format."""

    TEXT = "text"
    #: A word of the product's own or an identifier: it begins with a letter or a digit, so no
    #: spreadsheet runs it, and it is written as it is.
    CODE = "code"
    INTEGER = "integer"
    #: Major units with exactly the currency's decimals; the next column tells the currency.
    MONEY = "money"
    #: A moment, written in the zone of the export.
    MOMENT = "moment"
    #: A day of the calendar, without a zone.
    DAY = "day"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the SQL of its value, and what that is.

    ``currency`` is the SQL of the currency of an amount in minor units.
    """

    name: str
    sql: str
    shape: Shape = Shape.TEXT
    currency: str = ""

    def text_sql(self) -> str:
        """Return SQL of the cell as text for CSV; the session's time zone is the export's."""
        if self.shape is Shape.TEXT:
            return _safe(self.sql)
        if self.shape is Shape.MONEY:
            return self.value_sql()
        if self.shape is Shape.MOMENT:
            # Spreadsheets take one with an offset for a text: the zone is in the heading.
            # To write it out is twice as quick as to_char, where the style of dates is ISO.
            return f"replace(date_trunc('second', {self.sql})::timestamp::text, ' ', 'T')"
        if self.shape is Shape.FLAG:
            return f"CASE WHEN {self.sql} THEN 'yes' WHEN NOT {self.sql} THEN 'no' END"
        return f"({self.sql})::text"

    def value_sql(self) -> str:
        """Return SQL of the typed value, for spreadsheets and JSON."""
        if self.shape is Shape.MONEY:
            return _major_units(f"({self.sql})", self.currency)
        return self.sql

    def cell_sql(self) -> str:
        """Return SQL of a spreadsheet's cell: what a moment's clock shows in ``%(zone)s``."""
        if self.shape is Shape.MONEY:
            return f"({self.value_sql()})::float8"
        if self.shape is Shape.MOMENT:
            return f"({self.sql}) AT TIME ZONE %(zone)s"
        return f"({self.sql})::text" if self.shape in {Shape.TEXT, Shape.CODE} else self.sql


def _major_units(minor: str, currency: str) -> str:
    """Return SQL of an exact amount with the currency's decimals (2000 * 0.01 is 20.00).

    Most currencies have two decimals: they are through after one look into a list. To multiply is
    many times quicker than to divide and round.
    """
    unusual = _listed(money.ZERO_DECIMAL | money.THREE_DECIMAL)
    others = (
        f"CASE WHEN {currency} IN ({_listed(money.THREE_DECIMAL)}) THEN {minor} * 0.001 "
        f"ELSE {minor}::numeric END"
    )
    return f"(CASE WHEN {currency} IN ({unusual}) THEN {others} ELSE {minor} * 0.01 END)"


def _listed(currencies: Iterable[str]) -> str:
    return ", ".join(repr(one) for one in sorted(currencies))


#: The code points with which a dangerous cell begins (core/csv.py). To compare one number is many
#: times quicker than a pattern.
_BEGINS: Final = ", ".join(str(ord(one)) for one in DANGEROUS)


def _safe(sql: str) -> str:
    """Return SQL that puts an apostrophe before what a spreadsheet would run (core/csv.py)."""
    text = f"({sql})::text"
    return f"CASE WHEN ascii({text}) IN ({_BEGINS}) THEN '''' || {text} ELSE {text} END"
