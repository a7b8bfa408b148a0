"""Exports that make themselves: of each day, week or month, told of by mail (docs/adr/0068).

1. Lock a schedule that is due, unless somebody else has it.
2. For each recipient who may still see the people in it: an export of the last whole period, once
   for ever by a unique constraint. Its own job writes it, and queues the mail when it ends.
3. Move on to the first moment that is still to come: what an outage missed is not made up for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from donations.models import Export, ExportSchedule
from donations.services.exports import jobs
from donations.states import Every
from events.models import Membership, Team
from events.services.access import EDITORS
from fundraiser.core import clock


def add(schedule: ExportSchedule, recipients: Iterable[User]) -> ExportSchedule:
    """Store a schedule; it begins with the period that runs now."""
    schedule.next_due = next_due(schedule, clock.now())
    with transaction.atomic():
        schedule.save()
        schedule.recipients.set(recipients)
    return schedule


def pause(schedule: ExportSchedule) -> None:
    """Make nothing until it is resumed."""
    rows = ExportSchedule.objects.filter(pk=schedule.pk, paused_at=None)
    rows.update(paused_at=clock.now())


def resume(schedule: ExportSchedule) -> None:
    """Go on with the period that runs now; what was paused over is not made up for."""
    rows = ExportSchedule.objects.filter(pk=schedule.pk, paused_at__isnull=False)
    rows.update(paused_at=None, next_due=next_due(schedule, clock.now()))


def may_get(*, team: Team | None) -> QuerySet[User]:
    """Return who may get exports of a team's people (None: of the whole site)."""
    if team is None:
        return User.objects.filter(is_active=True, is_superuser=True).exclude(email="")
    members = Membership.objects.filter(team=team, role__in=EDITORS).values("user")
    rows = User.objects.filter(is_active=True).exclude(email="")
    return rows.filter(Q(pk__in=members) | Q(is_superuser=True))


def team_of(row: ExportSchedule | Export) -> Team | None:
    """Return whose people are in it; None: the whole site's."""
    return row.campaign.team if row.campaign else row.team


def run_due() -> int:
    """Begin the exports whose period is over; return how many."""
    due = ExportSchedule.objects.filter(next_due__lte=clock.now(), paused_at=None)
    return sum(_run(pk) for pk in due.order_by("next_due").values_list("pk", flat=True))


def _run(pk: int) -> int:
    now = clock.now()
    with transaction.atomic():
        rows = ExportSchedule.objects.select_for_update(skip_locked=True, no_key=True)
        schedule = rows.filter(pk=pk, next_due__lte=now, paused_at=None).first()
        if schedule is None:
            return 0
        first, last = last_period(schedule, now)
        entitled = may_get(team=team_of(schedule)).filter(scheduled_exports=schedule)
        made = [_make(schedule, user, first, last) for user in entitled.order_by("pk")]
        ExportSchedule.objects.filter(pk=pk).update(next_due=next_due(schedule, now))
    return sum(made)


def _make(schedule: ExportSchedule, owner: User, first: date, last: date) -> bool:
    """Ask for one recipient's file, unless that was done."""
    same = Export.objects.filter(schedule=schedule, owner=owner, first_day=first)
    if same.exists():
        return False
    jobs.ask(
        Export(
            owner=owner,
            schedule=schedule,
            campaign=schedule.campaign,
            team=schedule.team,
            of_site=schedule.of_site,
            workshop_id=schedule.workshop_id,
            kind=schedule.kind,
            format=schedule.format,
            currency=schedule.currency,
            columns=schedule.columns,
            time_zone=schedule.time_zone,
            first_day=first,
            last_day=last,
            created_at=clock.now(),
        )
    )
    return True


def next_due(schedule: ExportSchedule, moment: datetime) -> datetime:
    """Return when the first period ends that is not exported at ``moment`` (aware) yet; UTC."""
    start = _begun(schedule, moment)
    return _due(schedule, _next(schedule.every, start))


def last_period(schedule: ExportSchedule, moment: datetime) -> tuple[date, date]:
    """Return the first and the last day of the period that was due last at ``moment`` (aware)."""
    over = _begun(schedule, moment) - timedelta(days=1)
    return _start(schedule.every, over), over


def _begun(schedule: ExportSchedule, moment: datetime) -> date:
    """Return the first day of the last period that began with its predecessor's export."""
    start = _start(schedule.every, moment.astimezone(ZoneInfo(schedule.time_zone)).date())
    if _due(schedule, start) <= moment:
        return start
    return _start(schedule.every, start - timedelta(days=1))


def _due(schedule: ExportSchedule, start: date) -> datetime:
    """Return when it is the schedule's time on that day; a time that clocks skip is a bit later."""
    local = datetime.combine(start, schedule.at, ZoneInfo(schedule.time_zone))
    return local.astimezone(UTC)


def _start(every: str, day: date) -> date:
    """Return the first day of the period that a day is in."""
    if every == Every.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if every == Every.WEEK else day


def _next(every: str, start: date) -> date:
    """Return the first day of the period after the one that begins with ``start``."""
    if every == Every.MONTH:
        return (start + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=7 if every == Every.WEEK else 1)
