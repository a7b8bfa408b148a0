"""Moments written out in a zone, as people of a language say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import dates

from fundraiser.core import clock

_PATTERNS = {
    "en": "EEEE d MMMM y 'at' HH:mm",
    "fr": "EEEE d MMMM y 'à' HH:mm",
}

#: Names of the tz database that are no place: one says "not set", one is the server's own.
_NO_PLACES = frozenset({"Factory", "localtime"})


def is_zone(name: str) -> bool:
    """Return whether ``name`` is a zone of the tz database."""
    return name in _zones()


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACES


def today(zone: str) -> date:
    """Return the day that it is in a zone of the tz database; where there is none such, in UTC."""
    return clock.now().astimezone(ZoneInfo(zone) if is_zone(zone) else UTC).date()


@lru_cache(maxsize=1024)
def city(zone: str, language: str) -> str:
    """Return how the zone is called in the language: "Paris time" or "heure : France"."""
    return str(dates.get_timezone_location(ZoneInfo(zone), locale=language[:2], return_city=True))


def is_ambiguous(local: datetime) -> bool:
    """Whether clocks show this time twice, before and after they are put back (PEP 495)."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def is_missing(local: datetime) -> bool:
    """Whether clocks never show this time: it is skipped when they are put forward (PEP 495)."""
    shown = local.astimezone(UTC).astimezone(local.tzinfo)
    return shown.replace(tzinfo=None) != local.replace(tzinfo=None, fold=shown.fold)


def offset(local: datetime) -> str:
    """Return e.g. "UTC+2" or "UTC−3:30"."""
    ahead = local.utcoffset() or timedelta(0)
    minutes = abs(ahead) // timedelta(minutes=1)
    sign = "−" if ahead < timedelta(0) else "+"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


@lru_cache(maxsize=4096)
def long_text(moment: datetime, zone: str, language: str) -> str:
    """Return e.g. "Tuesday 24 March 2026 at 19:00 (Paris)" for an aware moment.

    A time that clocks show twice is told with its distance from UTC: "02:30 (Paris, UTC+1)".
    """
    local = moment.astimezone(ZoneInfo(zone))
    pattern = _PATTERNS.get(language[:2], _PATTERNS["en"])
    written = dates.format_datetime(local, pattern, locale=language[:2])
    place = city(zone, language)
    return (
        f"{written} ({place}, {offset(local)})" if is_ambiguous(local) else f"{written} ({place})"
    )
