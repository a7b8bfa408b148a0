"""CPU time and memory of processes and all that they started, from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name (proc_pid_stat(5)); none once gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def descendants(pid: int) -> Iterator[int]:
    """Yield a process and everything that it started and that still runs."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (found := _fields(int(entry.name))):
            parents.setdefault(int(found[1]), []).append(int(entry.name))
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += parents.get(current, [])


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU seconds that these processes used, children that ended included."""
    ticks = 0
    for root in pids:
        for pid in descendants(root):
            # utime, stime, and those of children that were waited for.
            ticks += sum(int(number) for number in _fields(pid)[11:15])
    return ticks / _TICKS


@dataclass
class Spent:
    """Filled at the end of ``measured``: CPU seconds."""

    seconds: float = field(default=0.0)


@contextmanager
def measured(pids: Iterable[int]) -> Iterator[Spent]:
    """Measure the CPU time that these processes spend within the block."""
    roots = tuple(pids)
    spent = Spent()
    before = cpu_seconds(roots)
    yield spent
    spent.seconds = cpu_seconds(roots) - before


def memory_mib(pid: int) -> tuple[float, float]:
    """Return a process's resident and proportional memory in MiB (/proc/PID/smaps_rollup)."""
    lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: line.split()[1] for line in lines[1:]}
    return int(sizes["Rss"]) / 1024, int(sizes["Pss"]) / 1024
