"""Logs: no personal data, no link tokens (core/logs.py cuts them)."""

from __future__ import annotations

from typing import Any


def logging_config(level: str, log_format: str) -> dict[str, Any]:
    """Return Django's LOGGING for a level such as INFO, written as ``line`` or ``json``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "fundraiser.core.logs.WithoutTokens",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            },
            "json": {"()": "fundraiser.core.logs.AsJson"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if log_format == "json" else "line",
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
