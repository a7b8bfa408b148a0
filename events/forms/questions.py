"""What the buttons of the questions' editor do, and how the whole list is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from events.forms.question_rows import (
    MOST_QUESTIONS,
    QuestionRow,
    new_row,
    rows_of,
    yes_or_no,
)
from events.models import Workshop
from events.services import asked

_ID: Final = re.compile(r"[a-z0-9_-]{1,32}\Z")
#: A list this long was made by no browser.
_LONGEST: Final = 2 * MOST_QUESTIONS


class QuestionList:
    """The questions as they stand in the editor: ``forms``, each with a button's number.

    ``errors`` are those of the whole list, for the summary.
    """

    def __init__(self, workshop: Workshop, data: Mapping[str, Any] | None = None) -> None:
        self._language = workshop.campaign.language[:2]
        self._data = data
        rows = rows_of(workshop.questions) if data is None else _typed(data)
        self._rows = rows
        self.forms = self._made(bound=data is not None and data.get("do") == "save")

    @property
    def can_add(self) -> bool:
        """Whether there may be one more."""
        return len(self._rows) < MOST_QUESTIONS

    def press(self, button: str) -> None:
        """Do what an "add", "remove-2", "up-2" or "down-2" button says; others do nothing."""
        verb, _dash, number = button.partition("-")
        rows = self._rows
        at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
        if verb == "add" and self.can_add:
            rows.append(new_row())
        elif 0 <= at < len(rows):
            if verb == "remove":
                del rows[at]
            elif verb == "up" and at > 0:
                rows[at - 1], rows[at] = rows[at], rows[at - 1]
            elif verb == "down" and at + 1 < len(rows):
                rows[at + 1], rows[at] = rows[at], rows[at + 1]
        self.forms = self._made(bound=False)

    def is_valid(self) -> bool:
        """Check every question, and that each condition can come true."""
        checked = [form.is_valid() for form in self.forms]  # all, so that every problem is shown
        valid = all(checked)
        by_id = {form.cleaned_data.get("id"): form for form in self.forms}
        if len(by_id) < len(self.forms):
            return False
        for form in self.forms:
            other = by_id.get(form.cleaned_data.get("if_question") or "")
            if other is not None and not self._can_be(form, other):
                valid = False
        return valid

    def stored(self) -> list[dict[str, Any]]:
        """Return the questions as a workshop keeps them. Only for a valid list."""
        return [form.stored() for form in self.forms]

    def problems(self) -> list[tuple[str, str]]:
        """Return each error with the id of the control that it is about."""
        return [
            (form[name].id_for_label, str(error))
            for form in self.forms
            for name, errors in form.errors.items()
            for error in errors
        ]

    @staticmethod
    def _can_be(form: QuestionRow, other: QuestionRow) -> bool:
        wanted = form.cleaned_data.get("if_answer", "").strip()
        kind = other.cleaned_data.get("kind")
        if not wanted or not kind or "choices" not in other.cleaned_data:
            return True  # said already, at its own field
        if kind == "consent" and (meant := yes_or_no(wanted)):
            form.cleaned_data["if_answer"] = meant
        elif kind == "consent":
            form.add_error("if_answer", _("Of a box to tick, the answer is “yes” or “no”."))
            return False
        if kind == "choice" and wanted not in other.lines("choices"):
            form.add_error("if_answer", _("That is none of its answers: write one of them."))
            return False
        return True

    def _made(self, *, bound: bool) -> list[QuestionRow]:
        made = []
        earlier: list[tuple[str, str]] = []
        for number, row in enumerate(self._rows):
            initial = {**row, "language": self._language}
            data = {f"{number}-{name}": value for name, value in row.items()} if bound else None
            made.append(QuestionRow(data, prefix=str(number), initial=initial, earlier=[*earlier]))
            earlier.append((row["id"], row.get("label") or _("a question without words")))
        return made


def _typed(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a browser sent; ones that no browser sends get an id of their own."""
    count = str(data.get("count") or "0")
    many = min(int(count), _LONGEST) if count.isascii() and count.isdigit() else 0
    rows: list[dict[str, Any]] = []
    seen: set[str] = {asked.ACCESS_NEEDS}
    for number in range(many):
        prefix = f"{number}-"
        row = {name[len(prefix) :]: one for name, one in data.items() if name.startswith(prefix)}
        if not _ID.match(row.get("id", "")) or row["id"] in seen:
            row["id"] = new_row()["id"]
        seen.add(row["id"])
        rows.append(row)
    return rows[:MOST_QUESTIONS]
