"""The attendance reports of Zoom, Google Meet and BigBlueButton, read as their files come.

What differs between them, and between their languages and years: the names of columns (the first
row that has a name's column begins the table, so that what stands above it is left out), commas,
semicolons or tabs, and UTF-8 or UTF-16. Sources: support.zoom.com KB0082659 (the meeting's own
facts stand above the participants), support.google.com/meet/answer/10090454, and
docs.bigbluebutton.org, "Learning Analytics Dashboard" (which knows no addresses).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from fundraiser.core.errors import ServiceError

LONGEST_FILE: Final = 2_000_000
MOST_ROWS: Final = 20_000
#: The table's head stands within the first rows.
_HEAD_WITHIN: Final = 25
_DELIMITERS: Final = (",", ";", "\t")

#: Column names in any letter case -> what they hold.
_COLUMNS: Final = {
    **dict.fromkeys(
        (
            "name (original name)",
            "name",
            "full name",
            "participant name",
            "user name",
            "nom (nom original)",
            "nom (nom d'origine)",
            "nom (original)",
            "nom complet",
            "nom d'utilisateur",
            "nom du participant",
        ),
        "name",
    ),
    **dict.fromkeys(("first name", "prénom"), "first"),
    **dict.fromkeys(("last name", "nom", "nom de famille", "surname"), "last"),
    **dict.fromkeys(
        (
            "user email",
            "email",
            "e-mail",
            "email address",
            "e-mail address",
            "participant email",
            "adresse e-mail",
            "adresse email",
            "courriel",
            "e-mail de l'utilisateur",
            "adresse e-mail de l'utilisateur",
            "e-mail (utilisateur)",
        ),
        "email",
    ),
    **dict.fromkeys(("in waiting room", "dans la salle d'attente", "salle d'attente"), "lobby"),
    **dict.fromkeys(("userid", "user id", "external id", "extid"), "number"),
}
_YES: Final = {"yes", "oui", "true", "1"}


class ReportError(ServiceError):
    """The file is no report that we can read. ``problem`` is one of ``PROBLEMS``."""

    code = "report"
    PROBLEMS: ClassVar = ("empty", "too_long", "workbook", "no_columns", "malformed", "nobody")

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Participant:
    """One person of a report; what it does not tell is empty. ``number`` is our own id of them."""

    name: str
    email: str
    number: str = ""


def read(content: bytes) -> list[Participant]:
    """Return the people of a report, each once, in its order. Raises ReportError."""
    if not content.strip():
        raise ReportError("empty")
    if len(content) > LONGEST_FILE:
        raise ReportError("too_long")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ReportError("workbook")
    text = _decoded(content)
    for delimiter in _DELIMITERS:
        rows = _rows(text, delimiter)
        found = _table(rows)
        if found is not None:
            people = _people(*found)
            if not people:
                raise ReportError("nobody")
            return people
    raise ReportError("no_columns")


def _decoded(content: bytes) -> str:
    """Return the text: by its byte order mark, else UTF-8, else as Excel writes it in the West."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content[1:2] == b"\x00":
        encoding = "utf-16-le"
    elif content[:1] == b"\x00":
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            raise ReportError("malformed") from error
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise ReportError("malformed")
    return text


def _rows(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise ReportError("too_long")
    except csv.Error as error:
        raise ReportError("malformed") from error
    return rows


def _table(
    rows: Sequence[Sequence[str]],
) -> tuple[Mapping[str, int], Sequence[Sequence[str]]] | None:
    """Return where each known column stands, and the rows below the head; None without a head."""
    for index, row in enumerate(rows[:_HEAD_WITHIN]):
        columns: dict[str, int] = {}
        for position, cell in enumerate(row):
            meaning = _COLUMNS.get(_head_cell(cell))
            if meaning is not None:
                columns.setdefault(meaning, position)
        named = "name" in columns or "first" in columns or "last" in columns
        if named and len(row) > 1:
            return columns, rows[index + 1 :]
    return None


def _head_cell(cell: str) -> str:
    return " ".join(cell.replace("’", "'").replace("\u00a0", " ").split()).casefold()


def _people(columns: Mapping[str, int], rows: Sequence[Sequence[str]]) -> list[Participant]:
    """Return each person once: who came twice, or by two devices, stands there twice."""
    found: dict[tuple[str, str, str], Participant] = {}
    for row in rows:
        cells = {
            meaning: " ".join(row[position].split()) if position < len(row) else ""
            for meaning, position in columns.items()
        }
        if cells.get("lobby", "").casefold() in _YES:
            continue
        name = cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}".strip()
        email, number = cells.get("email", ""), cells.get("number", "")
        if not name and not email:
            continue
        key = (email.casefold(), "" if email else name.casefold(), number)
        found.setdefault(key, Participant(name[:200], email[:254], number[:64]))
    return list(found.values())
