"""Cells that no spreadsheet runs as a formula."""

from __future__ import annotations

from typing import Final

#: owasp.org, "CSV Injection": a cell that begins so may be run as a formula.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """Return ``text`` with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text
