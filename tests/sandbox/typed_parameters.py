"""Checks request parameters against the types that Stripe's library publishes.

``stripe.params…`` holds a TypedDict for every request; they are stubs for type checkers, so that
nothing checks them at run time. Here they do: an unknown key or a wrong value is an error.
"""

import functools
from typing import Any

from pydantic import ConfigDict, TypeAdapter, with_config


@functools.cache
def _adapter(kind: type) -> TypeAdapter:
    return TypeAdapter(_strict(kind))


def _strict(kind: type) -> type:
    """The TypedDict and all TypedDicts inside it, set to refuse unknown keys."""
    seen: set[type] = set()
    _forbid_extras(kind, seen)
    return kind


def _forbid_extras(kind: Any, seen: set[type]) -> None:
    for inner in getattr(kind, "__args__", ()):
        _forbid_extras(inner, seen)
    if not hasattr(kind, "__required_keys__") or kind in seen:
        return
    seen.add(kind)
    with_config(ConfigDict(extra="forbid"))(kind)
    for inner in _hints(kind).values():
        _forbid_extras(inner, seen)


def _hints(kind: type) -> dict[str, Any]:
    from typing import get_type_hints

    return get_type_hints(kind)


def check(kind: type, parameters: dict[str, Any]) -> None:
    """Raises ``pydantic.ValidationError`` when the parameters do not fit the TypedDict."""
    _adapter(kind).validate_python(parameters)
