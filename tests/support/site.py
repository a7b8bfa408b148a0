"""The real processes of the Procfile on the test database, for races and browsers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from fundraiser.local import processes
from fundraiser.local.places import ROOT, engine_directory
from fundraiser.local.postgres import Postgres, PostgresSettings
from fundraiser.local.procfile import command_of

DurablePostgres = Callable[..., Postgres]


@dataclass
class RunningProcess:
    """One started process of the Procfile; its output is in ``log``."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        processes.stop(self.process)

    def kill(self) -> None:
        """End it and its children by SIGKILL."""
        processes.stop(self.process, first=processes.signal.SIGKILL)


StartProcess = Callable[..., RunningProcess]


def child_environment(**extra: str) -> dict[str, str]:
    """Return the variables of a process that works on this test's database."""
    parts = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    address = f"postgresql://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}"
    programs = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "DATABASE_URL": f"{address}/{name}",
        "PORT": os.environ["TEST_SITE_PORT"],
        "PYTHONUNBUFFERED": "1",
        **extra,
    }


@pytest.fixture
def start_process(tmp_path: Path, transactional_db: None) -> Iterator[StartProcess]:
    """Start a process of the Procfile: ``start_process("worker", FAILPOINT="apply:locked:kill")``.

    All are stopped at the end of the test, before the database is emptied.
    """
    with ExitStack() as stack:

        def start(name: str, **extra: str) -> RunningProcess:
            log = tmp_path / f"{name}-{len(list(tmp_path.iterdir()))}.log"
            with log.open("wb") as output:
                process = processes.spawn(
                    command_of(name),
                    output=output,
                    environment=child_environment(**extra),
                    directory=ROOT,
                )
            stack.callback(processes.stop, process, patience=5)
            return RunningProcess(process, log)

        yield start


@pytest.fixture(scope="session")
def collected_static() -> None:
    """The static files as production serves them: hashed names and a manifest."""
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    # Not as in the tests' own process, whose pages are rendered without a manifest.
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": backend}}):
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def start_web(start_process: StartProcess, collected_static: None) -> StartProcess:
    """Start the real web server on the test database: ``start_web(WEB_WORKERS="2")``."""

    def start(**extra: str) -> RunningProcess:
        running = start_process("web", **extra)
        running.url = os.environ["SITE_URL"]
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and running.process.poll() is None:
            try:
                if httpx.get(f"{running.url}/healthz", trust_env=False).is_success:
                    return running
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        pytest.fail(f"The web server did not start: {running.output()[-3000:]}")

    return start


@pytest.fixture
def web_server(start_web: StartProcess) -> RunningProcess:
    """The real gunicorn on the test database; its address is ``.url``."""
    return start_web()


@pytest.fixture
def durable_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DurablePostgres]:
    """A factory of clusters of their own that flush to the disk, as production's do."""
    with ExitStack() as stack:

        def make(*options: str) -> Postgres:
            parent = engine_directory(tmp_path_factory.mktemp("durable"))
            cluster = Postgres(parent / "postgres", PostgresSettings(options=options)).start()
            stack.callback(cluster.stop)
            return cluster

        yield make


def wait_for(condition: Callable[[], bool], *, seconds: float = 20, what: str = "it") -> None:
    """Wait until ``condition`` holds; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (httpx.TransportError, psycopg.OperationalError):
            pass
        time.sleep(0.05)
    pytest.fail(f"{what} did not happen within {seconds} s")
