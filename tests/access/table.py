"""The stated answers of the access matrix: matrix.txt, which people read and write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tests.access.stage import METHODS, PERSONS

FILE = Path(__file__).with_name("matrix.txt")
EVERYBODY = "everybody"
#: (address, person) -> what each of METHODS is answered: a status, or "login" for the way there.
Table = dict[tuple[str, str], tuple[str, ...]]


def stated(text: str | None = None) -> Table:
    """Read the table. Raises ValueError for a line twice, or with too few columns."""
    table: Table = {}
    for line in (text or FILE.read_text()).splitlines():
        if not line or line.startswith("#"):
            continue
        address, persons, answers = (part.strip() for part in line.split("|"))
        columns = tuple(answers.split())
        if len(columns) != len(METHODS):
            raise ValueError(line)
        for person in PERSONS if persons == EVERYBODY else persons.split(", "):
            if (address, person) in table or person not in PERSONS:
                raise ValueError(line)
            table[address, person] = columns
    return table


def as_text(table: Mapping[tuple[str, str], tuple[str, ...]]) -> str:
    """Return the table as the file has it: persons with the same answers on one line."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (address, person), answers in table.items():
        groups[address, answers].append(person)
    lines = []
    for (address, answers), persons in groups.items():
        who = EVERYBODY if len(persons) == len(PERSONS) else ", ".join(persons)
        lines.append(f"{address} | {who} | {' '.join(answers)}")
    return "\n".join(lines) + "\n"
