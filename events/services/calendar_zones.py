"""VTIMEZONE: what a zone's clocks do around a year (RFC 5545, 3.6.5).

Made here from the tz database, since icalendar's own leaves changes out: Morocco's of 2027, say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


@lru_cache(maxsize=256)
def zone_part(name: str, year: int) -> Timezone:
    """Return the VTIMEZONE of a zone that is true from the year before ``year`` to that after it.

    One part for each change of the clocks and no rule: some programs misread the many dates of a
    century, others a rule that ends. A zone whose summer time is below its standard time (Dublin)
    is told the other way round, which means the same and is understood everywhere.
    """
    zone = ZoneInfo(name)
    start, end = datetime(year - 1, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC)
    moments = [start, *changes(zone, start, end)]
    inverted = any(_saving(moment, zone) < timedelta(0) for moment in moments)
    part = Timezone()
    part.add("tzid", name)
    for moment in moments:
        saving = _saving(moment, zone)
        is_summer = saving == timedelta(0) if inverted else saving > timedelta(0)
        part.add_component(_observance(moment, zone, is_summer=is_summer))
    return part


def changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments (UTC) after ``start`` and up to ``end`` at which clocks are changed."""
    day = start
    while day < end:
        after = day + _DAY
        if _offset(day, zone) != _offset(after, zone):
            yield _change_between(zone, day, after)
        day = after


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first second of the new time, given that there is one change in between."""
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return after


def _observance(
    moment: datetime, zone: ZoneInfo, *, is_summer: bool
) -> TimezoneDaylight | TimezoneStandard:
    """Return the part that begins at ``moment``, as clocks showed it until then."""
    before, after = _offset(moment - _SECOND, zone), _offset(moment, zone)
    part = TimezoneDaylight() if is_summer else TimezoneStandard()
    part.add("dtstart", (moment + before).replace(tzinfo=None))
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", after)
    part.add("tzname", moment.astimezone(zone).tzname())
    return part


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _saving(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).dst() or timedelta(0)
