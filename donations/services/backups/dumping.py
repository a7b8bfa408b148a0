"""Writing an archive: every table as of one moment, then every file.

The data goes out by PostgreSQL's COPY, the schema as the names of the migrations that make it
(docs/adr/0047-backups-by-copy.md).
"""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from donations.services.backups import archive
from donations.services.backups.archive import Manifest, Table, Writer
from fundraiser.core import clock

#: Keys that belong to a backup and are in none.
KEYS: Final = ("SECRET_KEY", "LINK_KEY")
SNAPSHOT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_SEQUENCES: Final = """
SELECT found.relname, attribute.attname,
       pg_sequence_last_value(
           pg_get_serial_sequence(quote_ident(found.relname), attribute.attname)::regclass)
FROM pg_class found JOIN pg_attribute attribute ON attribute.attrelid = found.oid
WHERE found.relnamespace = current_schema()::regnamespace AND found.relkind = 'r'
  AND attribute.attidentity <> '' AND NOT attribute.attisdropped
ORDER BY 1, 2
"""


def write(file: IO[bytes]) -> Manifest:
    """Write an archive of the database and of MEDIA_ROOT to ``file``; return its manifest.

    1. Begin a snapshot: everything that is read of the database is of that moment.
    2. Count each table, and copy it out. What PostgreSQL says of the rows must be the same.
    3. End the snapshot. Copy the files: one that came later is only not asked for.
    """
    with archive.writing(file) as (writer, told):
        with snapshot() as cursor:
            taken_at = clock.now()
            tables = [_table(cursor, name) for name in table_names(cursor)]
            for table in tables:
                _copy_out(cursor, table, writer)
            migrations = sorted(applied(), key=str)
            cursor.execute(_SEQUENCES)
            sequences = [row for row in cursor.fetchall() if row[2] is not None]
        for path in media_files():
            _add_file(path, writer)
        told.append(Manifest(taken_at, migrations, tables, sequences, writer.members, prints()))
    return told[0]


@contextmanager
def snapshot() -> Iterator[Any]:
    """Give a cursor that sees the database as of one moment, however long it takes."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield cursor


def applied() -> set[tuple[str, str]]:
    """Return the migrations that the database has."""
    return set(MigrationRecorder(connection).applied_migrations())


def table_names(cursor: Any) -> list[str]:
    """Return the tables of every application that are there, in the order of their names.

    Without ``django_migrations``, whose rows the migrations write themselves.
    """
    there = {one.name for one in connection.introspection.get_table_list(cursor)}
    return sorted(there & set(connection.introspection.django_table_names()))


def columns_of(cursor: Any, table: str) -> list[str]:
    """Return a table's columns, but for those that PostgreSQL computes."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [f'"{table}"'],
    )
    return [str(name) for (name,) in cursor.fetchall()]


def count(cursor: Any, table: str) -> int:
    """Return how many rows a table has."""
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
    return int(cursor.fetchone()[0])


def copy_statement(table: Table, direction: str) -> sql.Composed:
    """Return the COPY of a table's columns TO STDOUT or FROM STDIN."""
    columns = sql.SQL(", ").join(sql.Identifier(one) for one in table.columns)
    parts = (sql.Identifier(table.name), columns, sql.SQL(direction))
    return sql.SQL("COPY {} ({}) {}").format(*parts)


def _table(cursor: Any, name: str) -> Table:
    return Table(name, columns_of(cursor, name), count(cursor, name))


def _copy_out(cursor: Any, table: Table, writer: Writer) -> None:
    with (
        writer.member(f"{archive.TABLES}{table.name}.copy") as file,
        cursor.cursor.copy(copy_statement(table, "TO STDOUT")) as copying,
    ):
        for rows in copying:
            file.write(rows)


def media_root() -> Path:
    """Return the folder of the files that people handed in."""
    return Path(settings.MEDIA_ROOT)


def media_files() -> Iterator[Path]:
    """Yield the files below MEDIA_ROOT, but for those in folders whose name begins with a dot."""
    root = media_root()
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _add_file(path: Path, writer: Writer) -> None:
    try:
        source = path.open("rb")
    except FileNotFoundError:  # thrown away meanwhile, as exports are
        return
    name = archive.MEDIA + path.relative_to(media_root()).as_posix()
    with source, writer.member(name, compress=False) as target:
        shutil.copyfileobj(source, target, 1 << 20)


def prints() -> dict[str, str]:
    """Return what tells keys apart without telling them."""
    return {
        name: hmac.new(
            str(getattr(settings, name)).encode(), b"which key is it?", hashlib.sha256
        ).hexdigest()[:16]
        for name in KEYS
    }
