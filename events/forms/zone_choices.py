"""The zones of the tz database, to choose from."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

Choices = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@lru_cache(maxsize=1)
def zone_choices() -> Choices:
    """Return the zones of the tz database by region, each as its city."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, slash, city = name.partition("/")
        if slash and region not in {"Etc", "SystemV", "posix", "right", "US", "Canada"}:
            regions.setdefault(region, []).append((name, city.replace("_", " ")))
    return tuple((region, tuple(cities)) for region, cities in regions.items())


def with_zone(zone: str) -> Choices:
    """Return the choices, and first a zone that is none of them (an old name, UTC)."""
    known = zone_choices()
    if not zone or zone in {name for _region, names in known for name, _city in names}:
        return known
    return ((zone, ((zone, zone),)), *known)
