"""Promise 31. After an acknowledged write, killing PostgreSQL loses nothing (50 immediate
stops)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.conf import settings

from fundraiser.local.places import engine_directory
from fundraiser.local.postgres import Postgres, PostgresSettings

pytestmark = pytest.mark.alone
WRITERS = 4
#: So many writes are acknowledged to each writer before the server is stopped under all of them.
BEFORE = 10


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server that flushes to the disk as production's does, and never just by the clock."""
    parent = engine_directory(tmp_path_factory.mktemp("durable"))
    with Postgres(parent / "postgres", PostgresSettings(options=("wal_writer_delay=10s",))) as one:
        yield one


def connect(cluster: Postgres, more: str = "") -> psycopg.Connection:
    """Connect with the options that the product connects with."""
    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    return psycopg.connect(cluster.url(), options=f"{options} {more}", autocommit=True)


def write_until_killed(
    cluster: Postgres, more: str, writer: int, begun: Barrier
) -> list[tuple[int, int]]:
    """Write rows one by one; return those that the server acknowledged."""
    acknowledged: list[tuple[int, int]] = []
    try:
        with connect(cluster, more) as connection:
            while True:
                row = (writer, len(acknowledged))
                connection.execute("INSERT INTO writes (writer, number) VALUES (%s, %s)", row)
                acknowledged.append(row)
                if len(acknowledged) == BEFORE:
                    begun.wait(60)
    except psycopg.OperationalError:
        return acknowledged


def stop_once(cluster: Postgres, more: str = "") -> set[tuple[int, int]]:
    """Stop the server at once under several writers; return what it had acknowledged and lost."""
    with connect(cluster) as connection:
        connection.execute("DROP TABLE IF EXISTS writes")
        connection.execute("CREATE TABLE writes (writer int, number int)")
    begun = Barrier(WRITERS + 1)
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write_until_killed, cluster, more, n, begun) for n in range(WRITERS)]
        begun.wait(60)
        cluster.kill()
        acknowledged = {row for one in writing for row in one.result()}
    cluster.start(cluster.port)
    with connect(cluster) as connection:
        there = set(connection.execute("SELECT writer, number FROM writes").fetchall())
    assert len(acknowledged) >= WRITERS * BEFORE
    return acknowledged - there


@pytest.mark.parametrize("stops", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_nothing_that_was_acknowledged_is_lost(stops: int, cluster: Postgres) -> None:
    for _ in range(stops):
        assert stop_once(cluster) == set()


def test_control_without_waiting_for_the_log_acknowledged_writes_are_lost(
    cluster: Postgres,
) -> None:
    assert stop_once(cluster, "-c synchronous_commit=off") != set()
