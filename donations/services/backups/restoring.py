"""Restoring an archive: checked whole before anything changes, then in one transaction.

1. Check every byte of the archive, its manifest, and that this version knows its migrations.
2. Refuse a database that has data, unless told.
3. Unpack the files beside where they belong.
4. In one transaction: make the tables, copy the rows in, set the sequences, count, check the keys.
5. Move the files into place; bring the tables to this version's migrations.
6. Hold the mails that are stale by now (PROMISES.md 30); check the invariants.

Dying before the end of 4 leaves the database as it was; after it, restoring again does the rest.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from donations.services import invariants
from donations.services.backups import archive, dumping, schema
from donations.services.backups.archive import ArchiveError, Manifest
from donations.services.invariants import Broken
from events.services.mails import held
from fundraiser.core.failpoints import reached

#: Below MEDIA_ROOT: files that came after the backup. Neither served nor backed up.
BEFORE_RESTORE: Final = ".before-restore"

#: Numbers that were given out after the backup are given to nothing else: logs, links and Stripe
#: may know them.
NUMBERS_LEFT_OUT: Final = 100_000
_CHUNK: Final = 1 << 20


class HasDataError(ArchiveError):
    """The database has people's data, and nobody said that it may go."""

    code = "has_data"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done. ``mails_waiting`` go out by themselves, as soon as a worker runs."""

    manifest: Manifest
    files: int
    #: Files that were there before, and that the archive does not know; they are in BEFORE_RESTORE.
    other_files: int
    mails_held: int
    mails_waiting: int
    #: The names of keys that are not those of the backup.
    other_keys: list[str]
    broken: list[Broken]


def restore(file: IO[bytes], *, replace: bool) -> Restored:
    """Put an archive's rows and files in the place of what is there.

    ``replace``: even where the database has data. Raises ArchiveError or HasDataError: then nothing
    was changed.
    """
    manifest = archive.check(file)
    schema.check_known(manifest)
    with connection.cursor() as cursor:
        found = schema.tables_with_data(cursor)
    if found and not replace:
        raise HasDataError(f"the database has data already, in {', '.join(found[:5])}")
    with zipfile.ZipFile(file) as packed:
        unpacked = _unpack(packed, manifest)
        try:
            _load(packed, manifest)
        except (ArchiveError, DatabaseError) as error:
            shutil.rmtree(unpacked, ignore_errors=True)
            raise ArchiveError(str(error).strip().rstrip(".")) from error
    reached("restore:loaded")
    other_files = _move_in(unpacked)
    call_command("migrate", interactive=False, verbosity=0)
    Session.objects.all().delete()  # who signed out since would be signed in again
    prints = dumping.prints()
    return Restored(
        manifest=manifest,
        files=sum(name.startswith(archive.MEDIA) for name in manifest.members),
        other_files=other_files,
        mails_held=held.hold_stale(),
        mails_waiting=held.waiting(),
        other_keys=[name for name, known in manifest.keys.items() if prints.get(name) != known],
        broken=list(invariants.broken()),
    )


def _unpack(packed: zipfile.ZipFile, manifest: Manifest) -> Path:
    """Write the files into a folder of their own below MEDIA_ROOT: moving them costs nothing."""
    folder = dumping.media_root() / ".restoring"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        for name in manifest.members:
            if name.startswith(archive.MEDIA):
                path = folder / name.removeprefix(archive.MEDIA)
                path.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(name) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target, _CHUNK)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ArchiveError(f"{folder} cannot be written: {error.strerror}") from error
    return folder


def _move_in(folder: Path) -> int:
    """Move the unpacked files to their places, and what else is there aside; return how many.

    What people handed in since the backup has no row now: it is the only copy, and what removes
    stray files must not find it.
    """
    root, moved = dumping.media_root(), set()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        target = root / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        moved.add(target)
    shutil.rmtree(folder)
    others = set(dumping.media_files()) - moved
    for path in others:
        target = root / BEFORE_RESTORE / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    return len(others)


def _load(packed: zipfile.ZipFile, manifest: Manifest) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        schema.prepare(cursor, manifest)
        _check_tables(cursor, manifest)
        for table in manifest.tables:
            _copy_in(cursor, table, packed)
        for name, column, last in manifest.sequences:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s)::regclass, %s)",
                [name, column, last + NUMBERS_LEFT_OUT],
            )
        schema.finish(cursor)


def _check_tables(cursor: Any, manifest: Manifest) -> None:
    """Raise ArchiveError where the tables are not those of the archive, column by column."""
    names = [one.name for one in manifest.tables]
    if names != dumping.table_names(cursor):
        different = set(names) ^ set(dumping.table_names(cursor))
        raise ArchiveError(f"other tables than the backup's: {', '.join(sorted(different))}")
    for table in manifest.tables:
        if set(table.columns) != set(dumping.columns_of(cursor, table.name)):
            raise ArchiveError(f"{table.name} has other columns than the backup's")


def _copy_in(cursor: Any, table: archive.Table, packed: zipfile.ZipFile) -> None:
    with (
        packed.open(f"{archive.TABLES}{table.name}.copy") as file,
        cursor.cursor.copy(dumping.copy_statement(table, "FROM STDIN")) as copying,
    ):
        while rows := file.read(_CHUNK):
            copying.write(rows)
    found = dumping.count(cursor, table.name)
    if found != table.rows:
        raise ArchiveError(f"{table.name} has {found} rows, and the backup has {table.rows}")
