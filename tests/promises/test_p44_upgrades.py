"""Promise 44. Migrations are linted for locks; the previous version's queued tasks still run.

What a previous version may have queued is listed in tests/support/queued.json: tasks with their
arguments, and kinds of mails. What is new is added by ``QUEUED_RECORD=1`` and this file's tests; a
line is taken away only when no version that anybody upgrades from queues it (docs/upgrading.md).
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import import_string

from fundraiser.celery import app
from fundraiser.local.places import ROOT
from fundraiser.mail_kinds import MAIL_KINDS
from tools import locks

_LIST = ROOT / "tests/support/queued.json"
QUEUED = json.loads(_LIST.read_text())
Signatures = Mapping[str, Sequence[Sequence[str]]]


def _sql(*operations: Any) -> str:
    """Return a migration of events as it would be written on top of the present ones."""
    loader = MigrationLoader(connection)
    state = loader.project_state(loader.graph.leaf_nodes("events"))
    migration = migrations.Migration("0099_tomorrow", "events")
    migration.operations = list(operations)
    with connection.schema_editor(collect_sql=True, atomic=True) as editor:
        migration.apply(state, editor, collect_sql=True)
    return "\n".join(editor.collected_sql)


@pytest.mark.django_db
def test_a_migration_that_locks_a_table_for_long_is_reported() -> None:
    index = models.Index(fields=["time_zone"], name="booking_zone")
    positive = models.CheckConstraint(condition=models.Q(seats__lte=20), name="booking_few")
    (blocked,) = locks.found_in(_sql(migrations.AddIndex("booking", index)))
    assert blocked.startswith("require-concurrent-index-creation")
    (scanned,) = locks.found_in(_sql(migrations.AddConstraint("booking", positive)))
    assert scanned.startswith("constraint-missing-not-valid")
    assert locks.found_in(_sql(migrations.RenameField("booking", "seats", "places")))


@pytest.mark.django_db
def test_control_what_locks_nothing_for_long_passes_and_excuses_count() -> None:
    note = ("id", models.BigAutoField(primary_key=True)), ("text", models.CharField(max_length=9))
    new_table = migrations.CreateModel("Tomorrow", note)
    new_column = migrations.AddField("booking", "mood", models.TextField(default="", blank=True))
    assert locks.found_in(_sql(new_table, new_column)) == []
    index = models.Index(fields=["time_zone"], name="booking_zone")
    sql = _sql(migrations.AddIndex("booking", index))
    assert locks.found_in(sql, {"require-concurrent-index-creation": "the table is small"}) == []
    assert locks.found_in("ALTER TABLE nothing that is SQL;")


@pytest.mark.django_db
def test_migrations_since_the_release_are_looked_at_by_name() -> None:
    assert list(locks.problems()) == []
    first = list(locks.problems({"events": 0}))
    assert first, "control: those before it were written for an empty database"
    assert all(one.startswith("events.0") for one in first)


def _broken(signatures: Signatures, tasks: Mapping[str, Any]) -> set[str]:
    """Return the queued tasks that would fail at once: unknown, or with arguments not taken."""
    broken = set()
    for name, calls in signatures.items():
        for arguments in calls:
            try:
                inspect.signature(tasks[name].run).bind(**dict.fromkeys(arguments, 1))
            except (KeyError, TypeError):
                broken.add(name)
    return broken


def _ours() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def _arguments(tasks: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: list(inspect.signature(task.run).parameters) for name, task in tasks.items()}


@pytest.fixture(autouse=True, scope="module")
def recorded() -> None:
    """Add what is new to the list, where somebody asks for it; nothing is ever taken away."""
    if not os.environ.get("QUEUED_RECORD"):
        return
    for name, arguments in _arguments(_ours()).items():
        calls = QUEUED["tasks"].setdefault(name, [])
        calls += [] if arguments in calls else [arguments]
    QUEUED["mails"] = sorted({*QUEUED["mails"], *MAIL_KINDS})
    QUEUED["tasks"] = dict(sorted(QUEUED["tasks"].items()))
    _LIST.write_text(json.dumps(QUEUED, indent=2) + "\n")


def test_tasks_of_the_previous_version_are_known_and_take_their_arguments() -> None:
    tasks = _ours()
    assert _broken(QUEUED["tasks"], tasks) == set()
    now = _arguments(tasks)
    new = {name for name, names in now.items() if names not in QUEUED["tasks"].get(name, [])}
    assert new == set(), "the next version must know them: run this with QUEUED_RECORD=1"
    # Control: a task that is gone, and an argument that is called otherwise.
    renamed = {"donations.apply_event": [["number"]], "donations.gone": [[]]}
    assert _broken(renamed, tasks) == set(renamed)


def test_mails_of_the_previous_version_can_still_be_written() -> None:
    assert set(QUEUED["mails"]) == set(MAIL_KINDS), "add what is new: QUEUED_RECORD=1"
    for kind in QUEUED["mails"]:
        assert callable(import_string(MAIL_KINDS[kind].renderer))
    with pytest.raises(ImportError):
        import_string("donations.services.mails.gone.gone")
