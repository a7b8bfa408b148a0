"""Marks of what is only a test: money that is not real must never pass for money that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import is_dataclass
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _

#: Stands before every name of a test: the same in every language, and in files.
MARK: Final = "TEST · "
#: By what a thing tells whose it is, nearest first.
_WAYS: Final = ("campaign", "workshop", "booking", "donation", "registration", "remittance")


def marked(text: str) -> str:
    """Return a name with the mark before it, once."""
    return text if text.startswith(MARK) else f"{MARK}{text}"


def sentence() -> str:
    """Return what every page, mail and paper of a test says, in the active language."""
    return _("Test: no real money moves.")


def is_test(thing: Any) -> bool:
    """Whether a row, or what a page shows of one, belongs to a test campaign."""
    kind = type(thing)  # never a lazy object's own class: looking into it would have effects
    if not issubclass(kind, Model) and not is_dataclass(kind):
        return False
    if (told := getattr(thing, "test_mode", None)) is not None:
        return bool(told)
    found = (getattr(thing, way, None) for way in _WAYS)
    return any(is_test(one) for one in found if one is not None)


def any_test(things: Iterable[Any]) -> bool:
    """Whether one of these things, lists of them not looked into, belongs to a test campaign."""
    return any(is_test(thing) for thing in things)
