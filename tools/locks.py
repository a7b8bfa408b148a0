"""``python -m tools.locks``: look for locks that would stop a running site in new migrations.

Each migration after the first release is written as SQL and read by squawk. What it finds is either
done another way (docs/upgrading.md) or excused here, with the reason why nobody waits for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

SQUAWK: Final = Path(sys.executable).parent / "squawk"
#: The last migration of each app, by number, before the first release: nobody has data from there.
BEFORE_RELEASE: Final = {"donations": 4, "events": 4}
#: Rules that say nothing of locks here. Each connection has a lock_timeout and a statement_timeout
#: (fundraiser/settings.py); Django drops a default in the transaction that set it.
NOT_ABOUT_LOCKS: Final = (
    "ban-drop-default",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-robust-stmts",
    "prefer-text-field",
    "require-lock-timeout",
    "require-statement-timeout",
)
_FEW_ROWS: Final = "its tables are new, and donations_export has a row a file that was asked for"
#: {"app.0007_name": {"rule": "why nobody waits for it"}}.
EXCUSED: Final[Mapping[str, Mapping[str, str]]] = {
    "donations.0005_accounting": {
        "adding-foreign-key-constraint": _FEW_ROWS,
        "adding-required-field": "the tables are new, and donations_export.of_site has a default",
        "ban-drop-constraint": "a wider one of the same columns takes its place",
        "constraint-missing-not-valid": _FEW_ROWS,
        "disallowed-unique-constraint": _FEW_ROWS,
        "require-concurrent-index-creation": _FEW_ROWS,
    },
    "donations.0009_schedule_workshop": dict.fromkeys(
        (
            "adding-foreign-key-constraint",
            "constraint-missing-not-valid",
            "require-concurrent-index-creation",
        ),
        "donations_exportschedule has a row an export that somebody scheduled; the workshops are "
        "locked for a moment, and none is looked up, since the column is new and empty",
    ),
    "events.0005_webhooks": dict.fromkeys(
        (
            "adding-foreign-key-constraint",
            "constraint-missing-not-valid",
            "disallowed-unique-constraint",
            "require-concurrent-index-creation",
        ),
        "Both tables are new and empty; beside them only the table of teams, a small one, is "
        "locked, for a moment.",
    ),
}


def found_in(
    sql: str, excused: Mapping[str, str] | None = None, *, atomic: bool = False
) -> list[str]:
    """Return a sentence for each statement of a migration that holds a lock for long.

    ``atomic``: all of it is one transaction, so that nobody sees a table before its index is there.
    """
    command = [str(SQUAWK), "--reporter", "json", "--exclude", ",".join(NOT_ABOUT_LOCKS)]
    done = subprocess.run(
        [*command, *(["--assume-in-transaction"] if atomic else [])],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        reported: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    except json.JSONDecodeError:
        return [f"squawk failed: {done.stdout}{done.stderr}".strip()]
    if not reported and done.returncode:
        return [f"squawk failed: {done.stderr}".strip()]
    return [
        f"{one['rule_name']}: {one['message']}"
        for one in reported
        if one["rule_name"] not in (excused or {})
    ]


def problems(
    before: Mapping[str, int] = BEFORE_RELEASE,
) -> Iterator[str]:
    """Yield a sentence for each lock in a migration newer than ``before``, by app and number."""
    from django.db import connection  # noqa: PLC0415 -- needs settings, which the caller sets up
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 -- the same

    loader = MigrationLoader(connection, replace_migrations=False)
    for app, name in sorted(loader.graph.nodes):
        if app in before and int(name.partition("_")[0]) > before[app]:
            migration = loader.graph.nodes[app, name]
            sql = "\n".join(loader.collect_sql([(migration, False)]))
            excused = EXCUSED.get(f"{app}.{name}")
            for sentence in found_in(sql, excused, atomic=migration.atomic):
                yield f"{app}.{name}: {sentence}"


def main() -> int:
    """Print what was found; return 1 if anything was."""
    import django  # noqa: PLC0415 -- settings are read at the start of this process alone

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundraiser.settings")
    django.setup()
    found = list(problems())
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
