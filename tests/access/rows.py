"""What a request wrote, in short: to see that looking changed nothing."""

from __future__ import annotations

from typing import Final

from django.db import connection

#: As pg_stat_xact_user_tables counts, without its scans and indexes, which take most of its time.
_WRITTEN: Final = """
    SELECT relname, counted FROM (
        SELECT relname, pg_stat_get_xact_tuples_inserted(oid)
            + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid) AS counted
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        OFFSET 0
    ) AS found WHERE counted > 0
"""


def written() -> dict[str, int]:
    """Return how many rows this transaction has inserted, updated or deleted so far, by table.

    PostgreSQL counts them itself, those of savepoints that were rolled back included
    (postgresql.org, "Cumulative Statistics", pg_stat_xact_all_tables).
    """
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return dict(cursor.fetchall())
