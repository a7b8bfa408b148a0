"""Counting SQL statements: PostgreSQL logs each one it is sent (log_statement = all).

BEGIN, COMMIT and savepoints count as well. Those of the bench's own connections do not.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from django.db import connection

from bench.house import House

_LINE = re.compile(r"\[(\d+)\] LOG:  (?:statement|execute [^:]*): (.*)")


@dataclass
class Statements:
    """Filled at the end of ``counted``: every statement's first line, in order."""

    texts: list[str] = field(default_factory=list)


@contextmanager
def counted(house: House) -> Iterator[Statements]:
    """Collect the statements that all other processes send within the block."""
    found = Statements()
    with psycopg.connect(house.postgres.url(), autocommit=True) as own:
        begin = house.postgres_log.stat().st_size
        _log(own, "all")
        try:
            yield found
        finally:
            _log(own, "none")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            ours = {str(cursor.fetchone()[0]), str(own.info.backend_pid)}
    written = house.postgres_log.read_bytes()[begin:].decode(errors="replace")
    found.texts += [text for pid, text in _LINE.findall(written) if pid not in ours]


def _log(own: psycopg.Connection, what: str) -> None:
    own.execute(f"ALTER SYSTEM SET log_statement = '{what}'")
    own.execute("SELECT pg_reload_conf()")
    time.sleep(0.3)  # until every server process has noticed
