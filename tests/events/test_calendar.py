"""Calendar files, read back by another implementation than the one that writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import vobject
from vobject import icalendar

from events.models import Booking, Workshop
from events.services import calendar
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


@pytest.mark.parametrize("zone", _ZONES)
def test_every_zone_is_read_back_right(db: None, zone: str) -> None:
    workshop = make_workshop(make_campaign(), time_zone=zone, title="Shop: a, b; c\\d\nnew")
    booking = Booking(workshop=workshop, name="Zoé", email="zoe@example.org", language="en")
    for moment in _MOMENTS:
        workshop.starts_at = moment
        file = calendar.file(booking, manage_url="https://example.org/b/x/")
        read = read_calendar(file.decode())
        assert read.vevent.dtstart.value == moment, moment
        assert read.vevent.summary.value == "Shop: a, b; c\\d\nnew"
        assert read.vevent.uid.value == calendar.uid(workshop)


def _two_years(workshop: Workshop) -> list[str]:
    """Return a file of 2027 and one of summer 2029, whose VTIMEZONEs tell different years."""
    booking = Booking(workshop=workshop, name="Zoé", email="zoe@example.org", language="en")
    files = []
    for year in (2027, 2029):
        workshop.starts_at = datetime(year, 7, 15, 18, 0, tzinfo=UTC)
        files.append(calendar.file(booking, manage_url="https://example.org/b/x/").decode())
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
