"""The tests' database: append-only tables must be emptied between tests all the same."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations

_original = DatabaseOperations.sql_flush
_close = BaseDatabaseWrapper.close


def _sql_flush(
    self: DatabaseOperations, style: object, tables: list[str], **options: bool
) -> list[str]:
    """Return the statements of a flush, which run in one transaction, with triggers silent in it.

    Only here is ``session_replication_role`` ever set: a TRUNCATE anywhere else is refused. What a
    test wrote is deleted, table by table: to truncate all tables takes many times longer, since
    each of them and each of its indexes gets a new file.
    """
    if options.get("reset_sequences"):
        statements = _original(self, style, tables, **options)
    else:
        statements = [f"DELETE FROM {self.quote_name(name)}" for name in _filled(self, tables)]
    return ["SET LOCAL session_replication_role = replica", *statements] if statements else []


def _filled(self: DatabaseOperations, tables: list[str]) -> list[str]:
    """Return those of the tables that have rows."""
    quote = self.quote_name
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quote(name)})" for name in tables]
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture(scope="session", autouse=True)
def flush_without_triggers() -> Iterator[None]:
    """Let the tests' own flush, and nothing else, pass the triggers that refuse TRUNCATE."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _sql_flush)
        yield


def _close_outside_of_transactions(self: BaseDatabaseWrapper) -> None:
    """Name who closes a connection that is in a transaction: what comes later fails elsewhere."""
    if self.in_atomic_block and self.connection is not None:
        frames = traceback.extract_stack()[-14:-1]
        way = " > ".join(f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in frames)
        pytest.fail(f"A connection is closed inside a transaction: {way}")
    _close(self)


@pytest.fixture(scope="session", autouse=True)
def no_connection_is_closed_in_a_transaction() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "close", _close_outside_of_transactions)
        yield
