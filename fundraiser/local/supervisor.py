"""Running several programs together: prefixed output, one's end is the end of all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

from fundraiser.local import processes
from fundraiser.local.errors import StartError
from fundraiser.local.places import ROOT

_POLL_SECONDS = 0.1
_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95)


class Interrupted(BaseException):
    """Somebody asked us to stop (SIGINT, SIGTERM, SIGHUP)."""


class Supervisor:
    """The programs of one ``manage.py up``: each line of theirs gets their name in front.

    Use it as a context: whatever happens inside, all programs are stopped at its end, the last
    started first. All methods belong to the main thread.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stops: list[Callable[[], None]] = []
        self._pumps: dict[str, threading.Thread] = {}
        logs.mkdir(exist_ok=True)

    def __enter__(self) -> Supervisor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # being asked twice must leave nothing behind
        for stop in reversed(self._stops):
            stop()
        for pump in self._pumps.values():
            pump.join(timeout=2)

    @staticmethod
    def _interrupt(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(signal.Signals(number).name)

    def adopt(self, name: str, process: subprocess.Popen[bytes], stop: Callable[[], None]) -> None:
        """Watch over an engine that was started elsewhere; ``stop`` ends it."""
        self._running[name] = process
        self._stops.append(stop)

    def start(self, name: str, command: Sequence[str | Path]) -> None:
        """Start a program that is to run until the end."""
        self._running[name] = self._spawn(name, command)

    def run(self, jobs: Mapping[str, Sequence[str | Path]]) -> None:
        """Run commands side by side to their end. Errors: StartError when one of them fails."""
        started = {name: self._spawn(name, command) for name, command in jobs.items()}
        while any(job.poll() is None for job in started.values()):
            self.check()
            time.sleep(_POLL_SECONDS / 5)
        for name, job in started.items():
            self._pumps[name].join(timeout=2)
            if job.returncode:
                raise StartError(f"{name} failed with status {job.returncode}; it says why above.")

    def wait_until(self, ready: Callable[[], bool], *, what: str, seconds: float) -> None:
        """Wait for ``ready``. Errors: StartError when time is up or a program ended."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise StartError(f"{what} was not ready after {seconds:g} s.")
            time.sleep(_POLL_SECONDS / 2)

    def check(self) -> None:
        """Errors: StartError when one of the programs is no longer running."""
        for name, process in self._running.items():
            if process.poll() is not None:
                if name in self._pumps:
                    self._pumps[name].join(timeout=2)
                raise StartError(
                    f"{name} ended ({_ending(process.returncode)}), so everything stops; its "
                    f"output is in {self._logs / name}.log."
                )

    def watch(self) -> None:
        """Run until a program ends (StartError) or somebody asks us to stop (Interrupted)."""
        while True:
            self.check()
            time.sleep(_POLL_SECONDS * 2)

    def _spawn(self, name: str, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        process = processes.spawn(
            command,
            output=subprocess.PIPE,
            environment=self._environment,
            directory=ROOT,
        )
        self._stops.append(lambda: processes.stop(process))
        assert process.stdout is not None  # noqa: S101 -- asked for
        arguments = (name, len(self._pumps), process.stdout, self._logs / f"{name}.log")
        pump = threading.Thread(target=_pump, args=arguments, daemon=True)
        pump.start()
        self._pumps[name] = pump
        return process


def _pump(name: str, number: int, lines: IO[bytes], log: Path) -> None:
    """Copy a program's output, line by line, to the terminal and to its log."""
    label = f"{name:<9}| "
    if sys.stdout.isatty():
        label = f"\033[{_COLOURS[number % len(_COLOURS)]}m{label}\033[0m"
    with log.open("wb", buffering=0) as file:
        for line in lines:
            file.write(line)
            sys.stdout.write(label + line.decode(errors="replace").rstrip("\n") + "\n")
            sys.stdout.flush()


def _ending(status: int) -> str:
    return f"status {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
