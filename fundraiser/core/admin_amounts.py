"""Amounts in Django's admin: as people write them, where a column counts minor units."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.utils.translation import get_language, pgettext_lazy

from fundraiser.core.money import Money

#: What each column is called where its amounts are written out. Not those of a difference between
#: Stripe and the ledger: it may be one of currencies, and of some that the product does not take.
_NAMES: Final = {
    "amount_minor": pgettext_lazy("column", "amount"),
    "declared_minor": pgettext_lazy("column", "declared"),
    "disputes_minor": pgettext_lazy("column", "disputes"),
    "fee_cover_minor": pgettext_lazy("column", "fee cover"),
    "fees_minor": pgettext_lazy("column", "fees"),
    "gifts_minor": pgettext_lazy("column", "gifts"),
    "net_minor": pgettext_lazy("column", "net"),
    "pledged_minor": pgettext_lazy("column", "pledged"),
    "received_minor": pgettext_lazy("column", "received"),
    "refunds_minor": pgettext_lazy("column", "refunds"),
    "sent_minor": pgettext_lazy("column", "sent"),
}
#: Where the currency stands, if not in the row itself.
_HOLDERS: Final = ("donation", "remittance", "campaign")


def written_out(column: Any) -> Any:
    """Return what shows a column's amounts with their currency; anything else as it is.

    That is what ``list_display`` and ``fields`` take: a name, a callable, or names on one line.
    """
    return _shown(column) if isinstance(column, str) and column in _NAMES else column


@lru_cache
def _shown(column: str) -> Callable[[models.Model], str | None]:
    @admin.display(description=_NAMES[column], ordering=column, empty_value="—")
    def shown(row: models.Model) -> str | None:
        minor, currency = getattr(row, column), _currency(row)
        if minor is None or not currency:
            return None
        return Money(minor, currency).format(get_language() or "")

    shown.__name__ = column  # a part of the cell's class
    return shown


def _currency(row: models.Model) -> str:
    found: str | None = getattr(row, "currency", None)
    holders = (getattr(row, name, None) for name in _HOLDERS)
    return found or next((one.currency for one in holders if one is not None), "")
