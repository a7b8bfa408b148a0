"""Starts the real sandbox as a process of its own, for tests and the conformance run."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import stripe

from sandbox.client import SandboxControl

ROOT = Path(__file__).parents[2]
READY = "sandbox ready "


@dataclass
class RunningSandbox:
    """A sandbox that answers at ``url``."""

    process: subprocess.Popen
    url: str

    @property
    def control(self) -> SandboxControl:
        return SandboxControl(self.url)

    def client(self, **options) -> stripe.StripeClient:
        """Stripe's own client for this sandbox; it never retries unless told."""
        return stripe.StripeClient("sk_test_sandbox", base_addresses={"api": self.url}, **options)

    def kill(self) -> None:
        """SIGKILL: no chance to save anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """SIGTERM, as an operator stops it."""
        self.process.terminate()
        self.process.wait(10)


def start_sandbox(*options: str) -> RunningSandbox:
    """Starts one on a free port and waits until it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    if not line.startswith(READY):
        process.kill()
        process.wait(10)
        raise RuntimeError(f"the sandbox did not start: {line!r}")
    return RunningSandbox(process, line.removeprefix(READY).strip())


@contextmanager
def running_sandbox(*options: str) -> Iterator[RunningSandbox]:
    """A sandbox that is stopped at the end."""
    running = start_sandbox(*options)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
        running.process.stdout.close()
