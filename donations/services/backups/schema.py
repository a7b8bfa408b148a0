"""The tables that an archive's rows go into: made by the migrations that it names.

An archive holds no SQL. So nothing in it can do more than be a row, and a version of the product
that does not know its migrations refuses it instead of guessing.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import Node
from psycopg import sql

from donations.services.backups import dumping
from donations.services.backups.archive import ArchiveError, Manifest

#: Rows that ``migrate`` itself makes, and sessions, are nobody's data.
_MADE_BY_MIGRATE: Final = frozenset({"auth_permission", "django_content_type", "django_session"})


def check_known(manifest: Manifest) -> None:
    """Raise ArchiveError where the archive has migrations that this version does not know."""
    known = MigrationExecutor(connection).loader.disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    if unknown or not manifest.migrations:
        raise ArchiveError(
            f"this version does not know the migrations {', '.join(unknown) or '(none named)'}: "
            "restore by the version that made the backup, or a newer one"
        )


def tables_with_data(cursor: Any) -> list[str]:
    """Return the tables that have rows which ``migrate`` did not make."""
    names = [one for one in dumping.table_names(cursor) if one not in _MADE_BY_MIGRATE]
    return [name for name in names if _has_rows(cursor, name)]


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table)))
    return bool(cursor.fetchone()[0])


def prepare(cursor: Any, manifest: Manifest) -> None:
    """Make empty tables as the archive's migrations make them, within the caller's transaction.

    Tables that are so already are emptied; others are dropped and made anew. Raises ArchiveError
    where the database has migrations of another version, or where one of those that are wanted
    cannot run in a transaction.
    """
    wanted = set(manifest.migrations)
    if dumping.applied() != wanted:
        _drop(cursor)
        _migrate(wanted)
    # Making tables leaves some keys to be checked row by row; the rows come table by table.
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    # Neither triggers that refuse a change nor ones that write history have a say in old rows.
    names = dumping.table_names(cursor)
    _switch(cursor, names, "DISABLE")
    cursor.execute(sql.SQL("TRUNCATE {}").format(_listed(names)))


def finish(cursor: Any) -> None:
    """Check the rows' foreign keys, and let the triggers act again."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _switch(cursor, dumping.table_names(cursor), "ENABLE")


def _switch(cursor: Any, names: list[str], verb: str) -> None:
    for name in names:
        statement = "ALTER TABLE {} {} TRIGGER USER"
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name), sql.SQL(verb)))


def _drop(cursor: Any) -> None:
    known = MigrationExecutor(connection).loader.disk_migrations
    strange = sorted(f"{app}.{name}" for app, name in dumping.applied() - set(known))
    if strange:
        raise ArchiveError(f"the database is another version's: it has {', '.join(strange)}")
    names = [*dumping.table_names(cursor), "django_migrations"]
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(_listed(names)))


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(one) for one in names)


def _migrate(wanted: set[tuple[str, str]]) -> None:
    """Apply exactly these migrations."""
    executor = MigrationExecutor(connection)
    targets = [key for key in wanted if not _is_followed(executor, key, wanted)]
    plan = executor.migration_plan(targets)
    if any(not migration.atomic for migration, _backwards in plan):
        raise ArchiveError(
            "the tables cannot be made in one transaction: restore into an empty database "
            "after `manage.py migrate` to the backup's migrations"
        )
    executor.migrate(targets, plan)
    missing = sorted(f"{app}.{name}" for app, name in wanted ^ dumping.applied())
    if missing:
        raise ArchiveError(f"the migrations do not come out as they were: {', '.join(missing)}")


def _is_followed(
    executor: MigrationExecutor, key: tuple[str, str], wanted: set[tuple[str, str]]
) -> bool:
    """Whether another wanted migration builds on this one."""
    node = executor.loader.graph.node_map[key]
    return any(_key(child) in wanted for child in node.children)


def _key(node: Node) -> tuple[str, str]:
    return (str(node.key[0]), str(node.key[1]))
