"""Logs without secrets: link tokens and addresses are cut out before a line is written."""

from __future__ import annotations

import logging
import re

#: A signed link's token (hexadecimal id, version, signature) wherever it stands.
_TOKEN = re.compile(r"\b[0-9a-f]{32}\.\d+\.[\w-]{20,}")
#: It begins where such letters begin, so that a long line of them is read once and not once each.
_ADDRESS = re.compile(r"(?<![^\s<>\"'@])[^\s<>\"'@]+@[^\s<>\"'@]+\.[^\s<>\"'@]+")


def cleaned(text: str) -> str:
    """Return ``text`` without link tokens and e-mail addresses."""
    return _ADDRESS.sub("[address]", _TOKEN.sub("[link]", text))


class WithoutTokens(logging.Formatter):
    """Formats a record as usual and cleans the whole of it, an error's traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished lines in their cleaned form."""
        return cleaned(super().format(record))
