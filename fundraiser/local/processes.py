"""Starting child processes that cannot outlive us, and stopping them for certain."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from fundraiser.local.places import NOBODY

#: prctl(2): the signal that the kernel sends to this process when its parent thread dies.
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: the child of a process with threads must load nothing.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[Any] | int | None = None,
    text_input: IO[Any] | int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    user: int | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, as ``user`` where one is given (needs root).

    On Linux it gets ``death_signal`` when the calling thread dies, even by SIGKILL: call this from
    a thread that lives as long as the child should, best the main one.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        # After the change of user, which would clear it (prctl(2), PR_SET_PDEATHSIG).
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        [str(part) for part in command],
        stdin=text_input,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=None if environment is None else dict(environment),
        cwd=directory,
        start_new_session=True,
        preexec_fn=tie_to_parent,  # noqa: PLW1509 -- it only makes two system calls
        user=user,
        group=None if user is None else NOBODY,
        extra_groups=None if user is None else [],
    )


def stop(
    process: subprocess.Popen[bytes],
    *,
    first: signal.Signals = signal.SIGTERM,
    patience: float = 10.0,
) -> None:
    """Ask a process to stop; after ``patience`` seconds end it and its whole group by SIGKILL."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    # What it leaves behind in its group (a worker's children) goes too.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_ready(
    process: subprocess.Popen[bytes], is_ready: Callable[[], bool], *, patience: float
) -> bool:
    """Ask until ``is_ready`` says so; False when the process ended or ``patience`` seconds did."""
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        if is_ready():
            return True
        time.sleep(0.02)
    return False


def wait_until_gone(pid: int, *, patience: float) -> bool:
    """Wait for a process that is not our child; return whether it ended in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that ended and only waits to be noticed does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # not Linux, or gone in this moment
        return not Path("/proc/self").exists()
    # The state follows the name in parentheses (proc_pid_stat(5)): Z is a zombie.
    return status.rpartition(")")[2].split()[0] != "Z"


def signal_process(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that is not our child."""
    os.kill(pid, number)
