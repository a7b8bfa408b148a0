"""What a request wrote, in short: to see that looking changed nothing."""

from __future__ import annotations

from django.db import connection


def written() -> dict[str, int]:
    """Return how many rows this transaction has inserted, updated or deleted so far, by table.

    PostgreSQL counts them itself, those of savepoints that were rolled back included
    (postgresql.org, "Cumulative Statistics", pg_stat_xact_all_tables).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())
