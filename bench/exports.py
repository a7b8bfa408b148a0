"""Exports: a campaign's gifts as CSV beside psql's own ``\\copy`` of the same rows, and as XLSX.

All CSVs are written three times, by turns, and the best of each counts. ``manage.py export`` is a
process of its own whose start is taken off (it exports an empty campaign first); its memory is the
peak of the process. 100,000 gifts, with ``--full`` a million.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from bench import data
from bench.house import House
from bench.rows import Row, at_most, share
from donations.services.exports import query
from donations.services.exports.kinds import DONATIONS
from donations.services.exports.query import Scope
from events.models import Campaign
from fundraiser.local.places import ROOT
from fundraiser.local.postgres_binaries import find_programs

_MANY, _MANY_FULL = 100_000, 1_000_000
_ROUNDS = 3


def run(house: House, *, full: bool = False) -> Iterator[Row]:
    """Measure CSV against the bare limit, then XLSX."""
    many = _MANY_FULL if full else _MANY
    empty, campaign = data.campaign(), data.campaign()
    data.give(campaign, many)
    data.tidy()
    none, ours, theirs = [], [], []
    for _round in range(_ROUNDS):
        none.append(_export(house, empty, "csv"))
        theirs.append(_copy(house, campaign))
        ours.append(_export(house, campaign, "csv"))
    (start, bare), (seconds, peak) = min(none), min(ours)
    base = ("psql \\copy of the same rows", many / min(theirs))
    yield share(f"CSV of {many:,} gifts", many / (seconds - start), "rows/s", base, 0.70)
    told = f"{bare:.0f} MiB for none"
    yield at_most(f"memory more for CSV of {many:,}", peak - bare, "MiB", 20, told)
    seconds, peak = _export(house, campaign, "xlsx")
    limit = 30.0 * many / _MANY_FULL
    yield at_most(f"XLSX of {many:,} gifts", seconds - start, "s", limit)
    yield at_most(f"memory more for XLSX of {many:,}", peak - bare, "MiB", 60, told)


def _export(house: House, campaign: Campaign, form: str) -> tuple[float, float]:
    """Run the command; return its seconds and its peak memory in MiB."""
    path = house.directory / f"gifts.{form}"
    command = [sys.executable, "manage.py", "export", "donations"]
    command += ["--campaign", campaign.slug, "--output", str(path)]
    started = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"export ended with {process.returncode}"
    path.unlink()
    return time.monotonic() - started, used.ru_maxrss / 1024


def _copy(house: House, campaign: Campaign) -> float:
    """Return the seconds that psql needs for the plain question."""
    path = house.directory / "plain.csv"
    asked = query.build(DONATIONS, Scope(campaigns=[campaign.pk]), _plain())
    statement = asked.sql.replace("%(campaigns)s", f"ARRAY[{campaign.pk}]")
    started = time.monotonic()
    _psql(house, f"\\copy ({statement}) TO '{path}' WITH (FORMAT csv, HEADER)")
    seconds = time.monotonic() - started
    path.unlink()
    return seconds


def _plain() -> list[str]:
    return [f'{one.sql} AS "{one.name}"' for one in DONATIONS.columns]


def _psql(house: House, command: str) -> None:
    program = find_programs(house.directory).initdb.with_name("psql")
    done = subprocess.run(
        [str(program), house.postgres.url(), "--quiet", "--command", command], check=False
    )
    assert done.returncode == 0, "psql could not copy"
