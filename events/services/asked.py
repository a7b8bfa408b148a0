"""What each person of a workshop is asked: the organizer's questions, and what they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from events.models import Workshop

#: The id of our own question, beside those of the organizer's.
ACCESS_NEEDS: Final = "access_needs"

Question = Mapping[str, Any]


def questions(workshop: Workshop, language: str) -> list[Question]:
    """Return the questions in order, label and choices in ``language``; choices stay values, too.

    Each as it is stored, with "shown_label" and "shown_choices". Our own comes last, in the
    language that is active.
    """
    told = [_told(one, language) for one in workshop.questions]
    if workshop.asks_access_needs:
        told.append(
            {
                "id": ACCESS_NEEDS,
                "kind": "text",
                "shown_label": _("What do you need to take part?"),
                "help": _(
                    "For example captions, a sign language interpreter, or the slides beforehand. "
                    "Only the organizers read it."
                ),
            }
        )
    return told


def condition_of(question: Question, all_questions: list[Question]) -> tuple[Question, str] | None:
    """Return the question on which another one depends, and the answer; None: always asked."""
    condition = question.get("if")
    if not condition:
        return None
    for other in all_questions:
        if other["id"] == condition["question"]:
            return other, str(condition["answer"])
    return None


def is_answered_with(question: Question, value: Any, wanted: str) -> bool:
    """Return whether an answer is the wanted one: "yes" of a consent, else the same words."""
    if question["kind"] == "consent":
        return bool(value) == (wanted == "yes")
    return str("" if value is None else value).strip().casefold() == wanted.strip().casefold()


def shown_answer(question: Question, wanted: str) -> str:
    """Return an answer as people of the question's language read it."""
    if question["kind"] == "consent":
        return _("Yes") if wanted == "yes" else _("No")
    if question["kind"] == "choice" and wanted in question["choices"]:
        return str(question["shown_choices"][question["choices"].index(wanted)])
    return wanted


def _told(question: Question, language: str) -> Question:
    other = question.get("translations", {}).get(language[:2], {})
    choices = question.get("choices", [])
    translated = other.get("choices") or []
    # A choice that was added since, or left empty, is told as it was written first.
    pairs = [*translated, *[""] * len(choices)]
    shown = [pairs[n] or choice for n, choice in enumerate(choices)]
    label = other.get("label") or question["label"]
    return {**question, "shown_label": label, "shown_choices": shown}
