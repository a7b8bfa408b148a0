"""Where a checkout keeps what it makes: ``.local/``, or where PostgreSQL's user can reach it."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from fundraiser.local.errors import StartError

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = ROOT / ".local"

#: PostgreSQL refuses to run as root; this is the user (and group) "nobody" everywhere on Linux.
NOBODY = 65534


def engine_user() -> int | None:
    """Return the user id that PostgreSQL must run as, or None where it is our own."""
    return NOBODY if os.geteuid() == 0 else None


def reachable(path: Path) -> bool:
    """Say whether the engine's user may walk down to ``path`` and read it."""
    if engine_user() is None:
        return True
    read = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
    return path.stat().st_mode & read == read and all(
        parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents
    )


def engine_directory(local: Path) -> Path:
    """Return the folder for engine files: ``local`` itself, or one that the engine's user reaches.

    The second is keyed by the first's path, so that checkouts side by side stay apart. It lies in
    /var/tmp, which outlives a restart of the machine.

    Errors: StartError when somebody else made that folder (it could be a trap).
    """
    make_private(local, mode=0o755)
    if reachable(local):
        return local
    key = hashlib.sha256(str(local.resolve()).encode()).hexdigest()[:16]
    substitute = Path("/var/tmp") / f"fundraiser-{key}"  # noqa: S108 -- ownership is checked below
    make_private(substitute, mode=0o755)
    return substitute


def make_private(path: Path, *, mode: int) -> None:
    """Make a folder that is ours, with exactly ``mode``; refuse one of somebody else's."""
    path.mkdir(parents=True, exist_ok=True)
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in (os.geteuid(), NOBODY):
        raise StartError(
            f"{path} belongs to another user: start this as that user, or remove the folder."
        )
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, in one step: never half, never open to others."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
