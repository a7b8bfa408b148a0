"""Run the tests in two phases: side by side first, then those that make a crowd of their own.

``python -m tools.test [--slow] [pytest's arguments]``. Races, kills and whole processes are
marked ``alone``: they run file by file, at most two files at once. The last line sums both phases
up, as pytest words it.

What failed beside others is asked once more, by itself, under the same order's seed: a test that
stumbles over what another one left behind is named as unsteady and mended, and costs nobody's
landing. What fails twice has failed; so has every race and kill the first time (docs/adr/0029). A
negative control among them looks for no race, nor do the tests of the local servers: these, too,
are asked once more.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_NOTHING_COLLECTED = 5
#: One more than the two cores of a small machine: browsers, mails and processes are waited for.
_SIDE_BY_SIDE = ("--numprocesses", "3", "--dist", "worksteal")
_FILE_BY_FILE = ("--numprocesses", "2", "--dist", "loadfile")
_COUNT = re.compile(r"(\d+) (failed|passed|skipped|xfailed|xpassed|errors?|deselected)\b")
_PLURAL = {"error": "errors"}
_SEED = re.compile(r"--randomly-seed=(\d+)")
_WORDS = re.compile(r"^(?:FAILED|ERROR) (\S+?::\S.*)$")
#: More than these, and it is no stumble.
_MOST_AGAIN = 8
_SHOWN = ("failed", "passed", "skipped", "xfailed", "xpassed", "errors")


@dataclass(frozen=True, slots=True)
class _Ended:
    """What a run of pytest came to: its exit status, its counts, its seed of the order, and what
    it said of each test that failed ("tests/x.py::test_y - AssertionError")."""

    status: int
    counts: Counter[str] = field(default_factory=Counter)
    seed: str = ""
    failures: tuple[str, ...] = ()


def main(arguments: Sequence[str]) -> int:
    """Return the exit status: 0 when something ran and all of it passed."""
    slow = "--slow" in arguments
    asked = [argument for argument in arguments if argument != "--slow"]
    wanted = "slow" if slow else "not slow"
    started = time.monotonic()
    phases = [
        _tried([*_SIDE_BY_SIDE, "-m", f"not alone and {wanted}", *asked], _any),
        _tried([*_FILE_BY_FILE, "-m", f"alone and {wanted}", *asked], _looks_for_no_race),
    ]
    if all(phase.status == _NOTHING_COLLECTED for phase in phases):
        print("No test matches what was asked for.", flush=True)
        return _NOTHING_COLLECTED
    for words in [words for phase in phases for words in phase.failures]:
        print(f"FAILED {words}", flush=True)
    counts: Counter[str] = sum((phase.counts for phase in phases), Counter())
    told = ", ".join(f"{counts[kind]} {kind}" for kind in _SHOWN if counts[kind])
    print(f"==== {told or '0 passed'} in {time.monotonic() - started:.2f}s ====", flush=True)
    return max(phase.status for phase in phases if phase.status != _NOTHING_COLLECTED)


def _any(_test: str) -> bool:
    return True


def _looks_for_no_race(test: str) -> bool:
    """Whether a test may fail for the machine's sake: a control, or one of the local servers."""
    return "::test_control_" in test or test.startswith("tests/local/")


def _tried(options: Sequence[str], may_stumble: Callable[[str], bool]) -> _Ended:
    """Run tests; ask a few that failed once more, alone, in a new process, where all of them may.

    ``may_stumble`` is asked with a test's name ("tests/x.py::test_y").
    """
    with tempfile.TemporaryDirectory() as kept:
        cache = ["-o", f"cache_dir={kept}"]
        first = _phase([*options, *cache])
        failed = {words.partition(" - ")[0] for words in first.failures}
        few = 0 < len(failed) <= _MOST_AGAIN
        if first.status != 1 or not few or not all(map(may_stumble, failed)):
            return first
        print(f"\nOnce more, by themselves: the {len(failed)} that failed.", flush=True)
        order = ["-p", "randomly", f"--randomly-seed={first.seed}"] if first.seed else []
        again = ["--last-failed", "--last-failed-no-failures", "none", "--numprocesses", "0"]
        second = _phase([*options, *cache, *order, *again])
    if second.status != 0 or second.counts["passed"] < len(failed):
        return first
    for words in first.failures:
        print(f"UNSTEADY, it failed beside others and passed alone: {words}", flush=True)
    stumbled = {kind: first.counts[kind] for kind in ("failed", "errors")}
    passed = {"passed": second.counts["passed"]}
    return _Ended(0, first.counts - Counter(stumbled) + Counter(passed))


def _phase(options: Sequence[str]) -> _Ended:
    """Run pytest once, showing its output."""
    command = [sys.executable, "-m", "pytest", *options]
    last = seed = ""
    failures = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stdout is not None  # noqa: S101 -- asked for
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line if line.strip() else last
            seed = seed or "".join(_SEED.findall(line))
            failures += _WORDS.findall(line)
    found = Counter({_PLURAL.get(kind, kind): int(n) for n, kind in _COUNT.findall(last)})
    if process.returncode not in (0, _NOTHING_COLLECTED) and not found["failed"] + found["errors"]:
        found["errors"] = 1  # pytest itself could not go on
    return _Ended(process.returncode, found, seed, tuple(failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
