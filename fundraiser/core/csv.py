"""Cells that no spreadsheet runs as a formula, and that read back as they were."""

from __future__ import annotations

from typing import Final

#: owasp.org, "CSV Injection": a cell that begins so may be run as a formula. The apostrophe itself
#: is among them, so that taking one away always gives back what was there.
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def safe_cell(text: str) -> str:
    """Return ``text`` with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def read_cell(cell: str) -> str:
    """Return the text that ``safe_cell`` was given."""
    return cell.removeprefix("'")
