"""The heart of each process: a thread that writes its row, on a connection of its own.

It borrows nothing of the pool: a worker forks new children at any time, and what its parent holds
open they would share.
"""

from __future__ import annotations

import atexit
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from celery.signals import beat_init, worker_ready
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from donations.services.health import heartbeats
from donations.services.health.heartbeats import Process
from fundraiser.core import jobs

logger = logging.getLogger(__name__)

#: Seconds that a beat waits for PostgreSQL.
_PATIENCE = 5
#: What the beat wakes when it starts, so that a site that is often started again is looked after.
AT_ONCE = ("donations.reconcile", "donations.check_invariants", "donations.make_backup")


def start(kind: str) -> None:
    """Beat from now on until the process ends; ``kind`` is its name in the Procfile."""
    process = Process(kind, socket.gethostname()[:255], os.getpid())
    stopped = threading.Event()
    thread = threading.Thread(target=_beat, args=[process, stopped], name="heartbeat", daemon=True)
    thread.start()
    atexit.register(_leave, process, stopped)


def _beat(process: Process, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            with _own_connection() as own:
                heartbeats.beat(process, database=own)
        except Error as error:
            logger.warning("no heartbeat, the database does not answer: %s", error)
        stopped.wait(heartbeats.PERIOD)


def _leave(process: Process, stopped: threading.Event) -> None:
    if process.pid != os.getpid():  # a fork of it, which inherited this
        return
    stopped.set()
    with suppress(Error), _own_connection() as own:
        heartbeats.leave(process, database=own)


@contextmanager
def _own_connection() -> Iterator[BaseDatabaseWrapper]:
    own = connection.copy()
    own.settings_dict["OPTIONS"].pop("pool", None)
    own.settings_dict["OPTIONS"]["connect_timeout"] = _PATIENCE
    try:
        yield own
    finally:
        own.close()


@worker_ready.connect
def _worker_lives(**_: object) -> None:
    start("worker")


@beat_init.connect
def _beat_lives(**_: object) -> None:
    """Beat, and do at once what a fresh schedule would put off by its whole period."""
    start("beat")
    for name in AT_ONCE:
        jobs.enqueue(name)
