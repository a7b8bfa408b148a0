"""Python's search for cycles of garbage, in processes that run for long.

What a process loaded to begin with (modules, addresses, templates) stays until it ends: looking
through it again and again for garbage frees nothing. What comes later is looked at less often than
in a short program: a request leaves few cycles behind.
"""

from __future__ import annotations

import gc
from typing import Final

#: New objects before the young are looked at; rounds of these before the older ones are.
_THRESHOLDS: Final = (5_000, 10, 10)


def leave_what_is_loaded() -> None:
    """Take all there is out of the search (docs.python.org, gc.freeze); call it once loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
