"""Make ``.venv`` and install a hash-locked set into it: ``python3 tools/install.py local|dev``.

The two sets share one environment: ``dev`` contains ``local``, so an environment that holds dev
stays as it is when local is asked for. A second time takes no time. Standard library only, and
readable by an old Python, so that it can say what is wrong.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"
STATE = VENV / "installed"
OLDEST = (3, 11)
NEWEST_KNOWN = 16


def main() -> None:
    """Install the set named on the command line, unless it is there already."""
    wanted = sys.argv[1]
    kept = STATE.read_text().split() if STATE.exists() else []
    if kept[:1] == ["dev"]:
        wanted = "dev"
    if kept == [wanted, _fingerprint(wanted)]:
        return
    python = _environment_python()
    print(f"Installing requirements/{wanted}.txt into .venv …", flush=True)
    STATE.unlink(missing_ok=True)
    _install(python, wanted)
    STATE.write_text(f"{wanted} {_fingerprint(wanted)}\n")


def _fingerprint(name: str) -> str:
    digest = hashlib.sha256((REQUIREMENTS / f"{name}.txt").read_bytes())
    return digest.hexdigest()


def _environment_python() -> Path:
    """Return the environment's Python; make the environment where it is missing or broken."""
    python = VENV / "bin" / "python"
    if not _works([str(python), "-m", "pip", "--version"]):
        if not _works([_base_python(), "-c", "import ensurepip, venv"]):
            sys.exit(
                "Python's venv module is incomplete here. Debian and Ubuntu keep it apart: "
                "apt-get install python3-venv (as root), then try again."
            )
        print("Making .venv …", flush=True)
        if not _runs([_base_python(), "-m", "venv", "--clear", str(VENV)]):
            sys.exit("The virtual environment .venv could not be made; see above.")
    return python


def _base_python() -> str:
    """Return a Python that is new enough: this one, else one of the usual names."""
    if sys.version_info >= OLDEST:
        return getattr(sys, "_base_executable", sys.executable)
    for minor in range(NEWEST_KNOWN, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    sys.exit(
        "Python {}.{} or newer is needed, and python3 is {}.{}: install a newer one, or name it "
        "with PYTHON=/path/to/python3.".format(*OLDEST, *sys.version_info[:2])
    )


def _works(command: list[str]) -> bool:
    """Say whether a command succeeds, without showing what it prints."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _runs(command: list[str]) -> bool:
    """Run a command in front of everybody; say whether it succeeded."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment.pop("VIRTUAL_ENV", None)
    return subprocess.run(command, env=environment, check=False).returncode == 0


def _install(python: Path, name: str) -> None:
    """Bring the environment to exactly this set with uv; with pip where uv cannot be had."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"]
    uv = [str(python.with_name("uv")), "pip", "sync", "--quiet", "--require-hashes"]
    uv += ["--python", str(python)]
    locked = str(REQUIREMENTS / f"{name}.txt")
    if not _works([uv[0], "--version"]):
        _runs([*pip, str(REQUIREMENTS / "install.txt")])
    if _works([uv[0], "--version"]) and _runs([*uv, locked]):
        return
    print("uv could not install them; trying pip, which is slower …", flush=True)
    if not _runs([*pip, locked]):
        sys.exit(f"requirements/{name}.txt could not be installed; see above.")


if __name__ == "__main__":
    main()
