"""Content that organizers give in several languages."""

from __future__ import annotations

from typing import Any


class Translated:
    """A row with ``translations``: {"fr": {"title": …}}, beside the fields as first written."""

    translations: Any

    def text(self, field: str, language: str) -> str:
        """Return a text field in the language where it was given, else as first written."""
        translated = self.translations.get(language[:2], {}).get(field)
        return str(translated or getattr(self, field))
