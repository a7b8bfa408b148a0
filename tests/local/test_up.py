"""``manage.py up`` as a stranger uses it: a copy of the checkout, started, killed, restarted."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from fundraiser.local.places import ROOT, engine_directory
from fundraiser.local.ports import HOST, free_port
from fundraiser.local.processes import is_alive

pytestmark = pytest.mark.alone

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".local", ".env", "node_modules", "__pycache__", ".*_cache", ".hypothesis"
)
#: What the tests themselves set must not reach the copy: it makes its own.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


class Checkout:
    """A copy of this checkout, run by ``manage.py up``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.process = None

    def start(self, **variables):
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=self.root,
            env={**environment, "PORT": str(self.port), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self

    def wait_until_ready(self):
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "for the accounts named above" in line:  # the last line of what it tells
                return "".join(lines)
        pytest.fail("".join(lines))

    def end(self, number=signal.SIGTERM):
        """Send a signal; return the exit status and what was still printed."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said

    def members(self):
        """Return the numbers of all processes that work in the copy, children's children too."""
        found = []
        for link in Path("/proc").glob("[0-9]*/cwd"):
            try:
                inside = link.resolve().is_relative_to(self.root)
            except OSError:
                continue
            engine = str(engine_directory(self.root / ".local"))
            if inside or str(link.resolve()).startswith(engine):
                found.append(int(link.parent.name))
        return [pid for pid in found if is_alive(pid)]

    def manage(self, *arguments):
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def page(self):
        return httpx.get(f"http://{HOST}:{self.port}/", trust_env=False)


@pytest.fixture
def checkout(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkout with a space") / "copy"
    shutil.copytree(ROOT, root, ignore=_LEFT_OUT)
    copy = Checkout(root)
    yield copy
    if copy.process and copy.process.poll() is None:
        copy.process.kill()
        copy.process.wait()
    engines = engine_directory(root / ".local")
    shutil.rmtree(engines, ignore_errors=True)


def wait_until_empty(checkout):
    deadline = time.monotonic() + 30
    while checkout.members() and time.monotonic() < deadline:
        time.sleep(0.1)
    return checkout.members()


def _second_is_refused(checkout):
    refused = checkout.manage("up")
    assert (refused.returncode, refused.stderr.strip()) == (
        1,
        "This checkout runs already: stop that one first, or run another checkout.",
    )
    assert checkout.page().status_code == 200


def _beat_dies(checkout):
    """Return what is said when a killed child makes everything stop."""
    beat = next(
        pid
        for pid in checkout.members()
        if b"\0beat\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(beat, signal.SIGKILL)
    said, _ = checkout.process.communicate(timeout=60)
    assert checkout.process.returncode == 1
    return said


@pytest.mark.long
@pytest.mark.timeout(900)
def test_first_run_restarts_and_kills_keep_the_data_and_leave_nothing_behind(checkout):
    """One story, since a first run makes every table: half a minute each."""
    told = checkout.start().wait_until_ready()
    assert f"http://{HOST}:{checkout.port}/" in told
    assert "$890.00" in told
    assert checkout.page().status_code == 200
    secrets = checkout.root / ".local" / "secrets.env"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE((checkout.root / ".local" / "run.env").stat().st_mode) == 0o600
    assert checkout.manage("check_invariants").returncode == 0
    _second_is_refused(checkout)
    before = (secrets.read_text(), (checkout.root / ".local" / "ports.env").read_text())

    # Killed outright: the kernel and the children's own parents see to it that all go.
    assert checkout.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert wait_until_empty(checkout) == []

    # Ports and data are the same again; one that dies is named, and all stop.
    again = checkout.start().wait_until_ready()
    assert "$890.00" in again
    after = (secrets.read_text(), (checkout.root / ".local" / "ports.env").read_text())
    assert after == before
    assert "beat ended (by SIGKILL), so everything stops" in _beat_dies(checkout)
    assert wait_until_empty(checkout) == []

    # Ctrl-C ends it well.
    assert "$890.00" in checkout.start().wait_until_ready()
    status, said = checkout.end(signal.SIGINT)
    assert (status, said.splitlines()[-1]) == (0, "Stopped.")
    assert wait_until_empty(checkout) == []
    assert not (checkout.root / ".local" / "run.env").exists()


def test_a_taken_port_is_refused_in_one_sentence_naming_port(checkout):
    with socket.socket() as other:
        other.bind((HOST, checkout.port))
        other.listen()
        checkout.start()
        said, _ = checkout.process.communicate(timeout=30)
    assert checkout.process.returncode == 1
    assert said.strip() == (
        f"Port {checkout.port} is taken or not allowed: set PORT to another one, for example "
        f"PORT={checkout.port + 1} make run."
    )
    assert checkout.members() == []


def test_a_base_address_without_its_key_is_refused_by_name(checkout):
    checkout.start(STRIPE_API_BASE="http://127.0.0.1:9")
    said, _ = checkout.process.communicate(timeout=30)
    assert checkout.process.returncode == 1
    assert said.startswith("\nSTRIPE_API_BASE is set without STRIPE_SECRET_KEY")
