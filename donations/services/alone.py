"""One process at a time, for work that has no row to claim."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Tell whether nobody else is at the work of this name, and keep others from it meanwhile.

    The lock is a session's, on a connection of its own: a process that dies gives it up.
    """
    digest = hashlib.blake2b(name.encode(), digest_size=8, person=b"alone").digest()
    number = int.from_bytes(digest, signed=True)
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            is_alone = bool(cursor.fetchone()[0])
        try:
            yield is_alone
        finally:
            if is_alone:  # the connection goes back to a pool, and lives on
                with beside.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    finally:
        beside.close()
