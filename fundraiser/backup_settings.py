"""Where backups go, and how many are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import environ


def backups(env: environ.FileAwareEnv) -> dict[str, Any]:
    """Return the settings of backups; none is made by itself while BACKUP_TO is empty."""
    return {
        "BACKUP_TO": env.str("BACKUP_TO", default="").strip(),
        "BACKUP_KEEP": env.int("BACKUP_KEEP", default=14),
        "BACKUP_S3_ENDPOINT": env.str("BACKUP_S3_ENDPOINT", default="").strip(),
        "BACKUP_S3_REGION": env.str("BACKUP_S3_REGION", default="").strip(),
        "BACKUP_S3_ACCESS_KEY": env.str("BACKUP_S3_ACCESS_KEY", default="").strip(),
        "BACKUP_S3_SECRET_KEY": env.str("BACKUP_S3_SECRET_KEY", default="").strip(),
    }


def contradictions(*, to: str, keep: int, access_key: str, secret_key: str) -> Iterator[str]:
    """Yield one sentence for each setting that cannot be right."""
    if keep < 1:
        yield "BACKUP_KEEP must be 1 or more: it is how many backups are kept."
    if to and not to.startswith(("/", "s3://")):
        yield "BACKUP_TO is no place for backups: write /a/folder or s3://bucket/prefix."
    if bool(access_key) != bool(secret_key):
        yield "BACKUP_S3_ACCESS_KEY and BACKUP_S3_SECRET_KEY are of use together only: set both."
