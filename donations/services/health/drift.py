"""The invariants, checked by the clock; what was found is kept for who looks."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import Final

from donations.models import InvariantCheck
from donations.services import invariants
from fundraiser.core import clock

logger = logging.getLogger(__name__)

#: How long runs are kept.
KEPT: Final = timedelta(days=30)


def check() -> int:
    """Check every invariant, log and keep what is broken; return how many rows are."""
    started_at = clock.now()
    found: Counter[str] = Counter()
    for one in invariants.broken():
        logger.error("broken: %s: %s", one.promise, one.row)
        found[one.promise] += 1
    InvariantCheck.objects.create(
        started_at=started_at,
        finished_at=clock.now(),
        broken=found.total(),
        promises="\n".join(sorted(found)),
    )
    InvariantCheck.objects.filter(finished_at__lt=clock.now() - KEPT).delete()
    return found.total()
