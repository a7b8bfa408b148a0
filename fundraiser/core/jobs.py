"""Wake a worker after commit. The rows in PostgreSQL are the queue; Redis only saves the waiting.

A request never waits for Redis: names go to a small in-memory queue that one thread per process
empties. What is lost with the process, with Redis or by a full queue is found again by the sweeper.
"""

from __future__ import annotations

import logging
import queue
import threading
from functools import partial

from django.db import transaction

logger = logging.getLogger(__name__)

_waiting: queue.Queue[tuple[str, dict[str, int]]] = queue.Queue(maxsize=1000)
_starting = threading.Lock()
_publisher: threading.Thread | None = None


def enqueue(name: str, **ids: int) -> None:
    """Run the Celery task ``name`` with ``ids`` soon after the current transaction commits."""
    transaction.on_commit(partial(_put, name, ids))


def _put(name: str, ids: dict[str, int]) -> None:
    try:
        _waiting.put_nowait((name, ids))
    except queue.Full:
        logger.warning("wake-up dropped, the sweeper will find the row: %s", name)
        return
    _start()


def _start() -> None:
    global _publisher  # noqa: PLW0603 -- one thread a process, started at first use (after a fork)
    with _starting:
        if _publisher is None or not _publisher.is_alive():
            _publisher = threading.Thread(target=_publish, name="jobs", daemon=True)
            _publisher.start()


def _publish() -> None:
    from fundraiser.celery import app  # noqa: PLC0415 -- celery reads settings; core must not need it

    while True:
        name, ids = _waiting.get()
        try:
            app.send_task(name, kwargs=ids, retry=False, ignore_result=True)
        except Exception:  # noqa: BLE001 -- any broker trouble: the sweeper is the guarantee
            logger.warning("no broker, the sweeper will find the row: %s", name)
