"""Ending real processes by SIGKILL at a declared point (fundraiser/core/failpoints.py)."""

from __future__ import annotations

import signal
import subprocess
import sys

from django.db import connection

from fundraiser.local.places import ROOT
from tests.support.site import RunningProcess, child_environment, wait_for


def killed_command(name: str, point: str, *arguments: str, **extra: str) -> str:
    """Run ``manage.py NAME`` until it dies at ``point``; return its output.

    ``extra`` are variables of its own. A process that ends in any other way did not reach the
    point: AssertionError.
    """
    before = _lock_holders()
    done = subprocess.run(
        [sys.executable, "manage.py", name, *arguments],
        env=child_environment(FAILPOINT=f"{point}:kill", **extra),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, f"{point} was not reached: {done}"
    wait_for(lambda: _lock_holders() <= before, what="the end of its sessions at PostgreSQL")
    return done.stdout


def _lock_holders() -> set[int]:
    """Return the other sessions with any lock: a server notices later that a client is dead.

    Until it does, the rows that the dead one locked are passed over by those who skip locked rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {pid for (pid,) in cursor.fetchall()}


def wait_for_killed_worker(web: RunningProcess, point: str) -> None:
    """Wait until gunicorn and PostgreSQL noticed that a worker was killed (at ``point``)."""
    wait_for(lambda: "was sent SIGKILL" in web.output(), what=f"the kill at {point}")
    wait_for(lambda: not _lock_holders(), what="the end of its session at PostgreSQL")
