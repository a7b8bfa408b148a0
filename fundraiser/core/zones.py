"""Moments written out in a zone, as people of a language say them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import dates

_PATTERNS = {
    "en": "EEEE d MMMM y 'at' HH:mm",
    "fr": "EEEE d MMMM y 'à' HH:mm",
}


def is_zone(name: str) -> bool:
    """Return whether ``name`` is a zone of the tz database."""
    return name in _zones()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1024)
def city(zone: str, language: str) -> str:
    """Return how the zone is called in the language: "Paris time" or "heure : France"."""
    return str(dates.get_timezone_location(ZoneInfo(zone), locale=language[:2], return_city=True))


@lru_cache(maxsize=4096)
def long_text(moment: datetime, zone: str, language: str) -> str:
    """Return e.g. "Tuesday 24 March 2026 at 19:00 (Paris)" for an aware moment."""
    local = moment.astimezone(ZoneInfo(zone))
    pattern = _PATTERNS.get(language[:2], _PATTERNS["en"])
    written = dates.format_datetime(local, pattern, locale=language[:2])
    return f"{written} ({city(zone, language)})"
