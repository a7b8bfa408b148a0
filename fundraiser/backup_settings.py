"""Where backups go, and how many are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import environ


@dataclass(frozen=True, slots=True)
class Backups:
    """None is made by itself while ``to`` is empty: a folder, or s3://bucket/prefix."""

    to: str
    keep: int
    s3_endpoint: str
    s3_region: str
    s3_access_key: str
    s3_secret_key: str


def read(env: environ.FileAwareEnv) -> Backups:
    """Return what the environment says of backups."""
    return Backups(
        to=env.str("BACKUP_TO", default="").strip(),
        keep=env.int("BACKUP_KEEP", default=14),
        s3_endpoint=env.str("BACKUP_S3_ENDPOINT", default="").strip(),
        s3_region=env.str("BACKUP_S3_REGION", default="").strip(),
        s3_access_key=env.str("BACKUP_S3_ACCESS_KEY", default="").strip(),
        s3_secret_key=env.str("BACKUP_S3_SECRET_KEY", default="").strip(),
    )


def contradictions(backups: Backups) -> Iterator[str]:
    """Yield one sentence for each setting that cannot be right."""
    if backups.keep < 1:
        yield "BACKUP_KEEP must be 1 or more: it is how many backups are kept."
    if backups.to and not backups.to.startswith(("/", "s3://")):
        yield "BACKUP_TO is no place for backups: write /a/folder or s3://bucket/prefix."
    if bool(backups.s3_access_key) != bool(backups.s3_secret_key):
        yield "BACKUP_S3_ACCESS_KEY and BACKUP_S3_SECRET_KEY are of use together only: set both."
