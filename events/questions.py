"""An organizer's questions as form fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from events.models import Workshop


def question_fields(workshop: Workshop, language: str) -> dict[str, forms.Field]:
    """Return a field for each question of a workshop, named ``question_<id>``, in ``language``."""
    return {f"question_{one['id']}": _field(one, language) for one in workshop.questions}


def _field(question: Mapping[str, Any], language: str) -> forms.Field:
    told = {**question, **question.get("translations", {}).get(language[:2], {})}
    missing = _("Please answer: %(question)s") % {"question": told["label"]}
    common = {
        "label": told["label"],
        "required": bool(question.get("required")),
        "error_messages": {"required": missing},
    }
    kind = question["kind"]
    if kind == "choice":
        choices = list(zip(question["choices"], told["choices"], strict=True))
        return forms.ChoiceField(choices=[("", "—"), *choices], **common)
    if kind == "number":
        return forms.IntegerField(min_value=0, max_value=1_000_000, **common)
    if kind == "consent":
        return forms.BooleanField(**common)
    return forms.CharField(max_length=1000, **common)
