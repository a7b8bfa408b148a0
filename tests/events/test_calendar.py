"""Calendar files, read back by another implementation than the one that writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from vobject import icalendar

from events.models import Workshop
from events.services import calendar
from events.services.attendees import Attendee
from fundraiser.core import clock
from tests.support.calendars import read_calendar
from tests.support.cast import make_campaign, make_workshop

_ZONES = (
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "UTC",
)
#: Winter, summer, and the hours around the changes of the clocks in Paris.
_MOMENTS = (
    datetime(2027, 1, 15, 18, 0, tzinfo=UTC),
    datetime(2027, 7, 15, 18, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    datetime(2040, 10, 27, 22, 30, tzinfo=UTC),
)


_ZOE = Attendee("Zoé", "zoe@example.org", "en")
_LINK = "https://example.org/j/x/"


def _invitation(workshop: Workshop) -> bytes:
    return calendar.invitation(workshop, _ZOE, at=clock.now(), join_url=_LINK)


@pytest.mark.parametrize("zone", _ZONES)
def test_every_zone_is_read_back_right(db: None, zone: str) -> None:
    workshop = make_workshop(make_campaign(), time_zone=zone, title="Shop: a, b; c\\d\nnew")
    for moment in _MOMENTS:
        workshop.starts_at = moment
        file = _invitation(workshop)
        read = read_calendar(file.decode())
        assert read.vevent.dtstart.value == moment, moment
        assert read.vevent.summary.value == "Shop: a, b; c\\d\nnew"
        assert read.vevent.uid.value == calendar.uid(workshop)


def _two_years(workshop: Workshop) -> list[str]:
    """Return a file of 2027 and one of summer 2029, whose VTIMEZONEs tell different years."""
    files = []
    for year in (2027, 2029):
        workshop.starts_at = datetime(year, 7, 15, 18, 0, tzinfo=UTC)
        files.append(_invitation(workshop).decode())
    return files


def test_a_file_is_read_by_its_own_zone_whatever_was_read_before(db: None) -> None:
    workshop = make_workshop(make_campaign(), time_zone="Europe/Paris")
    years = [read_calendar(file).vevent.dtstart.value for file in _two_years(workshop)[::-1]]
    assert years == [datetime(year, 7, 15, 18, 0, tzinfo=UTC) for year in (2029, 2027)]


def test_control_by_the_zone_of_another_file_it_is_an_hour_wrong(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What vobject does by itself: the zone that was read first stays."""
    monkeypatch.setattr(icalendar, "__tzidMap", {"UTC": icalendar.utc})
    workshop = make_workshop(make_campaign(), time_zone="Europe/Paris")
    later, earlier = _two_years(workshop)[::-1]
    vobject.readOne(later)
    assert vobject.readOne(earlier).vevent.dtstart.value == datetime(2027, 7, 15, 19, tzinfo=UTC)


def test_links_to_calendars_on_the_web_tell_the_time_in_utc(db: None) -> None:
    workshop: Workshop = make_workshop(make_campaign(), starts_at=_MOMENTS[0], title="A & B")
    links = calendar.web_links(workshop, "en", "")
    assert "dates=20270115T180000Z%2F20270115T200000Z" in links["google_calendar_url"]
    assert "text=A+%26+B" in links["google_calendar_url"]
    assert "startdt=2027-01-15T18%3A00%3A00Z" in links["outlook_calendar_url"]


def _read(file: bytes) -> vobject.base.Component:
    return read_calendar(file.decode())


def test_each_file_says_what_it_is_for(db: None, workshop: Workshop) -> None:
    now = workshop.created_at + timedelta(minutes=1)
    invited = _read(calendar.invitation(workshop, _ZOE, at=now, join_url=_LINK))
    off = _read(calendar.cancellation(workshop, _ZOE, at=now))
    assert invited.method.value == "REQUEST"
    assert invited.vevent.status.value == "CONFIRMED"
    assert invited.vevent.location.value == invited.vevent.url.value == _LINK
    assert invited.vevent.attendee.params["PARTSTAT"] == ["ACCEPTED"]
    assert invited.vevent.attendee.params["RSVP"] == ["FALSE"]
    assert (off.method.value, off.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert _LINK not in off.serialize()
    assert invited.vevent.uid.value == off.vevent.uid.value


def _sequence(file: bytes) -> int:
    return int(_read(file).vevent.sequence.value)


def test_whatever_happens_to_a_seat_the_later_file_is_above(db: None, workshop: Workshop) -> None:
    """Taken, moved twice in one second, cancelled in the same, taken again a second later."""
    now = workshop.created_at + timedelta(days=1)
    sequences = [_sequence(calendar.invitation(workshop, _ZOE, at=now, join_url=_LINK))]
    for _ in range(2):
        workshop.schedule_version += 1
        sequences.append(_sequence(calendar.invitation(workshop, _ZOE, at=now, join_url=_LINK)))
    sequences.append(_sequence(calendar.cancellation(workshop, _ZOE, at=now)))
    later = now + timedelta(seconds=2)
    sequences.append(_sequence(calendar.invitation(workshop, _ZOE, at=later, join_url=_LINK)))
    assert sequences == sorted(set(sequences))


def test_control_by_the_version_of_the_schedule_alone_a_seat_taken_again_is_not_above(
    db: None, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "sequence", lambda workshop, at: workshop.schedule_version)
    now = workshop.created_at + timedelta(days=1)
    given_back = _sequence(calendar.cancellation(workshop, _ZOE, at=now))
    again = now + timedelta(hours=1)
    assert _sequence(calendar.invitation(workshop, _ZOE, at=again, join_url=_LINK)) < given_back
