"""Logs without secrets: link tokens and addresses are cut out before a line is written."""

from __future__ import annotations

import logging
import re

#: A signed link's token (hexadecimal id, version, signature) wherever it stands.
_TOKEN = re.compile(r"\b[0-9a-f]{32}\.\d+\.[\w-]{20,}")
_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+\.[^\s<>\"'@]+")


def cleaned(text: str) -> str:
    """Return ``text`` without link tokens and e-mail addresses."""
    return _ADDRESS.sub("[address]", _TOKEN.sub("[link]", text))


class WithoutTokens(logging.Filter):
    """Rewrites each record's message; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the finished message by its cleaned form."""
        record.msg = cleaned(record.getMessage())
        record.args = None
        return True
