"""Variables from ``.env`` and from a running ``manage.py up``, as defaults for what is unset."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import environ

from fundraiser.local.errors import StartError
from fundraiser.local.places import write_secret


def is_set(name: str) -> bool:
    """Say whether a variable is given, itself or as a file (``NAME_FILE``)."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def load_defaults(root: Path) -> None:
    """Take ``.env`` and, while ``manage.py up`` runs here, what it started, as defaults."""
    environ.Env.read_env(root / ".env")
    if _is_locked(root / ".local" / "up.lock"):
        environ.Env.read_env(root / ".local" / "run.env")


def write_variables(file: Path, variables: Mapping[str, str]) -> None:
    """Write NAME=value lines that only the owner of the file can read."""
    write_secret(file, "".join(f"{name}={value}\n" for name, value in variables.items()))


def read_variables(file: Path) -> dict[str, str]:
    """Return what ``write_variables`` wrote; nothing where there is no such file."""
    if not file.exists():
        return {}
    pairs = (line.partition("=") for line in file.read_text().splitlines())
    return {name: value for name, separator, value in pairs if separator}


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold ``lock`` while the block runs; the kernel lets it go however we end.

    Errors: StartError when another process holds it.
    """
    with lock.open("a") as file:
        for attempt in range(10):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if attempt == 9:
                    raise StartError(
                        "This checkout runs already: stop that one first, or run another checkout."
                    ) from error
                time.sleep(0.1)  # a manage.py that only looked (_is_locked) is gone by then
        yield


def _is_locked(lock: Path) -> bool:
    """Say whether ``only_one`` holds this lock now."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
