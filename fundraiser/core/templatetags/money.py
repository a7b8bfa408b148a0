"""Money in templates, in the active language."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from fundraiser.core.money import Money

register = template.Library()


@register.filter
def money(value: Money | None) -> str:
    """Write the amount with its decimals: "$890.00"."""
    return value.format(get_language() or "en") if value is not None else ""


@register.filter
def money_short(value: Money | None) -> str:
    """Write the amount without decimals where it is whole: "$890"."""
    return value.format(get_language() or "en", short=True) if value is not None else ""


@register.filter
def minor(value: Money | None) -> str:
    """Write the minor units as a plain integer, for attributes."""
    return str(value.minor) if value is not None else ""


@register.filter
def major(value: Money | None) -> str:
    """Write the major units with a dot, for attributes: "20.50"."""
    return format(value.major, "f") if value is not None else ""
