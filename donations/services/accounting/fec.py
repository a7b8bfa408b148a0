"""Checks a FEC: the file of accounting entries that France's tax office asks for.

Livre des procédures fiscales, article A47 A-1: characters of ISO 8859-15 (the tax office's own
program may take others); 18 columns under fixed names, separated by tabs or "|"; dates as YYYYMMDD,
amounts with a comma; entries numbered in the order of time without a gap, each of them balanced;
the file named SIREN, "FEC", the day on which the year was closed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
ENCODING: Final = "iso8859-15"
#: What print makes of plain characters, and ISO 8859-15 does not have.
_PRINTED: Final = str.maketrans("‘’“”‐‑–—\u202f", "''\"\"---- ", "\u200b\u2060")
#: These are never empty.
_FILLED: Final = (*COLUMNS[:6], *COLUMNS[8:13], "ValidDate")
_AMOUNT: Final = re.compile(r"[0-9]+,[0-9]{2}")
#: The first three digits are those of the general chart of accounts.
_ACCOUNT: Final = re.compile(r"[1-8][0-9]{2}[0-9A-Z]*")
_MOST: Final = 20


class FaultyFileError(Exception):
    """The file breaks a rule, so nobody gets it. ``problems``: what, for a person to read."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems[:3]))
        self.problems = problems


def file_name(siren: str, closing: date) -> str:
    """Return the name that the rules ask for."""
    return f"{siren}FEC{closing:%Y%m%d}.txt"


def encoded(text: str) -> bytes:
    """Return a line in the file's own encoding: without its accent where that is unknown, else "?".

    Nothing is longer or shorter by a separator: none is taken away, and none is made.
    """
    plain = unicodedata.normalize("NFC", text).translate(_PRINTED)
    return "".join(_known(one) for one in plain).encode(ENCODING)


def _known(character: str) -> str:
    for one in (character, unicodedata.normalize("NFKD", character)[0]):
        try:
            one.encode(ENCODING)
        except UnicodeEncodeError:
            continue
        return one
    return "?"


def checked(path: Path) -> None:
    """Read a file and raise FaultyFileError where it breaks a rule."""
    with path.open(encoding=ENCODING, newline="") as file:
        found = problems(file)
    if found:
        raise FaultyFileError(found)


@dataclass
class _Entry:
    number: str = ""
    day: str = ""
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    lines: int = 0


@dataclass
class _State:
    entry: _Entry = field(default_factory=_Entry)
    count: int = 0
    labels: dict[str, str] = field(default_factory=dict)


def problems(lines: Iterable[str]) -> list[str]:
    """Return what is wrong with a file's lines, at most some twenty things; empty: nothing."""
    found: list[str] = []
    for one in _problems(iter(lines)):
        found.append(one)
        if len(found) == _MOST:
            break
    return found


def _problems(lines: Iterator[str]) -> Iterator[str]:
    heading = next(lines, "").rstrip("\r\n")
    separator = "|" if "|" in heading else "\t"
    if tuple(heading.split(separator)) != COLUMNS:
        yield "the heading is not the 18 columns"
        return
    state = _State()
    for number, line in enumerate(lines, start=2):
        cells = line.rstrip("\r\n").split(separator)
        if len(cells) != len(COLUMNS):
            yield f"line {number} has {len(cells)} cells"
            continue
        row = dict(zip(COLUMNS, cells, strict=True))
        wrong = list(_of_row(row))
        yield from (f"line {number}: {one}" for one in wrong)
        if not wrong:
            yield from (f"line {number}: {one}" for one in _of_order(row, state))
    yield from _of_entry(state.entry)


def _of_row(row: dict[str, str]) -> Iterator[str]:
    yield from (f"{name} is empty" for name in _FILLED if not row[name].strip())
    for name in ("EcritureDate", "PieceDate", "ValidDate", "DateLet"):
        if row[name] and not _is_day(row[name]):
            yield f"{name} is no day"
    if not _ACCOUNT.fullmatch(row["CompteNum"]):
        yield "CompteNum is no account of the chart"
    amounts = [row["Debit"], row["Credit"]]
    if not all(_AMOUNT.fullmatch(one) for one in amounts):
        yield "Debit or Credit is no amount"
    elif sum(_decimal(one) > 0 for one in amounts) != 1:
        yield "not exactly one of Debit and Credit is more than nothing"
    if bool(row["Montantdevise"]) != bool(row["Idevise"]):
        yield "Montantdevise and Idevise go together"
    if bool(row["EcritureLet"]) != bool(row["DateLet"]):
        yield "EcritureLet and DateLet go together"


def _of_order(row: dict[str, str], state: _State) -> Iterator[str]:
    """Numbers without a gap in the order of time, one label an account, entries that balance."""
    entry = state.entry
    if row["EcritureNum"] != entry.number:
        yield from _of_entry(entry)
        state.count += 1
        if row["EcritureNum"] != str(state.count):
            yield f"EcritureNum is {row['EcritureNum']} and not {state.count}"
        if row["EcritureDate"] < entry.day:
            yield "EcritureDate is before the entry's before it"
        state.entry = entry = _Entry(row["EcritureNum"], row["EcritureDate"])
    elif row["EcritureDate"] != entry.day:
        yield "one entry has two days"
    if state.labels.setdefault(row["CompteNum"], row["CompteLib"]) != row["CompteLib"]:
        yield f"account {row['CompteNum']} has two labels"
    entry.debit += _decimal(row["Debit"])
    entry.credit += _decimal(row["Credit"])
    entry.lines += 1


def _of_entry(entry: _Entry) -> Iterator[str]:
    if entry.number and (entry.debit != entry.credit or entry.lines < 2):
        yield f"entry {entry.number} does not balance"


def _is_day(text: str) -> bool:
    try:
        return len(text) == 8 and datetime.strptime(text, "%Y%m%d").year > 1900  # noqa: DTZ007 -- a day
    except ValueError:
        return False


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
