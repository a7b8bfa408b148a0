"""A PostgreSQL cluster whose database is migrated already, kept in .local for the next run.

Migrating from nothing is half a minute of one core, and each worker of each phase needs a database:
they are copied from one that was migrated once (docs/adr/0072). It is kept under a key that changes
with whatever makes the tables: our migrations, what is installed, PostgreSQL's version. Django
still runs ``migrate`` on each copy, which then finds nothing to do.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from fundraiser.local.places import LOCAL, ROOT, engine_directory, make_private, write_secret
from fundraiser.local.postgres import Postgres, PostgresSettings
from fundraiser.local.postgres_binaries import find_programs
from fundraiser.local.processes import is_alive

#: The database to copy, in the test run's own cluster.
NAME = "migrated"
_OPTIONS = ("max_connections=200",)


def sources() -> list[Path]:
    """Return the files that decide what the tables are, and how the cluster is made."""
    apps = ROOT.glob("*/migrations/*.py")
    made_by = [ROOT / "fundraiser/local/postgres.py", ROOT / "fundraiser/settings.py"]
    return sorted([*apps, *(ROOT / "requirements").glob("*.txt"), *made_by, Path(__file__)])


def settings(password: str = "") -> PostgresSettings:
    """Return how the cluster of a test run is started."""
    return PostgresSettings(durable=False, password=password, options=_OPTIONS)


def key(contents: Mapping[str, bytes], version: str) -> str:
    """Return what a kept cluster is found by: another one for any other content or version."""
    digest = hashlib.sha256(version.encode())
    for name, content in sorted(contents.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def start(directory: Path) -> Postgres:
    """Start a cluster in ``directory`` that has the database to copy: the kept one's copy, or one
    that is migrated now and kept."""
    kept = _place(directory)
    if (kept / "data").exists():
        return _copied(kept, directory)
    return _made(kept, directory)


def _place(directory: Path) -> Path:
    programs = find_programs(directory)
    parent = engine_directory(LOCAL) / "migrated"
    make_private(parent, mode=0o755)
    version = subprocess.run([programs.postgres, "--version"], capture_output=True, check=True)
    contents = {str(file.relative_to(ROOT)): file.read_bytes() for file in sources()}
    return parent / key(contents, f"{version.stdout.decode()} {sys.version}")


def _copied(kept: Path, directory: Path) -> Postgres:
    make_private(directory, mode=0o755)
    shutil.copytree(kept / "data", directory / "data")
    (directory / "data").chmod(0o700)
    return Postgres(directory, settings((kept / "password").read_text())).start()


def _made(kept: Path, directory: Path) -> Postgres:
    """Migrate, stop, keep a copy, go on. Two runs may do so at once: the first one's is kept."""
    password = secrets.token_urlsafe(16)
    cluster = Postgres(directory, settings(password)).start()
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}")
    environment = {**os.environ, "DATABASE_URL": cluster.url(NAME)}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    cluster.stop()
    draft = kept.with_name(f"{kept.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    make_private(draft, mode=0o755)
    shutil.copytree(cluster.data, draft / "data")
    write_secret(draft / "password", password)
    for old in kept.parent.iterdir():
        maker = old.suffix.removeprefix(".")  # of a draft, which a killed run leaves behind
        if old not in (draft, kept) and not (maker and is_alive(int(maker))):
            shutil.rmtree(old, ignore_errors=True)
    try:
        draft.rename(kept)
    except OSError:  # another run was quicker
        shutil.rmtree(draft, ignore_errors=True)
    return cluster.start()
