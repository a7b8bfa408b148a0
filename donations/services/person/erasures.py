"""The list of erasures, which outlives the database, and erasing again after a restore.

1. Erasing writes a row in its own transaction: a keyed hash of the address, and the time.
2. A worker appends each row as a line to ERASURE_LOG, a file that lies outside the database.
3. After a restore ``replay`` reads the file, looks which addresses it means among those that the
   database knows, and erases them again.

Dying between writing a line and noting that doubles the line, which changes nothing.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from events.models import Erasure
from fundraiser.core import clock, jobs

logger = logging.getLogger(__name__)

_BATCH: Final = 500


class DamagedListError(Exception):
    """A line of the list is none; ``number`` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number} is no erasure")
        self.number = number


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure as it stands in the file. ``key`` tells by which LINK_KEY it was hashed."""

    erased_at: datetime
    fingerprint: str
    key: str


def fingerprint(email: str) -> str:
    """Return what stands for an address that must not be written down."""
    return _keyed(f"erased:{email.strip().lower()}")


def key_id() -> str:
    """Return what tells this LINK_KEY from another, and nothing of it."""
    return _keyed("erased-by-key")[:12]


def _keyed(text: str) -> str:
    return hmac.new(settings.LINK_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def note(email: str) -> None:
    """Put an erasure on the list, within the transaction that erases."""
    Erasure.objects.create(fingerprint=fingerprint(email), erased_at=clock.now())
    jobs.enqueue("donations.log_erasures")


def write_log() -> int:
    """Append what is not in the file yet; return how many lines. A file that fails is tried again.

    Several workers at once double lines at most: each line is one write to the end of the file.
    """
    rows = list(Erasure.objects.filter(logged_at=None).order_by("erased_at", "pk")[:_BATCH])
    if not rows:
        return 0
    text = "".join(f"{one.erased_at.isoformat()} {one.fingerprint} {key_id()}\n" for one in rows)
    try:
        _append(Path(settings.ERASURE_LOG), text)
    except OSError as error:
        logger.error("ERASURE_LOG cannot be written, %d erasures wait: %s", len(rows), error)  # noqa: TRY400 -- the sentence says it all
        return 0
    Erasure.objects.filter(pk__in=[one.pk for one in rows]).update(logged_at=clock.now())
    return len(rows)


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        before = os.fstat(file).st_size
        if os.write(file, content) != len(content):  # a full disk takes a part without an error
            os.ftruncate(file, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file)
    finally:
        os.close(file)


def read_log(lines: Iterable[str]) -> Iterator[Line]:
    """Yield the erasures of a list. Raises DamagedListError."""
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if not parts:
            continue
        try:
            moment, print_, key = parts
            erased_at = datetime.fromisoformat(moment)
        except ValueError as error:
            raise DamagedListError(number) from error
        if len(print_) != 64 or erased_at.tzinfo is None:
            raise DamagedListError(number)
        yield Line(erased_at, print_, key)
