"""The one source of time, so that tests can move it. SQL gets it as a parameter, never now()."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _source()


@contextmanager
def using(source: Callable[[], datetime]) -> Iterator[None]:
    """Within the block, ``now()`` is ``source()`` (aware). For tests."""
    global _source  # noqa: PLW0603 -- the one switch, process-wide on purpose
    before = _source
    _source = source
    try:
        yield
    finally:
        _source = before
