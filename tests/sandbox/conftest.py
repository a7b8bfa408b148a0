"""Fixtures: one strict sandbox for all tests here, emptied before each, and a webhook receiver."""

import pytest

from tests.sandbox.receiver import SECRET, Receiver
from tests.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def receiver_process():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def sandbox_process(receiver_process):
    url = receiver_process.url
    with running_sandbox(
        "--strict",
        "--webhook",
        f"{url}/platform",
        "--webhook-secret",
        SECRET,
        "--connect-webhook",
        f"{url}/connect",
        "--connect-webhook-secret",
        SECRET,
    ) as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process):
    """An empty sandbox that delivers nothing by itself."""
    sandbox_process.control.reset()
    sandbox_process.control.hold_deliveries()
    return sandbox_process


@pytest.fixture
def receiver(receiver_process, sandbox):
    receiver_process.clear()
    return receiver_process


@pytest.fixture
def client(sandbox):
    return sandbox.client()
