"""Exports as jobs: asked for, written by a worker, fetched by who asked, and thrown away.

Writing one, safe with several workers and after any death:

1. Claim the row: queued, or running with a lease that is over; the lease is renewed on the way.
2. Write to a file of a name of its own. Progress goes to the row by a second connection, since the
   first reads one moment; a cancelled row, or a claim that another worker took over, ends it there.
3. Compare and set to done with the file's name. Who comes too late removes its own file.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet

from donations.models import Export
from donations.services.accounting.fec import FaultyFileError
from donations.services.exports import presets, writing
from donations.services.exports.kinds import KINDS
from donations.services.exports.query import Scope, end_of, start_of
from donations.states import EXPORT_TABLE, ExportState
from events.models import Campaign
from events.services.mails import outbox
from fundraiser.core import clock, jobs
from fundraiser.core.transitions import StaleStateError, advance

logger = logging.getLogger(__name__)

KEPT: Final = timedelta(days=3)
_LEASE: Final = timedelta(minutes=5)
_MOST_ATTEMPTS: Final = 3
_UNFINISHED: Final = (ExportState.QUEUED, ExportState.RUNNING)


class StoppedError(Exception):
    """It was cancelled, or another worker has taken it over."""


def ask(export: Export) -> Export:
    """Store what is asked for, and wake a worker."""
    export.save()
    jobs.enqueue("donations.write_export", export=export.pk)
    return export


def cancel(export: Export) -> None:
    """End an export that is not written yet; one that has ended stays as it is."""
    if export.state in _UNFINISHED:
        try:
            advance(export, ExportState.CANCELLED, EXPORT_TABLE, finished_at=clock.now())
        except StaleStateError:
            export.refresh_from_db()
            if export.state in _UNFINISHED:
                advance(export, ExportState.CANCELLED, EXPORT_TABLE, finished_at=clock.now())


def scope_of(export: Export) -> Scope:
    """Return which rows an export is about."""
    zone = export.time_zone
    return Scope(
        campaigns=_campaigns(export),
        workshop=export.workshop_id,
        since=start_of(export.first_day, zone) if export.first_day else None,
        until=end_of(export.last_day, zone) if export.last_day else None,
        currency=export.currency,
        time_zone=zone,
        test=export.campaign is not None and export.campaign.test_mode,
    )


def _campaigns(export: Export) -> list[int] | None:
    if export.of_site:
        return None
    if export.campaign_id is not None:
        return [export.campaign_id]
    return list(Campaign.objects.filter(team_id=export.team_id or 0).values_list("pk", flat=True))


def path_of(export: Export) -> Path:
    """Return where an export's file lies."""
    return _folder() / export.file


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_due() -> int:
    """Write what nobody is writing; return how many were tried. Throw away what is too old."""
    throw_away()
    now = clock.now()
    due = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, lease_until__lt=now)
    found = list(Export.objects.filter(due).order_by("created_at").values_list("pk", flat=True)[:5])
    for pk in found:
        write(pk)
    return len(found)


def write(export_id: int) -> Export | None:
    """Write one export, unless it has ended or somebody else is at it."""
    export = _claimed(export_id)
    if export is None:
        return None
    scope = scope_of(export)
    name = f"{export.public_id}-{secrets.token_hex(8)}.{export.format}"
    path = _folder() / name
    try:
        kind = presets.chosen(KINDS[export.kind], export.columns)
        total = writing.rows_of(kind, scope)
        Export.objects.filter(pk=export.pk).update(rows_total=total, rows_written=0)
        with _Progress(export) as progress:
            rows = writing.write(kind, scope, export.format, path, progress=progress)
        _finish(export, name, rows)
    except (StoppedError, StaleStateError):
        path.unlink(missing_ok=True)
    except (FaultyFileError, presets.UnknownColumnError) as error:
        path.unlink(missing_ok=True)
        _refuse(export, error)
    except (OSError, DatabaseError) as error:
        path.unlink(missing_ok=True)
        _give_up_or_retry(export, error)
    export.refresh_from_db()
    return export


def _claimed(export_id: int) -> Export | None:
    """Take an export over: step 1."""
    now = clock.now()
    free = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, lease_until__lt=now)
    rows = Export.objects.filter(free, pk=export_id)
    export = rows.first()
    if export is None:
        return None
    if export.attempts >= _MOST_ATTEMPTS:  # each of them was killed: so would be the next one
        _end(rows.filter(attempts=export.attempts), export, state=ExportState.FAILED)
        return None
    claim = rows.filter(attempts=export.attempts)
    values = {"lease_until": now + _LEASE, "attempts": export.attempts + 1}
    if claim.update(state=ExportState.RUNNING, **values) != 1:
        return None
    export.refresh_from_db()
    return export


def _mine(export: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, attempts=export.attempts)


def _finish(export: Export, name: str, rows: int) -> None:
    values = {"file": name, "rows_written": rows, "rows_total": rows}
    expires = clock.now() + KEPT
    if not _end(_mine(export), export, state=ExportState.DONE, expires_at=expires, **values):
        raise StoppedError


def _end(claim: QuerySet[Export], export: Export, **values: object) -> bool:
    """End an export whose claim still holds; where a schedule made it, a mail tells of it."""
    with transaction.atomic():
        if claim.update(finished_at=clock.now(), **values) != 1:
            return False
        if export.schedule_id is not None:
            key = f"scheduled_export:{export.pk}"
            outbox.queue(key=key, kind="scheduled_export", export=export.pk)
    return True


def _refuse(export: Export, error: Exception) -> None:
    """Hand nothing out that breaks a rule; trying again would not help."""
    logger.error("export %s: %s", export.pk, error)
    _end(_mine(export), export, state=ExportState.FAILED, problem=str(error)[:300])


def _give_up_or_retry(export: Export, error: Exception) -> None:
    logger.error("export %s: %s", export.pk, type(error).__name__)
    if export.attempts >= _MOST_ATTEMPTS:
        _end(_mine(export), export, state=ExportState.FAILED)
    else:
        _mine(export).update(state=ExportState.QUEUED, finished_at=None)


class _Progress:
    """Tells the row how far its file is, over a connection of its own: step 2."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._beside = connection.copy()

    def __enter__(self) -> Callable[[int], None]:
        return self._tell

    def __exit__(self, *_problem: object) -> None:
        self._beside.close()

    def _tell(self, rows: int) -> None:
        with self._beside.cursor() as cursor:
            cursor.execute(
                "UPDATE donations_export SET rows_written = %s, lease_until = %s "
                "WHERE id = %s AND state = 'running' AND attempts = %s",
                [rows, clock.now() + _LEASE, self._export.pk, self._export.attempts],
            )
            if cursor.rowcount != 1:
                raise StoppedError


def throw_away() -> int:
    """Remove the files that were kept long enough; return how many."""
    gone = 0
    for export in Export.objects.filter(state=ExportState.DONE, expires_at__lte=clock.now()):
        path_of(export).unlink(missing_ok=True)
        advance(export, ExportState.EXPIRED, EXPORT_TABLE, file="")
        gone += 1
    return gone
