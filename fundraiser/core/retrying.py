"""Once more, where another transaction was in the way.

The rows that an INSERT names are looked at when it commits: one that was deleted a moment before
fails it then, and of two transactions that wait for each other PostgreSQL ends one. Nothing of it
is written, so the work is simply done once more, with what is true by then.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection

logger = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: deadlock_detected, foreign_key_violation (PostgreSQL's manual, appendix A).
_IN_THE_WAY: Final = frozenset({"40P01", "23503"})


def tried_again(work: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let work that is one transaction of its own be done a second time after such a failure.

    Called within another transaction it is not repeated: that one is lost as a whole.
    """

    @functools.wraps(work)
    def once_more(*arguments: _P.args, **values: _P.kwargs) -> _T:
        if connection.in_atomic_block:
            return work(*arguments, **values)
        try:
            return work(*arguments, **values)
        except (IntegrityError, OperationalError) as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state not in _IN_THE_WAY:
                raise
            logger.warning("%s is done once more: %s", work.__name__, state)
        return work(*arguments, **values)

    return once_more
