"""Columns of an export as SQL: text that no spreadsheet runs, exact amounts, times in a zone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from fundraiser.core import money
from fundraiser.core.csv import DANGEROUS


class Shape(Enum):
    """What a column holds, in every format."""

    TEXT = "text"
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
            return f"{self.value_sql()}::text"
        if self.shape is Shape.MOMENT:
            return f"to_char({self.sql}, 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM')"
        if self.shape is Shape.FLAG:
            return f"CASE WHEN {self.sql} THEN 'yes' WHEN NOT {self.sql} THEN 'no' END"
        return f"({self.sql})::text"

    def value_sql(self) -> str:
        """Return SQL of the typed value, for spreadsheets and JSON."""
        if self.shape is Shape.MONEY:
            return f"round(({self.sql})::numeric / {_units(self.currency)})"
        return self.sql

    def cell_sql(self) -> str:
        """Return SQL of a spreadsheet's cell: what a moment's clock shows in ``%(zone)s``."""
        if self.shape is Shape.MONEY:
            return f"({self.value_sql()})::float8"
        if self.shape is Shape.MOMENT:
            return f"({self.sql}) AT TIME ZONE %(zone)s"
        return f"({self.sql})::text" if self.shape is Shape.TEXT else self.sql


def _units(currency: str) -> str:
    """Return SQL that divides minor units, and the decimals to round to: round(x / 100, 2)."""
    cases = {0: money.ZERO_DECIMAL, 3: money.THREE_DECIMAL}
    whens = " ".join(
        f"WHEN {currency} IN ({', '.join(repr(one) for one in sorted(names))}) THEN {{{exponent}}}"
        for exponent, names in cases.items()
    )
    divisors = whens.format(*(10**exponent for exponent in range(4)))
    decimals = whens.format(*range(4))
    return f"(CASE {divisors} ELSE 100 END), (CASE {decimals} ELSE 2 END)"


#: A class of the characters with which a dangerous cell begins (core/csv.py).
_BEGINS: Final = "".join(one for one in DANGEROUS if one not in "-\t\r\n")


def _safe(sql: str) -> str:
    """Return SQL that puts an apostrophe before what a spreadsheet would run (core/csv.py)."""
    quoted = _BEGINS.replace("'", "''")
    pattern = f"E'^[{quoted}\\\\t\\\\r\\\\n-]'"
    return f"CASE WHEN ({sql})::text ~ {pattern} THEN '''' || ({sql})::text ELSE ({sql})::text END"
