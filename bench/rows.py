"""One line of the result: a value, what it is compared with, and whether it reaches its goal."""

from __future__ import annotations

from dataclasses import dataclass

HEADER = "name\tvalue\tunit\tcompared with\tratio\tgoal\tresult"


@dataclass(frozen=True, slots=True)
class Row:
    """A measured value. ``ratio`` is the value over ``base``, which ``compared`` describes."""

    name: str
    value: float
    unit: str
    goal: str
    reached: bool
    compared: str = ""
    ratio: float | None = None

    def line(self) -> str:
        """Return the row, tab-separated, in the order of ``HEADER``."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        result = "ok" if self.reached else "short"
        cells = (self.name, _short(self.value), self.unit, self.compared, ratio, self.goal, result)
        return "\t".join(cells)


def at_most(name: str, value: float, unit: str, limit: float, compared: str = "") -> Row:
    """A row whose value must not exceed ``limit``."""
    return Row(name, value, unit, f"≤ {limit:g} {unit}", value <= limit, compared)


def at_least(name: str, value: float, unit: str, limit: float, compared: str = "") -> Row:
    """A row whose value must reach ``limit``."""
    return Row(name, value, unit, f"≥ {limit:g} {unit}", value >= limit, compared)


def share(name: str, value: float, unit: str, base: tuple[str, float], least: float) -> Row:
    """A row whose value must be at least the part ``least`` of a base: (what it is, its value)."""
    what, size = base
    ratio = value / size
    compared = f"{what}: {_short(size)}"
    return Row(name, value, unit, f"≥ {least:.0%}", ratio >= least, compared, ratio)


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
