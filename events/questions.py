"""An organizer's questions as form fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _

from events.models import Workshop
from events.services import asked

PREFIX = "question_"


def question_fields(workshop: Workshop, language: str) -> dict[str, forms.Field]:
    """Return a field for each question of a workshop, named ``question_<id>``, in ``language``.

    One with a condition says it in words, and names it for static/js/questions.js. Whether it must
    be answered depends on another answer: the form calls ``clean_questions`` for that.
    """
    everything = asked.questions(workshop, language)
    return {f"{PREFIX}{one['id']}": _field(one, everything) for one in everything}


def clean_questions(form: forms.Form, workshop: Workshop, language: str) -> None:
    """Ask for what a condition makes needed, and forget answers to what was not asked.

    Within the form's ``clean``. A question that depends on one that was not asked is not asked.
    """
    everything = asked.questions(workshop, language)
    skipped = set()
    for question in everything:
        found = asked.condition_of(question, everything)
        if found is None:
            continue
        other, wanted = found
        name = f"{PREFIX}{question['id']}"
        given = form.cleaned_data.get(f"{PREFIX}{other['id']}")
        if other["id"] in skipped or not asked.is_answered_with(other, given, wanted):
            skipped.add(question["id"])
            form.cleaned_data[name] = _nothing(question)
            form.errors.pop(name, None)
        elif question.get("required") and name not in form.errors and not _given(form, name):
            form.add_error(name, _missing(question))


def _given(form: forms.Form, name: str) -> bool:
    value = form.cleaned_data.get(name)
    return value is not None and value is not False and value != ""


def _nothing(question: asked.Question) -> Any:
    return {"consent": False, "number": None}.get(question["kind"], "")


def _missing(question: asked.Question) -> str:
    return _("Please answer: %(question)s") % {"question": question["shown_label"]}


def _field(question: asked.Question, everything: list[asked.Question]) -> forms.Field:
    found = asked.condition_of(question, everything)
    common: dict[str, Any] = {
        "label": question["shown_label"],
        "required": bool(question.get("required")) and found is None,
        "help_text": question.get("help", ""),
        "error_messages": {"required": _missing(question)},
    }
    field = _of_kind(question, common)
    if found is not None:
        other, wanted = found
        told = {"question": other["shown_label"], "answer": asked.shown_answer(other, wanted)}
        field.help_text = _("Only if you answered “%(answer)s” to “%(question)s”.") % told
        field.widget.attrs |= {"data-if": f"{PREFIX}{other['id']}", "data-if-answer": wanted}
        # For the template: the word "optional" would be wrong.
        field.required_if = bool(question.get("required"))  # type: ignore[attr-defined]
    return field


def _of_kind(question: asked.Question, common: dict[str, Any]) -> forms.Field:
    kind = question["kind"]
    if kind == "choice":
        choices = list(zip(question["choices"], question["shown_choices"], strict=True))
        return forms.ChoiceField(choices=[("", "—"), *choices], **common)
    if kind == "number":
        return forms.IntegerField(min_value=0, max_value=1_000_000, **common)
    if kind == "consent":
        return forms.BooleanField(**common)
    if question["id"] == asked.ACCESS_NEEDS:
        common["widget"] = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        max_length=1000, validators=[ProhibitNullCharactersValidator()], **common
    )
