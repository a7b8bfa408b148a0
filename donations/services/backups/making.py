"""Making a backup: written, read back, named, recorded; only then are older ones thrown away.

Whatever dies in between leaves what was there before, and at most a file that ends with ``.part``,
which nothing takes for an archive:

1. Only one at a time: a lock of the database that ends with its process.
2. Write NAME.part whole: the snapshot, the files, the digest of every byte.
3. Read it back from where it lies, every byte and every row.
4. Give it its name.
5. Record it, for the health page and for the next round.
6. Throw away parts that are a day old, and all but the newest archives.
"""

from __future__ import annotations

import io
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from donations.models import Backup
from donations.services.backups import archive, dumping, stores
from donations.services.backups.archive import ArchiveError, Manifest
from donations.services.backups.stores import PART, Store, StoreError
from fundraiser.core import clock
from fundraiser.core.failpoints import reached

logger = logging.getLogger(__name__)

#: The worker's round comes every hour: one that is nearly a day old is followed by the next.
EVERY: Final = timedelta(hours=23, minutes=30)
_FORGOTTEN: Final = timedelta(days=1)
_MOMENT: Final = "%Y%m%dT%H%M%SZ"
#: Any number that no other code locks: "backup" as letters.
_LOCK: Final = 0x6261636B7570


class BusyError(ArchiveError):
    """Another process makes one at this moment."""

    code = "busy"
    retryable = True


def last_backup_at() -> datetime | None:
    """Return the moment (aware, UTC) that the newest good backup is of; None: there is none."""
    newest = Backup.objects.order_by("-taken_at").values_list("taken_at", flat=True)
    return newest.first()


def make_due() -> Backup | None:
    """Make a backup if a place is set and the last one is a day old.

    What goes wrong is logged, and tried again in the next round; the health page tells the age.
    """
    last = last_backup_at()
    if not settings.BACKUPS.to or (last is not None and last > clock.now() - EVERY):
        return None
    try:
        return make(to=settings.BACKUPS.to, keep=settings.BACKUPS.keep)
    except BusyError:
        return None
    except ArchiveError as error:
        logger.error("no backup was made: %s", error)  # noqa: TRY400 -- no bug
        return None


def make(*, to: str, keep: int) -> Backup:
    """Make a backup at ``to`` (a folder, or s3://bucket/prefix); keep the ``keep`` newest there.

    Raises BusyError, StoreError, or ArchiveError where what was read back is not what was written:
    then every older one is still there.
    """
    store = stores.at(to)
    with _alone():
        name = _name(clock.now())
        try:
            manifest = store.write(name, dumping.write)
            reached("backup:written")
            size = _read_back(store, name, manifest)
        except ArchiveError:
            with suppress(StoreError):
                store.remove(name + PART)
            raise
        reached("backup:checked")
        store.publish(name)
        reached("backup:named")
        made = Backup.objects.create(
            taken_at=manifest.taken_at, place=to, name=name, size=size, rows=manifest.rows
        )
        _throw_away(store, but=name, keep=keep)
    logger.info("backup %s: %s rows, %s bytes", name, manifest.rows, size)
    return made


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise BusyError("another backup is being made")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _site() -> str:
    """Return the site's host: installations that share a place never touch each other's."""
    return re.sub(r"[^a-z0-9.]+", "-", (urlsplit(settings.SITE_URL).hostname or "site").lower())


def _name(now: datetime) -> str:
    return f"{_site()}-{now.astimezone(UTC):{_MOMENT}}-{secrets.token_hex(3)}.zip"


def _moment_of(name: str) -> datetime | None:
    """Return when an archive, or a part of one, of this site was begun; None: it is none."""
    form = rf"{re.escape(_site())}-(\d{{8}}T\d{{6}}Z)-[0-9a-f]{{6}}\.zip({re.escape(PART)})?"
    found = re.fullmatch(form, name)
    return datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC) if found else None


def _read_back(store: Store, name: str, written: Manifest) -> int:
    """Check what lies there against what was meant to; return its size in bytes."""
    with store.open(name + PART) as file:
        if archive.check(file) != written:
            raise ArchiveError("what was read back is not what was written")
        return file.seek(0, io.SEEK_END)


def _throw_away(store: Store, *, but: str, keep: int) -> None:
    """Remove the oldest; the one that was just made stays, whatever the clock says."""
    begun = {name: moment for name in store.names() if (moment := _moment_of(name))}
    whole = sorted(name for name in begun if not name.endswith(PART) and name != but)
    surplus = whole[: max(len(whole) - (keep - 1), 0)]
    now = clock.now()
    for name, moment in begun.items():
        forgotten = name.endswith(PART) and moment < now - _FORGOTTEN
        if forgotten or name in surplus:
            store.remove(name)
