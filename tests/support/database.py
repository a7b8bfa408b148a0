"""The tests' database: append-only tables must be emptied between tests all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

_original = DatabaseOperations.sql_flush


def _sql_flush(self: DatabaseOperations, *arguments: object, **options: object) -> list[str]:
    """Return the statements of a flush, which run in one transaction, with triggers silent in it.

    Only here is ``session_replication_role`` ever set: a TRUNCATE anywhere else is refused.
    """
    statements = _original(self, *arguments, **options)
    return ["SET LOCAL session_replication_role = replica", *statements] if statements else []


@pytest.fixture(scope="session", autouse=True)
def flush_without_triggers() -> Iterator[None]:
    """Let the tests' own flush, and nothing else, pass the triggers that refuse TRUNCATE."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _sql_flush)
        yield
