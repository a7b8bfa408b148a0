"""Run the tests in two phases: side by side first, then those that must be alone.

``python -m tools.test [--slow] [pytest's arguments]``. Races, kills and whole processes are
marked ``alone``. The last line sums both phases up, as pytest words it.

What failed beside others is asked once more, by itself, under the same order's seed: a test that
stumbles over what another one left behind is named as unsteady and mended, and costs nobody's
landing. What fails twice has failed; so has every race and kill the first time (docs/adr/0029).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence

_NOTHING_COLLECTED = 5
_WORKERS = "2"
_COUNT = re.compile(r"(\d+) (failed|passed|skipped|xfailed|xpassed|errors?|deselected)\b")
_PLURAL = {"error": "errors"}
_SEED = re.compile(r"--randomly-seed=(\d+)")
#: More than these, and it is no stumble.
_MOST_AGAIN = 3
_SHOWN = ("failed", "passed", "skipped", "xfailed", "xpassed", "errors")


def main(arguments: Sequence[str]) -> int:
    """Return the exit status: 0 when something ran and all of it passed."""
    slow = "--slow" in arguments
    asked = [argument for argument in arguments if argument != "--slow"]
    wanted = "slow" if slow else "not slow"
    started = time.monotonic()
    counts: Counter[str] = Counter()
    statuses = []
    for phase, mark in ((_side_by_side, "not alone"), (_one_by_one, "alone")):
        status, found = phase(["-m", f"{mark} and {wanted}", *asked])
        statuses.append(status)
        counts += found
    if all(status == _NOTHING_COLLECTED for status in statuses):
        print("No test matches what was asked for.", flush=True)
        return _NOTHING_COLLECTED
    words = ", ".join(f"{counts[kind]} {kind}" for kind in _SHOWN if counts[kind])
    words = words or "0 passed"
    print(f"==== {words} in {time.monotonic() - started:.2f}s ====", flush=True)
    return max(status for status in statuses if status != _NOTHING_COLLECTED)


def _side_by_side(options: Sequence[str]) -> tuple[int, Counter[str]]:
    """Run tests on all workers; ask a few that failed once more, alone, in a new process."""
    with tempfile.TemporaryDirectory() as kept:
        cache = ["-o", f"cache_dir={kept}"]
        status, found, seed = _phase([*options, *cache, "--numprocesses", _WORKERS])
        failed = found["failed"] + found["errors"]
        if status != 1 or failed > _MOST_AGAIN:
            return status, found
        print(f"\nOnce more, by themselves: the {failed} that failed.", flush=True)
        order = ["-p", "randomly", f"--randomly-seed={seed}"] if seed else []
        again = ["--last-failed", "--last-failed-no-failures", "none", "--numprocesses", "0"]
        status, second, _seed = _phase([*options, *cache, *order, *again])
    if status == 0 and second["passed"] >= failed:
        print(f"UNSTEADY: {failed} failed beside others and passed alone; see above.", flush=True)
        return 0, found + second - Counter({"failed": found["failed"], "errors": found["errors"]})
    return 1, found


def _one_by_one(options: Sequence[str]) -> tuple[int, Counter[str]]:
    """Run tests in one process, each once."""
    status, found, _seed = _phase([*options, "--numprocesses", "0"])
    return status, found


def _phase(options: Sequence[str]) -> tuple[int, Counter[str], str]:
    """Run pytest once, showing its output; return its status, what it counted, and its seed."""
    command = [sys.executable, "-m", "pytest", *options]
    last = seed = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stdout is not None  # noqa: S101 -- asked for
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line if line.strip() else last
            seed = seed or "".join(_SEED.findall(line))
    found = Counter({_PLURAL.get(kind, kind): int(n) for n, kind in _COUNT.findall(last)})
    if process.returncode not in (0, _NOTHING_COLLECTED) and not found["failed"] + found["errors"]:
        found["errors"] = 1  # pytest itself could not go on
    return process.returncode, found, seed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
