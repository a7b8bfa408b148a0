"""Checks request parameters against the types that Stripe's library publishes.

``stripe.params…`` holds a TypedDict for every request; they serve type checkers, and nothing looks
at them at run time. Here an unknown key or a wrong value is an error, for exactly the version of
the library that is installed.
"""

import functools
import operator
import types
from typing import Any, NotRequired, Required, Union, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter
from stripe import RequestOptions, _request_options
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import TypedDict, get_type_hints, is_typeddict

# Names that the library only imports for type checkers.
_ONLY_FOR_CHECKERS = {**vars(_request_options), "StripeContext": object}


def check(kind: type, parameters: dict[str, Any]) -> None:
    """Raises ``pydantic.ValidationError`` when the parameters do not fit the TypedDict."""
    _adapter(kind).validate_python(parameters)


@functools.cache
def _adapter(kind: type) -> TypeAdapter:
    return TypeAdapter(_strict(kind))


@functools.cache
def _strict(kind: type) -> type:
    """The same TypedDict without the request's options, refusing unknown keys at every level."""
    hints = get_type_hints(kind, localns=_ONLY_FOR_CHECKERS, include_extras=True)
    fields = {
        name: _converted(hint)
        for name, hint in hints.items()
        if name not in RequestOptions.__annotations__
    }
    made = TypedDict(f"Strict{kind.__name__}", fields)
    made.__pydantic_config__ = ConfigDict(extra="forbid")
    return made


def _converted(hint: Any) -> Any:
    if is_typeddict(hint):
        return _strict(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is UntypedStripeObject:
        return dict[str, _converted(arguments[0])]
    if origin in (NotRequired, Required):
        return origin[_converted(arguments[0])]
    if origin in (Union, types.UnionType):
        return functools.reduce(operator.or_, map(_converted, arguments))
    if origin in (list, dict):
        return origin[tuple(map(_converted, arguments))]
    return hint
