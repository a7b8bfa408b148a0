"""Promise 28. Right local time across every DST gap and overlap, for every zone in the tz database.

Here: when reminders and digests are due. What they say is in test_p28_local_times.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User

from events.models import Booking, Message, Registration, SharedMoment, Team, Workshop
from events.services.mails import planner
from events.states import BookingState
from tests.promises.test_p28_local_times import (
    ALL,
    DAY,
    FROM,
    UNTIL,
    c_library,
    changes_of,
    clock_of,
)
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock


@pytest.fixture
def everywhere(db: None, clock: Clock) -> list[Workshop]:
    """A workshop in each zone, half an hour after each change of its clocks, with one person."""
    clock.set(FROM - 7 * DAY)
    template = make_workshop(make_campaign(), reminder_minutes=[1440, 60, 10])
    template.delete()
    starts = [(zone, one + timedelta(minutes=30)) for zone in ALL for one in changes_of(zone)]
    workshops = [_copy(template, n, zone, start) for n, (zone, start) in enumerate(starts)]
    Workshop.objects.bulk_create(workshops)
    bookings = Booking.objects.bulk_create(
        Booking(
            workshop=workshop,
            state=BookingState.CONFIRMED,
            seats=1,
            name="Dora",
            email="dora@example.org",
            language="en",
            confirmed_at=clock.now(),
        )
        for workshop in workshops
    )
    Registration.objects.bulk_create(
        Registration(booking=booking, position=1, name="Dora", email="dora@example.org")
        for booking in bookings
    )
    return workshops


def _copy(template: Workshop, number: int, zone: str, start: datetime) -> Workshop:
    return Workshop(
        campaign=template.campaign,
        slug=f"shop-{number}",
        title="Shop",
        starts_at=start,
        time_zone=zone,
        duration_minutes=60,
        seats_taken=1,
        state=template.state,
        reminder_minutes=template.reminder_minutes,
    )


def _plan_all(clock: Clock) -> None:
    SharedMoment.objects.update_or_create(name="planned until", defaults={"at": FROM - 3 * DAY})
    clock.set(UNTIL + DAY)
    planner.plan()


def wrong_due_times() -> list[str]:
    """Return reminders that are not due so many minutes before the start, as time passes."""
    rows = Message.objects.filter(kind="reminder").select_related("workshop")
    return [
        f"{row.workshop} {row.due_at}"
        for row in rows
        if row.workshop is None
        or row.workshop.starts_at - row.due_at != timedelta(minutes=row.ids["minutes"])
    ]


def test_reminders_are_due_so_many_minutes_before_whatever_clocks_do(
    everywhere: list[Workshop], clock: Clock
) -> None:
    _plan_all(clock)
    assert Message.objects.filter(kind="reminder").count() == 3 * len(everywhere)
    assert wrong_due_times() == []


def test_control_a_day_by_the_clock_on_the_wall_is_seen(
    everywhere: list[Workshop], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = "workshop.starts_at - make_interval(mins => minutes::int)"
    by_the_wall = (
        "(workshop.starts_at AT TIME ZONE workshop.time_zone"
        " - make_interval(mins => minutes::int)) AT TIME ZONE workshop.time_zone"
    )
    assert plain in planner._REMINDERS
    monkeypatch.setattr(planner, "_REMINDERS", planner._REMINDERS.replace(plain, by_the_wall))
    _plan_all(clock)
    assert wrong_due_times()


def test_the_daily_digest_is_due_at_eight_in_every_zone(db: None) -> None:
    team = make_campaign().team
    team.membership_set.create(user=_member(), role="owner", wants_digest=True)
    wrong = []
    for zone in ALL:
        Team.objects.filter(pk=team.pk).update(time_zone=zone)
        for change in changes_of(zone):
            found = list(planner._digests(change - 2 * DAY, change + 2 * DAY))
            with c_library(zone):
                shown = [clock_of(one["due"]) for one in found]
            if [(one.tm_hour, one.tm_min) for one in shown] != [(8, 0)] * 4:
                wrong.append(f"{zone} {change}: {found}")
    assert wrong == []


def _member() -> object:
    return User.objects.create_user("alice@example.org")
