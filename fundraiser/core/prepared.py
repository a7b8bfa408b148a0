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
from typing import Any, Generic, TypeVar
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Asked = TypeVar("Asked", bound=Model)
#: What a question can be asked with.
Value = str | int | UUID
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


class _Built(Generic[Asked]):
    """A question of the ORM, built at its first use with a place left open for each value.

    What builds it may only hand its values to filters, and nothing of the moment may be in it: no
    clock, no language, no setting. All of that would stay as it was at the first use.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type[Value]) -> None:
        """Keep what builds it: ``build`` takes a value of each kind by its name."""
        self._build = build
        self._kinds = kinds

    @cached_property
    def _made(self) -> tuple[SQLCompiler, bytes, tuple[object, ...]]:
        """What knows the meaning of each column; the statement; its values, _Open where asked."""
        named = {
            _unlikely(kind, number): name for number, (name, kind) in enumerate(self._kinds.items())
        }
        compiler = self._build(**{name: value for value, name in named.items()}).query.get_compiler(
            DEFAULT_DB_ALIAS
        )
        statement, values = compiler.as_sql()
        made = tuple(
            _Open(named[one]) if isinstance(one, Value) and one in named else one for one in values
        )
        missing = {*named.values()} - {one.name for one in made if isinstance(one, _Open)}
        if missing:
            raise ValueError(f"the question does not depend on {missing}")
        return compiler, statement.encode(), made

    def _rows(self, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
        compiler, statement, made = self._made
        if compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("a lock outside a transaction holds nothing")
        filled = [values[one.name] if isinstance(one, _Open) else one for one in made]
        return rows(statement, filled)


class Question(_Built[Any]):
    """A question whose answers are rows of plain values: numbers, texts, truth, aware times.

    It is built by a ``values_list``.
    """

    def all(self, **values: Value) -> list[tuple[Any, ...]]:
        """Return its rows. Raises Django's own database errors."""
        return self._rows(values)

    def first(self, **values: Value) -> tuple[Any, ...] | None:
        """Return its first row, or None where there is none. Raises as ``all``."""
        return next(iter(self._rows(values)), None)


class ModelQuestion(_Built[Asked]):
    """A question whose answers are objects of a model, with what ``select_related`` brings."""

    def all(self, **values: Value) -> list[Asked]:
        """Return the objects. Raises Django's own database errors, and TransactionManagementError.

        The latter where it would lock rows and there is no transaction.
        """
        found: list[Sequence[Any]] = [*self._rows(values)]
        return [self._object(row) for row in self._made[0].results_iter([found])]

    def first(self, **values: Value) -> Asked | None:
        """Return the first object, or None where there is none. Raises as ``all``."""
        return next(iter(self.all(**values)), None)

    def get(self, **values: Value) -> Asked:
        """Return the object. Raises as ``all``, and the model's DoesNotExist."""
        found = self.first(**values)
        if found is None:
            raise self._build(**values).model.DoesNotExist
        return found

    @cached_property
    def _object(self) -> Callable[[Sequence[Any]], Asked]:
        """What makes an object of a row, as Django's own ModelIterable does."""
        compiler = self._made[0]
        told = compiler.klass_info
        if told is None:
            raise ValueError("the question is not about objects of a model")
        model, columns = told["model"], told["select_fields"]
        own = slice(columns[0], columns[-1] + 1)
        annotated = compiler.annotation_col_map or {}
        names = [column.target.attname for column, *_ in compiler.select[own]]
        related = get_related_populators(told, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg] # Django 6's

        def made(row: Sequence[Any]) -> Asked:
            found: Asked = model.from_db(DEFAULT_DB_ALIAS, names, row[own])
            for one in related:
                one.populate(row, found)
            for name, column in annotated.items():
                setattr(found, name, row[column])
            return found

        return made


def _unlikely(kind: type[Value], number: int) -> Value:
    """Return a value that no question has by itself."""
    if kind is int:
        return 2**62 + number
    return UUID(int=number) if kind is UUID else f"\ue000{number}"


class _Open:
    """The place of a value that is not known yet."""

    def __init__(self, name: str) -> None:
        self.name = name
