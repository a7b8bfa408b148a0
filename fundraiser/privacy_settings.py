"""How long personal data is kept (docs/privacy.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import environ

#: Days after which something is forgotten; 0: never. What each means: docs/configuration.md.
RETENTION_DAYS: Final = {
    "RETENTION_PERSON_DAYS": 0,
    "RETENTION_RECEIPT_DAYS": 0,
    "RETENTION_ABANDONED_DAYS": 30,
    "RETENTION_DEVICE_DAYS": 30,
    "RETENTION_MAIL_DAYS": 90,
    "RETENTION_PROBLEM_DAYS": 730,
    "RETENTION_WEBHOOK_DAYS": 30,
    "RETENTION_HISTORY_DAYS": 1095,
}


def retention(env: environ.FileAwareEnv) -> dict[str, Any]:
    """Return the settings, in days."""
    return {name: env.int(name, default=usual) for name, usual in RETENTION_DAYS.items()}


def contradictions(values: Any) -> Iterator[str]:
    """Yield one sentence for each setting that cannot be right."""
    for name in RETENTION_DAYS:
        if getattr(values, name) < 0:
            yield f"{name} must be a number of days, or 0 for never."
    if 0 < values.RETENTION_PERSON_DAYS < 30:
        yield "RETENTION_PERSON_DAYS must be 30 or more: mails and choices go on after a workshop."
