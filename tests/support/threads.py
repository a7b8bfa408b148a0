"""The same work in several threads at one moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

_T = TypeVar("_T")


def together(count: int, work: Callable[[], _T]) -> list[_T]:
    """Run ``work`` in ``count`` threads released at one barrier; return what each returned."""
    barrier = threading.Barrier(count)

    def one() -> _T:
        barrier.wait(30)
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [done.result() for done in [pool.submit(one) for _ in range(count)]]
