"""Colours that people choose, made such that white text can be read on them."""

from __future__ import annotations

from typing import Final

#: WCAG 2.2, 1.4.3: the least contrast of text.
READABLE: Final = 4.5
_STEPS: Final = 100

Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """Return the parts of ``rrggbb``, each 0 to 255."""
    return int(colour[0:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def _luminance(parts: Rgb) -> float:
    """Relative luminance (w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = (_linear(one / 255) for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def contrast_with_white(colour: str) -> float:
    """Return the contrast of white text on ``rrggbb``, from 1 to 21."""
    return 1.05 / (_luminance(rgb(colour)) + 0.05)


def under_white(colour: str) -> str:
    """Return ``rrggbb``, as much darker as white text on it needs to be read."""
    parts = rgb(colour)
    for step in range(_STEPS, -1, -1):
        darker = "".join(f"{part * step // _STEPS:02x}" for part in parts)
        if contrast_with_white(darker) >= READABLE:
            return darker
    return "000000"
