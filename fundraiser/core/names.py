"""Names of models, columns and states in the reader's language, as Django's admin shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

#: The context of these words: "Open" is no button there.
STATE: Final = "state"


def translate(known: Iterable[type[models.Model]]) -> None:
    """Translate the names that Django made of the classes' and columns' own.

    At run time, and not as a ``verbose_name`` beside every column: migrations would repeat them.
    """
    for model in known:
        options = model._meta  # noqa: SLF001 -- Django's documented way to a model's fields
        options.verbose_name = gettext_lazy(str(options.verbose_name))
        options.verbose_name_plural = gettext_lazy(str(options.verbose_name_plural))
        for field in _named(model):
            field.verbose_name = gettext_lazy(str(field.verbose_name))
            if field.choices:
                told = [(value, pgettext_lazy(STATE, str(label))) for value, label in field.choices]
                field.choices = told


def states(model: type[models.Model]) -> set[str]:
    """Return every word that a column of a model may hold, in the language that is active."""
    return {str(label) for field in _named(model) for _value, label in field.choices or ()}


def of(model: type[models.Model]) -> set[str]:
    """Return every name of a model, in the language that is active."""
    options = model._meta  # noqa: SLF001 -- as above
    names = (options.verbose_name, options.verbose_name_plural)
    return {str(one) for one in (*names, *(field.verbose_name for field in _named(model)))}


def _named(model: type[models.Model]) -> Iterator[models.Field[object, object]]:
    """Yield the columns that somebody wrote, and links to many rows; not the row's number."""
    options = model._meta  # noqa: SLF001 -- as above
    yield from (one for one in (*options.fields, *options.many_to_many) if not one.auto_created)
