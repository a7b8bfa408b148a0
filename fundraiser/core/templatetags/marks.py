"""The mark of a test in templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from fundraiser.core import marks

register = template.Library()


@register.simple_tag(takes_context=True)
def test_mark(context: Context) -> str:
    """Return the sentence of a test where the page is about one, else nothing."""
    things: list[Any] = [value for layer in context for value in layer.values()]
    return marks.sentence() if context.get("is_test") or marks.any_test(things) else ""
