"""The sandbox for tests: one process per test worker, emptied before each test that uses it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fundraiser.local import processes
from fundraiser.local.places import ROOT


class SandboxControl:
    """The sandbox's own controls (/_sandbox/…), each named as its address. Times are in seconds."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._client = httpx.Client(base_url=base, timeout=30, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def post(self, control: str, **body: Any) -> Any:
        """Call a control; return its JSON answer. Errors: AssertionError with what it said."""
        given = {name: value for name, value in body.items() if value is not None}
        return self._answer(self._client.post(f"/_sandbox/{control}", json=given))

    def get(self, control: str, **query: Any) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        return self._answer(self._client.get(f"/_sandbox/{control}", params=given))

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        about = f"{response.request.url}: {response.status_code} {response.text}"
        assert response.is_success, about
        return response.json() if response.content else None

    def pay(self, session: str, **how: Any) -> Any:
        """Pay as the hosted page would: card=…, method=…, account=…, outcome=…."""
        return self.post("pay", session=session, **how)

    def expire(self, session: str, *, account: str | None = None) -> Any:
        return self.post("expire", session=session, account=account)

    def settle_debit(self, session: str, *, succeeded: bool) -> Any:
        return self.post("settle_debit", session=session, succeeded=succeeded)

    def refund(self, **what: Any) -> Any:
        """Refund as in Stripe's dashboard: charge=… or payment_intent=…, amount=…."""
        return self.post("refund", **what)

    def fail_refund(self, refund: str) -> Any:
        return self.post("fail_refund", refund=refund)

    def dispute(self, charge: str) -> Any:
        return self.post("dispute", charge=charge)

    def dispute_close(self, dispute: str, *, status: str) -> Any:
        return self.post("dispute_close", dispute=dispute, status=status)

    def payout(self, *, account: str | None = None) -> Any:
        return self.post("payout", account=account)

    def hold_deliveries(self) -> None:
        """Send no webhook by itself: tests take them from ``deliveries`` (the default here)."""
        self.post("deliveries", mode="hold")

    def deliver_automatically(self) -> None:
        """Send webhooks as they happen to the ``web_server`` fixture's site, with retries."""
        self.post("deliveries", mode="auto")

    def deliveries(self) -> list[dict[str, Any]]:
        """Return the pending webhooks, each signed afresh: event, url, body (text), headers."""
        found: list[dict[str, Any]] = self.get("deliveries")
        return found

    def deliver(self, event: str, *, times: int = 1, delay: float = 0) -> Any:
        return self.post("deliver", event=event, times=times, delay=delay)

    def drop(self, event: str) -> Any:
        return self.post("drop", event=event)

    def resend_all(self) -> Any:
        return self.post("resend_all")

    def fail_next(self, count: int, *, how: str, path: str | None = None) -> Any:
        """Fail the next calls: timeout, reset, 500, 409, 429, or after (done, answer lost)."""
        return self.post("fail_next", count=count, how=how, path=path)

    def late_fees(self, *, on: bool) -> Any:
        return self.post("late_fees", on=on)

    def release_fees(self) -> Any:
        return self.post("release_fees")

    def tamper(self, session: str, **changes: Any) -> Any:
        """Falsify a session: amount=…, currency=…, livemode=…."""
        return self.post("tamper", session=session, **changes)

    def miscount(self, kind: str, identifier: str, field: str, by: int = 1) -> Any:
        """Add to an amount of an object, such as the fee of a balance_transaction."""
        return self.post("miscount", kind=kind, id=identifier, field=field, by=by)

    def advance_clock(self, seconds: float) -> Any:
        return self.post("clock", advance=seconds)

    def set_clock(self, unix: int) -> Any:
        return self.post("clock", now=unix)

    def reset(self, *, account: str | None = None) -> Any:
        return self.post("reset", account=account)

    def events(self, *, account: str | None = None) -> Any:
        return self.get("events", account=account)

    def balance_transactions(self, *, account: str | None = None) -> Any:
        return self.get("balance_transactions", account=account)


def start_sandbox(
    *,
    port: int,
    data: Path,
    site: str,
    log: Path,
    secrets: tuple[str, str] | None = None,
    more: tuple[str, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start ``python -m sandbox`` with webhooks to ``site``; wait until it says it is ready."""
    own, connected = secrets or (
        os.environ["STRIPE_WEBHOOK_SECRET"],
        os.environ["STRIPE_CONNECT_WEBHOOK_SECRET"],
    )
    command: list[str | Path] = [sys.executable, "-m", "sandbox", "--port", str(port)]
    command += ["--data", data]
    command += ["--webhook", f"{site}/stripe/webhook/"]
    command += ["--webhook-secret", own]
    command += ["--connect-webhook", f"{site}/stripe/webhook/connect/"]
    command += ["--connect-webhook-secret", connected, *more]
    with log.open("wb") as output:
        process = processes.spawn(command, output=output, directory=ROOT)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if "sandbox ready" in log.read_text(errors="replace"):
            return process
        time.sleep(0.02)
    processes.stop(process)
    pytest.fail(f"The sandbox did not start: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def _sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxControl]:
    directory = tmp_path_factory.mktemp("sandbox")
    process = start_sandbox(
        port=int(os.environ["TEST_SANDBOX_PORT"]),
        data=directory / "sandbox.json",
        site=os.environ["SITE_URL"],
        log=directory / "log",
    )
    control = SandboxControl(os.environ["STRIPE_API_BASE"])
    yield control
    control.close()
    processes.stop(process)


@pytest.fixture
def sandbox(_sandbox_process: SandboxControl) -> SandboxControl:
    """The worker's sandbox, emptied, holding its webhooks back until told to send them."""
    _sandbox_process.reset()
    _sandbox_process.hold_deliveries()
    return _sandbox_process
