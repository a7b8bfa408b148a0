"""What stands in the database, in short: to see that looking changed nothing."""

from __future__ import annotations

from django.db import connection


def checksum() -> dict[str, str]:
    """Return a sum of every row of every table, by table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
        one = (
            "SELECT '{0}', count(*) || ' ' || coalesce("
            "md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM \"{0}\" t"
        )
        cursor.execute(" UNION ALL ".join(one.format(name) for name in names))
        return dict(cursor.fetchall())
