"""Run the tests in two phases: side by side first, then those that must be alone.

``python -m tools.test [--slow] [pytest's arguments]``. Races, kills and whole processes are
marked ``alone``. The last line sums both phases up, as pytest words it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence

_NOTHING_COLLECTED = 5
_WORKERS = "2"
_COUNT = re.compile(r"(\d+) (failed|passed|skipped|xfailed|xpassed|errors?|deselected)\b")
_PLURAL = {"error": "errors"}
_SHOWN = ("failed", "passed", "skipped", "xfailed", "xpassed", "errors")


def main(arguments: Sequence[str]) -> int:
    """Return the exit status: 0 when something ran and all of it passed."""
    slow = "--slow" in arguments
    asked = [argument for argument in arguments if argument != "--slow"]
    wanted = "slow" if slow else "not slow"
    started = time.monotonic()
    counts: Counter[str] = Counter()
    statuses = []
    for marks, options in (
        (f"not alone and {wanted}", ["--numprocesses", _WORKERS]),
        (f"alone and {wanted}", ["--numprocesses", "0"]),
    ):
        status, last_line = _phase(["-m", marks, *options, *asked])
        statuses.append(status)
        found = Counter(
            {_PLURAL.get(kind, kind): int(number) for number, kind in _COUNT.findall(last_line)}
        )
        if status not in (0, _NOTHING_COLLECTED) and not found["failed"] + found["errors"]:
            found["errors"] = 1  # pytest itself could not go on
        counts += found
    if all(status == _NOTHING_COLLECTED for status in statuses):
        print("No test matches what was asked for.", flush=True)
        return _NOTHING_COLLECTED
    words = ", ".join(f"{counts[kind]} {kind}" for kind in _SHOWN if counts[kind])
    words = words or "0 passed"
    print(f"==== {words} in {time.monotonic() - started:.2f}s ====", flush=True)
    return max(status for status in statuses if status != _NOTHING_COLLECTED)


def _phase(options: Sequence[str]) -> tuple[int, str]:
    """Run pytest once, showing its output as it comes; return its status and its last line."""
    command = [sys.executable, "-m", "pytest", *options]
    last = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stdout is not None  # noqa: S101 -- asked for
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line if line.strip() else last
    return process.returncode, last


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
