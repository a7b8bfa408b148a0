"""Reading calendar files by another implementation than the one that writes them."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any
from unittest.mock import patch

import vobject
from vobject import icalendar


def read_calendar(text: str) -> vobject.base.Component:
    """Return the one VCALENDAR in ``text``, read by its own VTIMEZONE and by nothing else.

    vobject keeps the first VTIMEZONE of each TZID for the whole process, though a TZID means
    something only within its own file (RFC 5545, 3.2.19); it asks pytz for a zone that the file
    lacks; and it passes over a VTIMEZONE that agrees with UTC at the moments that it looks at
    (Africa/Casablanca). None of it here: each file gets a registry of its own.
    """
    registry: dict[str, tzinfo] = {"UTC": icalendar.utc}

    def known(tzid: Any, *_: Any, **__: Any) -> tzinfo | None:
        return registry.get(str(tzid))

    with (
        patch.object(icalendar, "getTzid", known),
        patch.object(icalendar, "registerTzid", registry.__setitem__),
        patch.object(icalendar, "tzinfo_eq", lambda one, other: one is other),
    ):
        (calendar,) = vobject.readComponents(text)
    return calendar
