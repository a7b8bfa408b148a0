"""Collecting the static files only when one of them changed: it takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from fundraiser.local.places import LOCAL, ROOT

_STAMP = LOCAL / "static.stamp"


def collect_command(variables: Mapping[str, str]) -> list[str]:
    """Return the arguments for manage.py, or none where the collected files are still right."""
    root = Path(variables["STATIC_ROOT"])
    if (root / "staticfiles.json").exists() and _remembered() == _state():
        return []
    return ["collectstatic", "--no-input", "--clear", "--verbosity", "0"]


def remember_collected() -> None:
    """Note what was collected."""
    _STAMP.write_text(_state())


def _remembered() -> str:
    return _STAMP.read_text() if _STAMP.exists() else ""


def _state() -> str:
    """Return a fingerprint of our files and of the locked packages, which bring the rest."""
    digest = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    digest.update((ROOT / "fundraiser" / "settings.py").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
