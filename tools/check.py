"""``make check``: every rule that a machine holds, two at a time; the status is 1 if any fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tests import engines
from tools import messages, sources

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Result:
    """How one check ended."""

    name: str
    passed: bool
    output: str
    seconds: float


def main() -> int:
    """Run all checks, print what each complains about, return 1 if one does."""
    # Settings need addresses, and migrations are compared over a connection.
    engines.prepare(migrated=False)
    settings.configure()  # in this process only, for reading templates
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda check: _timed(*check), _checks()))
    for result in results:
        print(f"{'ok    ' if result.passed else 'FAILED'} {result.name} ({result.seconds:.1f} s)")
    failed = [result.name for result in results if not result.passed]
    for result in results:
        if not result.passed:
            print(f"\n--- {result.name}\n{result.output.strip()}")
    seconds = time.monotonic() - started
    print(f"\nmake check: {', '.join(failed)} failed" if failed else "\nmake check: all is well")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed in {seconds:.1f}s")
    return 1 if failed else 0


def _checks() -> Iterator[tuple[str, Callable[[], tuple[bool, str]]]]:
    """Yield each check's name and what runs it; the longest first."""
    python = sys.executable
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    yield "types", _program(str(BIN / "mypy"))
    yield "style", _program(str(BIN / "ruff"), "check", "--quiet", ".")
    yield "format", _program(str(BIN / "ruff"), "format", "--check", ".")
    yield "architecture", _program(str(BIN / "lint-imports"), "--no-cache")
    yield "dependencies", _program(str(BIN / "deptry"), ".")
    yield (
        "templates",
        _program(str(BIN / "djade"), "--check", "--target-version", "5.2", *templates),
    )
    yield "html", _program(str(BIN / "djlint"), "--lint", "--quiet", "templates")
    yield (
        "migrations",
        _program(python, "manage.py", "makemigrations", "--check", "--dry-run"),
    )
    yield "locks", _program(python, "-m", "tools.locks")
    yield "django", _program(python, "manage.py", "check", "--fail-level", "WARNING")
    yield "messages", lambda: _sentences(messages.problems())
    yield "sources", lambda: _sentences(sources.problems())


def _program(*command: str) -> Callable[[], tuple[bool, str]]:
    def run() -> tuple[bool, str]:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode == 0, done.stdout

    return run


def _sentences(found: Iterator[str]) -> tuple[bool, str]:
    listed = list(found)
    return not listed, "\n".join(listed)


def _timed(name: str, check: Callable[[], tuple[bool, str]]) -> Result:
    started = time.monotonic()
    passed, output = check()
    return Result(name, passed, output, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
