"""Logs: no personal data, no link tokens (core/logs.py cuts them)."""

from __future__ import annotations

import logging
from typing import Any, Final

from fundraiser.core.logs import AsJson, WithoutTokens

_LINE: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"


def formatter(log_format: str) -> logging.Formatter:
    """Return what writes a line as ``line`` or ``json``."""
    return AsJson() if log_format == "json" else WithoutTokens(_LINE)


def logging_config(level: str, log_format: str) -> dict[str, Any]:
    """Return Django's LOGGING for a level such as INFO, written as ``line`` or ``json``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "clean": {"()": "fundraiser.log_settings.formatter", "log_format": log_format}
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "clean",
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "stripe": {"level": "WARNING"},
            # One line a task would drown what matters; failures still show.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }
