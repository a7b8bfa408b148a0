"""Calendar files, read back by another implementation than the one that writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import vobject
from vobject.icalendar import getTzid, registerTzid

from events.models import Booking, Workshop
from events.services import calendar
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
        _forget(zone)
        (read,) = vobject.readComponents(file.decode())
        assert read.vevent.dtstart.value == moment, moment
        assert read.vevent.summary.value == "Shop: a, b; c\\d\nnew"
        assert read.vevent.uid.value == calendar.uid(workshop)


def _forget(zone: str) -> None:
    """Make vobject read the file's own VTIMEZONE, not one that it has kept from another file."""
    if getTzid(zone, smart=False) is not None and zone != "UTC":
        registerTzid(zone, None)


def test_links_to_calendars_on_the_web_tell_the_time_in_utc(db: None) -> None:
    workshop: Workshop = make_workshop(make_campaign(), starts_at=_MOMENTS[0], title="A & B")
    links = calendar.web_links(workshop, "en", "")
    assert "dates=20270115T180000Z%2F20270115T200000Z" in links["google_calendar_url"]
    assert "text=A+%26+B" in links["google_calendar_url"]
    assert "startdt=2027-01-15T18%3A00%3A00Z" in links["outlook_calendar_url"]
