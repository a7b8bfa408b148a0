"""Lists a page at a time. The cursor is the public number of the last row that was read.

Rows come newest first, by the order in which they were written: what is added meanwhile moves
nothing, and no row comes twice.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from ninja import Field, Schema

from donations.api.problems import RefusedError

_MOST: Final = 100
_Row = TypeVar("_Row", bound=Model)


class Page(Schema):
    """Which page of a list is asked for."""

    after: UUID | None = Field(None, description="The “next” of the page before.")
    limit: int = Field(50, ge=1, le=_MOST)


def read(
    rows: QuerySet[_Row], asked: Page, *, within: QuerySet[_Row] | None = None
) -> tuple[list[_Row], UUID | None]:
    """Return one page of ``rows``, and the cursor of the next one; None: it is the last.

    ``within``: all rows of the team, where ``rows`` is narrowed down: a row that a cursor names may
    have left the narrower list meanwhile.
    """
    if asked.after is not None:
        all_rows: Any = rows if within is None else within
        last = all_rows.filter(public_id=asked.after).values_list("pk", flat=True).first()
        if last is None:
            told = [("after", "No row has this number.")]
            raise RefusedError(422, "invalid", "The cursor leads nowhere.", errors=told)
        rows = rows.filter(pk__lt=last)
    found = list(rows.order_by("-pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    has_more = len(found) > asked.limit
    cursor: UUID | None = shown[-1].public_id if has_more else None  # type: ignore[attr-defined]
    return shown, cursor
