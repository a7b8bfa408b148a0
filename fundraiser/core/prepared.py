"""Statements that are sent again and again: built once, and kept ready by PostgreSQL.

Building a question with Django's ORM costs as much as answering it, several times over, and so does
planning it anew. Here it is built at its first use, with a place left open for each of its values;
then its text is sent as a prepared statement
(postgresql.org/docs/current/sql-prepare.html, psycopg.org/psycopg3/docs/advanced/prepare.html).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg
from django.db import connection
from django.db.models import QuerySet

Values = Sequence[object] | Mapping[str, object]


def rows(statement: bytes, values: Values) -> list[tuple[Any, ...]]:
    """Return the rows of a statement with ``%s``, or ``%(name)s``, for each value.

    A list is ``= ANY(%s)``. Raises Django's own database errors.
    """
    with _executed(statement, values) as cursor:
        return cursor.fetchall()


def count(statement: bytes, values: Values) -> int:
    """Return how many rows a statement wrote. Raises Django's own database errors.

    Not for a table whose history is kept: who acts is told to Django's own statements.
    """
    with _executed(statement, values) as cursor:
        return cursor.rowcount


@contextmanager
def _executed(statement: bytes, values: Values) -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    connection.validate_no_broken_transaction()
    connection.ensure_connection()
    raw = connection.connection
    # Only for these: else psycopg counts the texts of Django's own statements, values included.
    raw.prepare_threshold = 1
    try:
        with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
            yield cursor.execute(statement, values, prepare=True)
    finally:
        raw.prepare_threshold = None
    if connection.queries_logged:  # whoever counts statements counts these, too
        connection.queries_log.append({"sql": statement.decode(), "time": "0"})


class Question:
    """A question whose answer is one row of plain values: numbers, texts, truth, aware times."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *names: str) -> None:
        """Keep what builds it: ``build`` takes texts under ``names``, and returns values_list."""
        self._build = build
        self._names = names

    @cached_property
    def _made(self) -> tuple[bytes, tuple[object, ...]]:
        """The statement, and its values with an _Open for each that is filled in later."""
        opened = {f"{name} of {id(self)}": name for name in self._names}
        rows = self._build(**{name: value for value, name in opened.items()})
        statement, values = rows.order_by()[:1].query.sql_with_params()
        made = tuple(
            _Open(opened[one]) if isinstance(one, str) and one in opened else one for one in values
        )
        missing = set(self._names) - {one.name for one in made if isinstance(one, _Open)}
        if missing:
            raise ValueError(f"the question does not depend on {missing}")
        return statement.encode(), made

    def ask(self, **values: str) -> tuple[Any, ...] | None:
        """Return its row, or None where there is none. Raises Django's own database errors."""
        statement, made = self._made
        filled = [values[one.name] if isinstance(one, _Open) else one for one in made]
        return next(iter(rows(statement, filled)), None)


class _Open:
    """The place of a value that is not known yet."""

    def __init__(self, name: str) -> None:
        self.name = name
