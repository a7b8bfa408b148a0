"""Reading calendar files by another implementation than the one that writes them."""

from __future__ import annotations

import vobject
from vobject import icalendar


def read_calendar(text: str) -> vobject.base.Component:
    """Return the one VCALENDAR in ``text``, read by its own VTIMEZONE.

    vobject keeps the first VTIMEZONE of each TZID for the whole process, though a TZID means
    something only within its own file (RFC 5545, 3.2.19): each file gets a registry of its own.
    """
    registry = vars(icalendar)["__tzidMap"]
    kept = dict(registry)
    registry.clear()
    registry["UTC"] = icalendar.utc
    try:
        (calendar,) = vobject.readComponents(text)
    finally:
        registry.clear()
        registry.update(kept)
    return calendar
