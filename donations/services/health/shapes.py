"""What a check is, and what it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise


class Unit(StrEnum):
    """What a value counts."""

    SECONDS = "seconds"
    COUNT = "count"
    #: 0: it answers, 1: it does not.
    ABSENCE = "absence"


#: Takes the present moment (aware) and returns the value; None where there is none to compare,
#: such as the age of something that never happened: that is red.
Measure = Callable[[datetime], float | None]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is measured; red above its threshold."""

    #: As it stands in metrics and logs.
    name: str
    unit: Unit
    threshold: float
    title: Promise | str
    #: One sentence: what to do when it is red.
    advice: Promise | str
    measure: Measure


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check read at one moment."""

    check: Check
    #: None: never happened, or could not be measured.
    value: float | None
    #: Whether measuring itself failed.
    failed: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is nothing to do."""
        return self.value is not None and self.value <= self.check.threshold
