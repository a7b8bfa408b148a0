"""The real local mailbox: SMTP in, a page to read the mails on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from fundraiser.local import processes
from fundraiser.local.places import ROOT
from fundraiser.local.ports import free_port
from tests.support.site import wait_for


@dataclass(frozen=True)
class RunningMailbox:
    """Where it listens: ``email_url`` for the product, ``url`` for people."""

    email_url: str
    url: str


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[RunningMailbox]:
    """A mailbox process of its own, empty."""
    smtp, web = free_port(), free_port()
    command = [sys.executable, "-m", "fundraiser.local.mailbox"]
    command += ["--smtp-port", str(smtp), "--http-port", str(web)]
    command += ["--directory", str(tmp_path / "mails")]
    with (tmp_path / "mailbox.log").open("wb") as output:
        process = processes.spawn(command, output=output, directory=ROOT)
    running = RunningMailbox(f"smtp://127.0.0.1:{smtp}", f"http://127.0.0.1:{web}")
    try:
        wait_for(
            lambda: httpx.get(f"{running.url}/healthz", trust_env=False).is_success,
            what="the mailbox's start",
        )
        yield running
    finally:
        processes.stop(process)
