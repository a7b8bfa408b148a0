"""Closing a period: what was handed out of it stays what it is (docs/adr/0051).

1. Put the lock in: the database waits until nobody posts to the team any more.
2. Count the rows of the period again. The ledger only grows, so the same number is the same rows;
   where one came since the file was written, nothing is closed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from donations.models import Books, Export, PeriodLock
from donations.services.exports import jobs, writing
from donations.services.exports.kinds import KINDS
from donations.states import ExportState
from events.models import Team
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

#: Files that go by the day on which a row is booked.
LOCKABLE: Final = ("journal", "fec")


class NotLockableError(ServiceError):
    """The export is none that a period can be closed with."""

    code = "not_lockable"


class NoBooksError(ServiceError):
    """The team has never saved what its books are about: closed, it could not any more."""

    code = "no_books"


class RowsCameError(ServiceError):
    """Rows were booked in the period since the file was written: it has to be made anew."""

    code = "rows_came"


def closed_until(team: Team) -> date | None:
    """Return the last day that is closed."""
    last = PeriodLock.objects.filter(team=team).order_by("-until").first()
    return last.until if last else None


def lockable(team: Team) -> QuerySet[Export]:
    """Return the exports of a team that its period could be closed with, the latest first."""
    closed = closed_until(team)
    rows = Export.objects.filter(
        team=team,
        kind__in=LOCKABLE,
        currency="",
        columns=[],
        state__in=[ExportState.DONE, ExportState.EXPIRED],
        last_day__lt=clock.now().astimezone(ZoneInfo(team.time_zone)).date(),
    )
    if closed:
        rows = rows.filter(last_day__gt=closed).exclude(first_day__gt=closed + timedelta(days=1))
    return rows.order_by("-finished_at")


def lock(
    *, team: Team, export: Export, file_name: str, user: AbstractBaseUser | AnonymousUser
) -> PeriodLock:
    """Close the period of an export. Raises NotLockableError, NoBooksError, RowsCameError."""
    if not lockable(team).filter(pk=export.pk).exists() or export.last_day is None:
        raise NotLockableError(str(export.pk))
    if not Books.objects.filter(team=team).exists():
        raise NoBooksError(team.slug)
    try:
        with transaction.atomic():
            row = PeriodLock.objects.create(
                team=team,
                until=export.last_day,
                file_name=file_name,
                rows=export.rows_written,
                locked_by_id=user.pk,
                created_at=clock.now(),
            )
            now = writing.rows_of(KINDS[export.kind], jobs.scope_of(export))
            if now != export.rows_written:
                raise RowsCameError(str(now))
    except DatabaseError as error:
        raise NotLockableError(str(export.pk)) from error
    return row
