"""What the mails of one batch share: computed once for all of them, and forgotten afterwards."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

_T = TypeVar("_T")

_shared: ContextVar[dict[Hashable, Any] | None] = ContextVar("batch", default=None)


@contextmanager
def batch() -> Iterator[None]:
    """Within the block, ``once`` remembers. A batch lasts seconds: what it saw may be that old."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def once(key: Hashable, make: Callable[[], _T]) -> _T:
    """Return ``make()``, computed once for each ``key`` in a batch; outside of one, each time."""
    shared = _shared.get()
    if shared is None:
        return make()
    if key not in shared:
        shared[key] = make()
    found: _T = shared[key]
    return found
