"""``make run`` in a fresh clone of this commit until its page answers, and a second time.

What it installs was downloaded before, by an installation that is thrown away. The clone's own
``.local`` is empty, so the first time makes the environment, the database and the demo.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.house import answers, wait_for
from bench.rows import Row, at_most
from fundraiser.local import processes
from fundraiser.local.places import ROOT, engine_directory
from fundraiser.local.ports import HOST, free_port


def run() -> Iterator[Row]:
    """Measure both starts."""
    clone = Path(tempfile.mkdtemp(prefix="fundraiser-first-"))
    try:
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        _download(clone)
        yield at_most("make run, the first time", _until_it_answers(clone), "s", 60)
        yield at_most("make run, the second time", _until_it_answers(clone), "s", 8)
    finally:
        shutil.rmtree(engine_directory(clone / ".local"), ignore_errors=True)
        shutil.rmtree(clone, ignore_errors=True)


def _download(clone: Path) -> None:
    """Fill the caches of pip and uv."""
    subprocess.run(
        [sys.executable, "tools/install.py", "local"],
        cwd=clone,
        stdout=sys.stderr,
        check=True,
    )
    shutil.rmtree(clone / ".venv")


def _until_it_answers(clone: Path) -> float:
    """Start it as a person does, wait for the home page, stop it; return the seconds until then."""
    port = free_port()
    environment = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], "PORT": str(port)}
    started = time.perf_counter()
    with (clone / "make.log").open("wb") as log:
        process = processes.spawn(
            ["make", "run"], output=log, environment=environment, directory=clone
        )
    try:
        wait_for(lambda: answers(f"http://{HOST}:{port}/"), what="make run", seconds=300)
        seconds = time.perf_counter() - started
        wait_for(lambda: b"is ready" in (clone / "make.log").read_bytes(), what="the demo")
    finally:
        processes.stop(process, first=signal.SIGINT, patience=20)
    return seconds
