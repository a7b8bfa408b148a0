"""State changes by a table, as compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.db.models import Model

Table = Mapping[Any, frozenset[Any]]


class HasState(Protocol):
    """A model row with a ``state`` column."""

    state: Any
    pk: Any


class TransitionError(Exception):
    """The table has no way from the row's state to the one asked for."""

    def __init__(self, row: object, old: str, new: str) -> None:
        super().__init__(f"{type(row).__name__} cannot go from {old} to {new}")


class StaleStateError(Exception):
    """Another process moved the row first: read it again and decide anew."""


def advance(row: Model, to: str, table: Table, **values: object) -> None:
    """Move ``row`` to state ``to``, with ``values`` for other columns, in one UPDATE.

    1. The table must allow it (TransitionError).
    2. The row must still be in the state that was read (StaleStateError): nothing got updated
       means that another process got there first.
    """
    old = str(row.state)  # type: ignore[attr-defined]
    if to not in table.get(old, frozenset()):
        raise TransitionError(row, old, to)
    rows = type(row)._default_manager.filter(pk=row.pk, state=old)  # noqa: SLF001
    if rows.update(state=to, **values) != 1:
        raise StaleStateError(f"{type(row).__name__} {row.pk} is no longer {old}")
    for name, value in {"state": to, **values}.items():
        setattr(row, name, value)
