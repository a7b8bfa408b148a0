"""Reading a list of people to invite: CSV with or without a header, or one address a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

#: So many people can be invited by one list.
MOST: Final = 500
#: The columns' names by which a header is known, in small letters.
_ADDRESSES: Final = ("mail", "courriel", "adresse", "address")
_DELIMITERS: Final = (";", "\t", ",")


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a list. ``number`` counts from 1; ``email`` is empty where none was found."""

    number: int
    name: str
    email: str
    written: str


def read(text: str) -> list[Line]:
    """Return the people of a list, lines without anything left out; nothing is looked up."""
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row)]
    if not rows:
        return []
    column = _address_column(rows[0])
    has_header = column is not None and "@" not in "".join(rows[0])
    people = rows[1:] if has_header else rows
    return [
        _line(number, row, column if has_header else None) for number, row in enumerate(people, 1)
    ]


def _rows(text: str) -> list[list[str]]:
    plain = text.replace("\x00", "").lstrip("\ufeff")
    first = next((line for line in plain.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    return list(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter))


def _address_column(header: Sequence[str]) -> int | None:
    for number, cell in enumerate(header):
        if any(word in cell.lower() for word in _ADDRESSES):
            return number
    return None


def _line(number: int, row: Sequence[str], column: int | None) -> Line:
    cells = [cell.strip() for cell in row]
    if column is None:
        column = next((n for n, cell in enumerate(cells) if "@" in cell), None)
    written = ", ".join(cell for cell in cells if cell)[:200]
    if column is None or column >= len(cells):
        return Line(number, "", "", written)
    named, email = parseaddr(cells[column])
    others = " ".join(cell for n, cell in enumerate(cells) if n != column and cell)
    name = " ".join((named or others).split())[:120]
    return Line(number, name, email if _is_address(email) else "", written)


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= 254


def as_text(lines: Sequence[Line]) -> str:
    """Return a list that ``read`` reads back: what is sent with the form that confirms it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "email"])
    writer.writerows((one.name, one.email) for one in lines)
    return out.getvalue()
