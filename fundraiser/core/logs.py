"""Logs without secrets: link tokens, addresses and keys are cut out before a line is written.

So is what PostgreSQL repeats of a row that it refuses: it would be somebody's name and message.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

#: A signed link's token (hexadecimal id, version, signature) wherever it stands.
_TOKEN = re.compile(r"\b[0-9a-f]{32}\.\d+\.[\w-]{20,}")
#: Stripe's keys and signing secrets, and the API's own tokens.
_KEY = re.compile(r"\b(?:(?:[sr]k_(?:test|live)|whsec)_\w+|frt_[\w-]+)")
#: It begins where such letters begin, so that a long line of them is read once and not once each.
_ADDRESS = re.compile(r"(?<![^\s<>\"'@])[^\s<>\"'@]+@[^\s<>\"'@]+\.[^\s<>\"'@]+")
#: The values of a row, to the end of the error's text; what a traceback goes on with is kept.
_ROW = re.compile(r"\bDETAIL: .*?(?=\n\n(?:The above|During handling)|\Z)", re.DOTALL)


def cleaned(text: str) -> str:
    """Return ``text`` without link tokens, e-mail addresses, Stripe's keys and rows' values."""
    text = _ROW.sub("DETAIL: [row]", text)
    return _KEY.sub("[key]", _ADDRESS.sub("[address]", _TOKEN.sub("[link]", text)))


class WithoutTokens(logging.Formatter):
    """Formats a record as usual and cleans the whole of it, an error's traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished lines in their cleaned form."""
        return cleaned(super().format(record))


class AsJson(logging.Formatter):
    """Formats a record as one line of JSON, each text of it cleaned.

    {"time": RFC 3339 in UTC, "level", "place", "message", "process": its number, "error": the
    traceback, if there is one}.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "place": record.name,
            "message": cleaned(record.getMessage()),
            "process": record.process,
        }
        if record.exc_info:
            line["error"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class WithoutRequests(logging.Filter):
    """Takes out of gunicorn's own lines who asked and for what: a network address, a link."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say what happened alone; a traceback stays."""
        for begin, told in _OF_REQUESTS.items():
            if str(record.msg).startswith(begin):
                record.msg, record.args = told, ()
        return True


#: What gunicorn writes of a request (gunicorn/workers/base.py, handle_error), and what we do.
_OF_REQUESTS = {
    "Invalid request": "a request that cannot be read was refused",
    "Error handling request": "an error while a request was answered",
}
