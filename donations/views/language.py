"""The visitor's language."""

from __future__ import annotations

from django.utils.translation import get_language


def language() -> str:
    """Return the active language's two letters."""
    return (get_language() or "en")[:2]
