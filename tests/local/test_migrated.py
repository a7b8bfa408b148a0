"""The database that the tests' databases are copied from is kept for these very tables only."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fundraiser.local.places import ROOT
from tests import migrated


def test_every_migration_of_ours_is_in_its_key() -> None:
    configs = [one for one in apps.get_app_configs() if Path(one.path).parent == ROOT]
    files = {file for one in configs for file in Path(one.path).glob("migrations/*.py")}
    assert {file.parts[-3] for file in files} >= {"donations", "events"}
    assert files <= set(migrated.sources())


@pytest.mark.parametrize(
    ("contents", "version"),
    [
        ({"a/0001.py": b"1 "}, "18.1"),
        ({"a/0002.py": b"1"}, "18.1"),
        ({"a/0001.py": b"1", "a/0002.py": b""}, "18.1"),
        ({}, "18.1"),
        ({"a/0001.py": b"1"}, "18.2"),
    ],
)
def test_any_other_migration_or_version_is_another_key(
    contents: dict[str, bytes], version: str
) -> None:
    assert migrated.key(contents, version) != migrated.key({"a/0001.py": b"1"}, "18.1")


def test_a_copy_has_every_migration(db: None) -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
