"""Which processes are alive: each writes a row, and reads how its clock differs from PostgreSQL's.

fundraiser/heartbeat.py runs this in every process, on a connection of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from donations.models import Heartbeat
from fundraiser.core import clock

#: The processes of the Procfile.
KINDS: Final = ("web", "worker", "beat")
#: Seconds between two beats.
PERIOD: Final = 30.0
#: After this a process counts as silent.
SILENT: Final = timedelta(minutes=2)
#: Rows this old are taken away by the next beat of the same kind.
FORGOTTEN: Final = timedelta(hours=1)

_BEAT: Final = """
    INSERT INTO donations_heartbeat (kind, host, pid, started_at, beat_at, clock_skew)
    VALUES (%(kind)s, %(host)s, %(pid)s, %(now)s, %(now)s,
        EXTRACT(EPOCH FROM %(now)s::timestamptz - clock_timestamp()))
    ON CONFLICT (kind, host, pid)
    DO UPDATE SET beat_at = EXCLUDED.beat_at, clock_skew = EXCLUDED.clock_skew
"""
_PRUNE: Final = "DELETE FROM donations_heartbeat WHERE kind = %(kind)s AND beat_at < %(old)s"
_LEAVE: Final = """
    DELETE FROM donations_heartbeat WHERE kind = %(kind)s AND host = %(host)s AND pid = %(pid)s
"""


@dataclass(frozen=True, slots=True)
class Process:
    """A running process: its name in the Procfile, its machine, its number there."""

    kind: str
    host: str
    pid: int


def beat(process: Process, *, database: Any = connection) -> None:
    """Say that a process lives, and forget those of its kind that are long gone."""
    now = clock.now()
    values = _values(process) | {"now": now, "old": now - FORGOTTEN}
    with database.cursor() as cursor:
        cursor.execute(_BEAT, values)
        cursor.execute(_PRUNE, values)


def leave(process: Process, *, database: Any = connection) -> None:
    """Take a process's row away: it ends as it should, and nobody need miss it."""
    with database.cursor() as cursor:
        cursor.execute(_LEAVE, _values(process))


def _values(process: Process) -> dict[str, Any]:
    return {"kind": process.kind, "host": process.host, "pid": process.pid}


def silence(kind: str, now: datetime) -> float | None:
    """Return how long a kind has been silent, in seconds; None where none ever ran.

    Of several machines the one that has been silent longest counts; within one machine the process
    that beat last, since web processes come and go there by themselves.
    """
    latest: dict[str, datetime] = {}
    for host, beat_at in Heartbeat.objects.filter(kind=kind).values_list("host", "beat_at"):
        latest[host] = max(beat_at, latest.get(host, beat_at))
    return max(((now - one).total_seconds() for one in latest.values()), default=None)


def skew_of_the_living(now: datetime) -> Iterable[float]:
    """Return how far the clock of each living process is from PostgreSQL's, in seconds."""
    living = Heartbeat.objects.filter(beat_at__gt=now - SILENT)
    return living.values_list("clock_skew", flat=True)
