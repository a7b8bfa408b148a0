"""Promise 28. Right local time across every DST gap and overlap, for every zone in the tz database.

What is expected comes from the C library, which reads the same tz database by code of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import pytest
from icalendar import Timezone

from donations.services.mails.attendee_emails import how_soon
from events.models import Workshop
from events.services import calendar
from events.services.attendees import Attendee
from events.services.calendar_zones import changes
from fundraiser.core import zones
from tests.support.calendars import read_calendar
from tests.support.cast import make_campaign, make_workshop

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
ALL = sorted(filter(zones.is_zone, available_timezones()))
#: Ordinary, half an hour, summer below standard time, twice a year by the moon, and none at all.
_SOME = ("Europe/Paris", "Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca", "Asia/Tokyo")
_NO_CHANGE = datetime(2026, 6, 15, 18, 0, tzinfo=UTC)
_SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def changes_of(zone: str) -> list[datetime]:
    return list(changes(ZoneInfo(zone), FROM, UNTIL)) or [_NO_CHANGE]


def _moments(zone: str) -> list[datetime]:
    """Return moments around every change: the last second before, the first after, days later."""
    return [one + step for one in changes_of(zone) for step in (-_SECOND, 0 * DAY, 15 * DAY)]


def _shown_again(zone: str) -> list[datetime]:
    """Return, for each change, the moment that clocks show as they showed its last second before.

    Where they are put forward there is none: then it is an ordinary moment.
    """
    place = ZoneInfo(zone)
    return [
        one - _SECOND + abs(_ahead(one, place) - _ahead(one - _SECOND, place))
        for one in changes_of(zone)
    ]


def _ahead(moment: datetime, place: ZoneInfo) -> timedelta:
    return moment.astimezone(place).utcoffset() or timedelta(0)


def _file(zone: str) -> str:
    """Return the file that zoneinfo reads a zone from."""
    found = [Path(folder, zone) for folder in TZPATH if Path(folder, zone).is_file()]
    return str(found[0] if found else files("tzdata") / "zoneinfo" / zone)


@contextmanager
def c_library(zone: str) -> Iterator[None]:
    """Let ``time.localtime`` tell the time of a zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = f":{_file(zone)}"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def clock_of(moment: datetime) -> time.struct_time:
    return time.localtime(int(moment.timestamp()))


def wrong_texts(names: Iterable[str]) -> list[str]:
    """Return what mails would tell wrongly, or in the same words for two different moments."""
    wrong = []
    for zone in names:
        told: dict[str, datetime] = {}
        with c_library(zone):
            for moment in {*_moments(zone), *_shown_again(zone)}:
                local = clock_of(moment)
                text = zones.long_text(moment, zone, "en")
                expected = (
                    f"{_DAYS[local.tm_wday]} {local.tm_mday} {_MONTHS[local.tm_mon - 1]} "
                    f"{local.tm_year} at {local.tm_hour:02}:{local.tm_min:02} ("
                )
                if not text.startswith(expected):
                    wrong.append(f"{zone} {moment}: {text}, not {expected}")
                other = told.setdefault(text, moment)
                if other != moment:
                    wrong.append(f"{zone} {moment}: {text} is {other} too")
    return wrong


def wrong_reminders(names: Iterable[str]) -> list[str]:
    """Return reminders that would name a wrong day or hour."""
    wrong = []
    for zone in names:
        person = Attendee("Dora", "dora@example.org", "en", zone)
        for change in changes_of(zone):
            workshop = Workshop(starts_at=change + timedelta(hours=1), time_zone=zone)
            with c_library(zone):
                for hours in (3, 10, 20, 24):
                    now = workshop.starts_at - timedelta(hours=hours)
                    start, today = clock_of(workshop.starts_at), clock_of(now)
                    days = date(*start[:3]) - date(*today[:3])
                    expected = f"In {days.days} days"
                    if days.days < 2:
                        day = ("Today", "Tomorrow")[days.days]
                        expected = f"{day} at {start.tm_hour:02}:{start.tm_min:02}"
                    if (said := how_soon(workshop, person, now)) != expected:
                        wrong.append(f"{zone} {now}: {said}, not {expected}")
    return wrong


