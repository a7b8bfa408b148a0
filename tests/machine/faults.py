"""Ways to go wrong in the middle: a process that dies at a kill point, a slow fetch, an outage."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from donations.gateway import Gateway, Payment
from fundraiser.core import failpoints


class Died(BaseException):
    """The process ended here; like a real death it is no Exception that anybody catches."""


@contextmanager
def dying_at(name: str) -> Iterator[list[str]]:
    """Within the block, reaching the kill point ``name`` ends what runs, as SIGKILL would.

    Yields a list that gets the name when it died. PostgreSQL rolls back what was not committed,
    here as there.
    """
    assert name in failpoints.DECLARED
    died: list[str] = []

    def kill(_process: int, _signal: int) -> None:
        died.append(name)
        raise Died(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(failpoints, "_ARMED", f"{name}:kill")
        patch.setattr(failpoints, "os", SimpleNamespace(kill=kill, getpid=os.getpid))
        try:
            yield died
        except Died:
            assert died


class SlowGateway:
    """A gateway whose first answer about a payment is held back while something else happens."""

    def __init__(self, gateway: Gateway, meanwhile: Callable[[], None]) -> None:
        self._gateway = gateway
        self._meanwhile: list[Callable[[], None]] = [meanwhile]
        self.fetches = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def fetch_payment(self, session_id: str, *, account: str) -> Payment:
        """Fetch; then, the first time, let the other thing happen before answering."""
        self.fetches += 1
        payment = self._gateway.fetch_payment(session_id, account=account)
        if self._meanwhile:
            self._meanwhile.pop()()
        return payment
