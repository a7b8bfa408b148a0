"""A second database to restore into, and archives as bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from donations.services.backups import archive, dumping
from donations.services.backups.archive import Manifest
from tests.support.site import child_environment

_LEFT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def on_database(name: str) -> Iterator[None]:
    """Let Django work on another database of the same server."""
    own = connection.settings_dict["NAME"]
    _turn_to(name)
    try:
        yield
    finally:
        _turn_to(own)


def _turn_to(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[str]:
    """The name of a database of its own with every table, and no row."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_restored"
    address = child_environment()["DATABASE_URL"].rpartition("/")[0] + "/postgres"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(own)
    )
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(drop)
        _turn_to(own)  # nobody may be connected to what is copied:
        server.execute(_LEFT, [own])  # neither a thread that an earlier test has left behind
        server.execute(make)
        yield name
        server.execute(drop)


@pytest.fixture
def media(tmp_path: Path, settings) -> Path:
    """An empty folder for the files that people hand in."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media").mkdir()
    return tmp_path / "media"


@pytest.fixture
def archived(transactional_db: None, media: Path) -> bytes:
    """The archive of a database with next to nothing in it, and of one file."""
    (media / "pictures").mkdir()
    (media / "pictures" / "é.png").write_bytes(bytes(range(256)))
    file = io.BytesIO()
    dumping.write(file)
    return file.getvalue()


def checked(content: bytes) -> Manifest:
    return archive.check(io.BytesIO(content))


def resealed(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return an archive whose members were changed (None: left out) by who can seal it again."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        new.comment = old.comment[:-64] + b"0" * 64
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    sealed = io.BytesIO()
    writer = archive._Sealed(sealed)
    writer.write(file.getvalue())
    writer.finish()
    return sealed.getvalue()


def rows_of(tables: list[str]) -> dict[str, int]:
    """Count each table of the database that Django works on."""
    with connection.cursor() as cursor:
        return {name: dumping.count(cursor, name) for name in tables}