def wrong_files(workshop: Workshop, names: Iterable[str]) -> list[str]:
    """Return calendar files that another program reads as another moment, or lists another hour."""
    wrong = []
    person = Attendee("Zoé", "zoe@example.org", "en")
    seen: set[tuple[object, ...]] = set()
    for zone in names:
        workshop.time_zone = zone
        # Of zones with the same clocks one is tried in full, of the others the first change.
        clocks = tuple((one, _ahead(one, ZoneInfo(zone))) for one in changes_of(zone))
        moments = _moments(zone) if clocks not in seen else _moments(zone)[:2]
        seen.add(clocks)
        for moment in moments:
            workshop.starts_at = moment
            made = calendar.invitation(
                workshop, person, at=workshop.created_at, join_url="https://example.org/j/x/"
            )
            event = read_calendar(made.decode()).vevent
            read = [event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)]
            if read != [moment, workshop.ends_at]:
                wrong.append(f"{zone} {moment}: read as {read[0]} until {read[1]}")
    return wrong


@pytest.mark.timeout(120)
def test_mails_tell_the_time_that_clocks_show_there() -> None:
    assert len(ALL) > 400
    assert wrong_texts(ALL) == []
    assert wrong_reminders(ALL) == []


def test_a_time_that_clocks_show_twice_is_told_apart() -> None:
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    told = [zones.long_text(twice + n * timedelta(hours=1), "Europe/Paris", "fr") for n in (0, 1)]
    assert told == [
        "dimanche 25 octobre 2026 à 02:30 (Paris, UTC+2)",
        "dimanche 25 octobre 2026 à 02:30 (Paris, UTC+1)",
    ]
    negative = zones.long_text(datetime(2026, 11, 1, 5, 0, tzinfo=UTC), "America/St_Johns", "en")
    assert negative.endswith("UTC−3:30)")


@pytest.mark.timeout(180)
def test_calendar_files_mean_the_same_moment_to_another_program(db: None) -> None:
    workshop = make_workshop(make_campaign(), duration_minutes=45)
    assert wrong_files(workshop, ALL) == []


@pytest.mark.usefixtures("forgotten")
def test_control_where_it_is_not_told_apart_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "is_ambiguous", lambda local: False)
    assert any("too" in one for one in wrong_texts(["Europe/Paris"]))


def _forget() -> None:
    zones.long_text.cache_clear()
    zones.city.cache_clear()


@pytest.fixture
def forgotten() -> Iterator[None]:
    """What zones remembers is forgotten before and after."""
    _forget()
    yield
    _forget()


def _with_winter_time_all_year(zone: str) -> ZoneInfo:
    january = datetime(2026, 1, 10, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    hours = int((january or timedelta(0)) / timedelta(hours=1))
    return ZoneInfo(f"Etc/GMT{-hours:+d}")


@pytest.mark.usefixtures("forgotten")
def test_control_without_summer_time_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "ZoneInfo", _with_winter_time_all_year)
    assert wrong_texts(["Europe/Paris"])


def test_control_a_file_by_icalendars_own_zone_is_read_wrongly(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why we make VTIMEZONE ourselves (events/services/calendar_zones.py)."""

    def by_icalendar(name: str, year: int) -> Timezone:
        first, last = datetime(year - 1, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC)
        return Timezone.from_tzid(name, first_date=first.date(), last_date=last.date())

    workshop = make_workshop(make_campaign(), duration_minutes=45)
    assert wrong_files(workshop, _SOME) == []
    monkeypatch.setattr(calendar, "zone_part", by_icalendar)
    assert wrong_files(workshop, _SOME)


def test_control_a_local_time_that_clocks_show_twice_is_read_wrongly(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = make_workshop(make_campaign(), duration_minutes=45)
    monkeypatch.setattr(zones, "is_ambiguous", lambda local: False)
    assert wrong_files(workshop, ["Europe/Paris"])
