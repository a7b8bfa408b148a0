"""Moving the product's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fundraiser.core import clock as product_clock


class Clock:
    """The product's time: it stands still where it is ``set`` and moves by ``advance``."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        """Set an aware moment."""
        assert moment.tzinfo is not None
        self.moment = moment.astimezone(UTC)

    def advance(self, step: timedelta | None = None, /, **parts: float) -> None:
        """Go forward: ``advance(minutes=5)``, or by a timedelta (it may be negative)."""
        self.moment += step if step is not None else timedelta(**parts)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The product's clock, standing at the present until the test moves it."""
    clock = Clock()
    with product_clock.using(clock.now):
        yield clock
