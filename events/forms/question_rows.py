"""The editor of a workshop's questions: a list of small forms, edited without JavaScript as well.

Every button sends the whole list: one adds, removes or moves a question and shows the list again
with nothing saved; "save" checks all of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.workshop_fields import text_field

MOST_QUESTIONS: Final = 20
_MOST_CHOICES: Final = 30
KINDS: Final = (
    ("text", gettext_lazy("Words")),
    ("choice", gettext_lazy("One of several answers")),
    ("number", gettext_lazy("A number")),
    ("consent", gettext_lazy("A box to tick, for consent")),
)


class QuestionRow(forms.Form):
    """One question."""

    id = forms.CharField(max_length=32, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of answer"), choices=KINDS)
    label = text_field(
        gettext_lazy("Question"),
        length=300,
        required=True,
        error_messages={"required": gettext_lazy("Write the question, or remove it.")},
    )
    choices = text_field(
        gettext_lazy("Answers to choose from"),
        length=3000,
        rows=3,
        help_text=gettext_lazy("Only for “One of several answers”: one a line."),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    if_question = forms.ChoiceField(label=gettext_lazy("Ask only if"), required=False)
    if_answer = text_field(
        gettext_lazy("was answered with"),
        length=300,
        help_text=gettext_lazy("For a box to tick: “yes” or “no”."),
    )

    def __init__(self, *args: Any, earlier: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """``earlier`` are the (id, label) of the questions before, on which this may depend."""
        super().__init__(*args, **kwargs)
        self.translated = _add_translations(self)
        field = self.fields["if_question"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [("", _("Always ask it")), *earlier]
        field.error_messages["invalid_choice"] = _("Only a question that stands before can decide.")

    def translated_fields(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of each other language, for the template."""
        return [(name, [self[one] for one in names]) for name, names in self.translated]

    def lines(self, name: str) -> list[str]:
        """Return what was typed one a line."""
        return [one.strip() for one in self.cleaned_data[name].splitlines() if one.strip()]

    def clean(self) -> dict[str, Any]:
        """Look at what belongs to the kind of answer."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "choice" and "choices" in cleaned:
            self._clean_choices()
        if cleaned.get("if_question") and not cleaned.get("if_answer", "").strip():
            self.add_error("if_answer", _("Write the answer on which it is asked."))
        return cleaned

    def _clean_choices(self) -> None:
        choices = self.lines("choices")
        if len(choices) < 2:
            self.add_error("choices", _("Write at least two answers, one a line."))
        elif len(choices) > _MOST_CHOICES or len({*choices}) < len(choices):
            self.add_error("choices", _("At most 30 answers, each only once."))
        for _language, names in self.translated:
            name = names[1]
            if name in self.cleaned_data and len(self.lines(name)) not in {0, len(choices)}:
                text = _("Write as many answers as in the first language, in the same order.")
                self.add_error(name, text)

    def stored(self) -> dict[str, Any]:
        """Return the question as a workshop keeps it. Only for a valid form."""
        data = self.cleaned_data
        kept: dict[str, Any] = {
            "id": data["id"],
            "label": data["label"].strip(),
            "kind": data["kind"],
            "required": data["required"],
        }
        if data["kind"] == "choice":
            kept["choices"] = self.lines("choices")
        if translations := self._translations():
            kept["translations"] = translations
        if data["if_question"]:
            kept["if"] = {"question": data["if_question"], "answer": data["if_answer"].strip()}
        return kept

    def _translations(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for code, _language in settings.LANGUAGES:
            label, choices = f"label_{code}", f"choices_{code}"
            if label not in self.fields:
                continue
            told: dict[str, Any] = {}
            if text := self.cleaned_data[label].strip():
                told["label"] = text
            if self.cleaned_data["kind"] == "choice" and self.lines(choices):
                told["choices"] = self.lines(choices)
            if told:
                found[code] = told
        return found


def _add_translations(form: forms.Form) -> list[tuple[str, list[str]]]:
    written = str(form.initial.get("language") or "en")
    added = []
    for code, language in settings.LANGUAGES:
        if code == written:
            continue
        fields = {
            f"label_{code}": text_field(
                _("Question"), length=300, widget=forms.TextInput(attrs={"lang": code})
            ),
            f"choices_{code}": text_field(
                _("Answers to choose from"),
                length=3000,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
            ),
        }
        form.fields.update(fields)
        added.append((str(language), list(fields)))
    return added


def rows_of(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return stored questions as the values of the editor's rows."""
    rows = [_row(one) for one in questions]
    ticked = {one["id"] for one in questions if one["kind"] == "consent"}
    for row in rows:
        if row["if_question"] in ticked:
            row["if_answer"] = _("yes") if row["if_answer"] == "yes" else _("no")
    return rows


def yes_or_no(typed: str) -> str:
    """Return "yes" or "no" as it is stored, for the word in the language that is active, too."""
    word = typed.strip().casefold()
    if word in {"yes", _("yes")}:
        return "yes"
    return "no" if word in {"no", _("no")} else ""


def _row(question: Mapping[str, Any]) -> dict[str, Any]:
    condition = question.get("if") or {}
    row = {
        "id": question["id"],
        "kind": question["kind"],
        "label": question["label"],
        "required": question.get("required", False),
        "choices": "\n".join(question.get("choices", [])),
        "if_question": condition.get("question", ""),
        "if_answer": condition.get("answer", ""),
    }
    for code, told in question.get("translations", {}).items():
        row[f"label_{code}"] = told.get("label", "")
        row[f"choices_{code}"] = "\n".join(told.get("choices", []))
    return row


def new_row() -> dict[str, Any]:
    """Return an empty question; its id is nobody else's, not even that of a removed one."""
    return {"id": f"q{secrets.token_hex(4)}", "kind": "text"}
