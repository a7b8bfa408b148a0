"""The history of rows: written by triggers, so that no way of changing a row goes round it.

Each tracked table has one beside it, by django-pghistory. A row there says what happened, when, who
did it and where in the product (docs/admin.md). It keeps only columns that say nothing of a person:
texts and addresses are noticed when they change, and not kept (ADR 65).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory
import pgtrigger
from django.db import models


@dataclass(frozen=True, slots=True)
class Value:
    """One column that changed; ``before`` is None for a row that was new."""

    field: models.Field[Any, Any]
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One row of history. ``context`` is who did it, and where: see fundraiser/history.py."""

    label: str
    at: datetime
    context: dict[str, Any]
    values: list[Value]


def track(model: type[models.Model], *, kept: str, noticed: str = "") -> None:
    """Write history for a model: the columns ``kept``, when one of them or ``noticed`` changes.

    A change of any other column, as counters and leases have, writes nothing.
    """
    key = _options(model).pk.name
    columns = list(dict.fromkeys([key, *kept.split()]))
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange(*columns, *noticed.split())),
        pghistory.DeleteEvent(),
        fields=columns,
        obj_field=None,
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]
        model_name=f"{model.__name__}History",
        attrs={"pgh_id": models.BigAutoField(primary_key=True), **_numbers(model, columns)},
    )(model)


def _numbers(model: type[models.Model], columns: list[str]) -> dict[str, Any]:
    """Return the columns that point to rows as plain numbers: they outlive what they point to."""
    key = _options(model).pk.name
    found = {name: _options(model).get_field(name) for name in columns}
    return {
        name: models.BigIntegerField(null=name != key, db_column=one.column, db_index=name == key)
        for name, one in found.items()
        if name == key or one.remote_field
    }


def _options(model: Any) -> Any:
    return model._meta  # noqa: SLF001 -- Django's documented way to a model's fields


def table_of(model: type[models.Model]) -> Any:
    """Return the model of a tracked model's history; None for one that is not tracked."""
    wanted = _options(model).concrete_model
    found = (one for one in tables() if _options(one.pgh_tracked_model).concrete_model is wanted)
    return next(found, None)


def tables() -> list[Any]:
    """Return every model of history."""
    return list(pghistory.core.event_models())


def of(row: models.Model) -> Iterator[Change]:
    """Yield what happened to a row, the oldest first, each with the columns that it changed."""
    table = table_of(type(row))
    if table is None:
        return
    options = _options(row)
    names = [one.name for one in _options(table).fields if not one.name.startswith("pgh_")]
    before: Any = None
    for entry in table.objects.filter(**{options.pk.name: row.pk}).order_by("pgh_id"):
        values = [
            Value(options.get_field(name), before and getattr(before, name), getattr(entry, name))
            for name in names
        ]
        changed = [one for one in values if one.before != one.after]
        yield Change(entry.pgh_label, entry.pgh_created_at, entry.pgh_context or {}, changed)
        before = entry


def forget(before: datetime, *, batch: int) -> int:
    """Delete the oldest rows of each table that are from before a moment; return how many."""
    count = 0
    for table in tables():
        oldest = table.objects.order_by("pgh_id").values_list("pgh_id", "pgh_created_at")[:batch]
        numbers = [number for number, at in oldest if at < before]
        if numbers:
            count += table.objects.filter(pk__in=numbers).delete()[0]
    return count


def note(**context: Any) -> None:
    """Say more of who acts now: of use where a context has begun, and of none elsewhere."""
    pghistory.context(**context)
