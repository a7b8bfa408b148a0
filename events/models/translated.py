"""Content that organizers give in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Translated:
    """A row with ``translations``: {"fr": {"title": …}}, beside the fields as first written."""

    translations: Any

    def text(self, field: str, language: str) -> str:
        """Return a text field in the language where it was given, else as first written."""
        translated = self.translations.get(language[:2], {}).get(field)
        return str(translated or getattr(self, field))


def merged(
    translations: Mapping[str, Mapping[str, Any]], changed: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Any]]:
    """Return ``translations`` with some texts changed, by language; an empty text is left out."""
    result: dict[str, dict[str, Any]] = {}
    for code in {*translations, *changed}:
        texts = {**translations.get(code, {}), **changed.get(code, {})}
        kept = {name: text for name, text in texts.items() if text}
        if kept:
            result[code] = kept
    return result
