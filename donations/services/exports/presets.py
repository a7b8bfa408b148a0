"""Columns that a team chose: put into an export's kind, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from donations.models import ColumnPreset
from donations.services.exports.kinds import KINDS
from donations.services.exports.shared import Kind
from events.models import Team
from fundraiser.core.errors import ServiceError

#: Its columns are fixed by law.
FIXED: Final = frozenset({"fec"})


class UnknownColumnError(ServiceError):
    """A column that the kind does not have (any more), or none at all."""

    code = "unknown_column"


def chosen(kind: Kind, names: Sequence[str]) -> Kind:
    """Return a kind with these columns alone, in this order; all of them where there is no name.

    Raises UnknownColumnError.
    """
    if not names:
        return kind
    known = {one.name: one for one in kind.columns}
    unknown = [name for name in names if name not in known]
    if unknown or len(set(names)) != len(names) or kind.name in FIXED:
        raise UnknownColumnError(", ".join(unknown) or kind.name)
    return replace(kind, columns=tuple(known[name] for name in names))


def save(*, team: Team, name: str, kind: str, columns: Sequence[str]) -> ColumnPreset:
    """Keep a choice under its name, in the place of one of the same name.

    Raises UnknownColumnError.
    """
    if not columns:
        raise UnknownColumnError(kind)
    chosen(KINDS[kind], columns)
    row, _is_new = ColumnPreset.objects.update_or_create(
        team=team, name=name, defaults={"kind": kind, "columns": list(columns)}
    )
    return row
