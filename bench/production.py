"""An environment as the Dockerfile has it: what the product needs, compiled, and no tools beside.

Tools change what the product loads: Stripe's library takes httpx where it finds it, and httpx takes
rich. Memory is therefore measured of what people run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from fundraiser.local.places import ROOT

_WANTED = ROOT / "requirements" / "base.txt"
_VENV = ROOT / ".local" / "bench" / "production"
_PYTHON = _VENV / "bin" / "python"
_OURS = ("fundraiser", "events", "donations")


def programs() -> str:
    """Return the folder of its programs, installed first where the locked set is another one."""
    installed = _VENV / "requirements.txt"
    if not installed.exists() or installed.read_bytes() != _WANTED.read_bytes():
        _install()
        shutil.copyfile(_WANTED, installed)
    compiled = [str(_PYTHON), "-m", "compileall", "-q", *_OURS]
    subprocess.run(compiled, cwd=ROOT, check=True)
    return str(_PYTHON.parent)


def _install() -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    made = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(_VENV)]
    subprocess.run(made, check=True)
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"]
    subprocess.run([*sync, "--python", str(_PYTHON), str(_WANTED)], check=True)
