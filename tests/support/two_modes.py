"""Both of Stripe's modes at once: a sandbox that plays live mode beside the usual one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import caches
from django.test import Client, override_settings

from events.models import Campaign
from events.states import TEST_ACCOUNT
from fundraiser.local import ports, processes
from fundraiser.test_mode_settings import StripeTest
from tests.support.cast import make_campaign
from tests.support.mail import SmtpSink
from tests.support.sandbox import SandboxControl, start_sandbox
from tests.support.story import Story

LIVE_SECRET = "whsec_tests_live"


@dataclass
class TwoModes:
    """One site with live keys and test keys: what happens at Stripe in each mode."""

    live: Story
    test: Story


def make_test_campaign(**values: object) -> Campaign:
    """Return a published campaign that runs on Stripe's test keys."""
    given = {"title": "Rehearsal", "test_mode": True, "stripe_account": TEST_ACCOUNT}
    return make_campaign(**{**given, **values})


@pytest.fixture(scope="session")
def _live_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxControl]:
    directory, port = tmp_path_factory.mktemp("live-sandbox"), ports.free_port()
    process = start_sandbox(
        port=port,
        data=directory / "sandbox.json",
        site=os.environ["SITE_URL"],
        log=directory / "log",
        secrets=(LIVE_SECRET, "whsec_tests_live_connect"),
        more=("--live",),
    )
    control = SandboxControl(f"http://127.0.0.1:{port}")
    yield control
    control.close()
    processes.stop(process)


@pytest.fixture
def two_modes(
    client: Client,
    db: None,
    sandbox: SandboxControl,
    _live_process: SandboxControl,
    smtp_sink: SmtpSink,
) -> Iterator[TwoModes]:
    """The site as it is with both pairs of keys; the usual sandbox is Stripe's test mode."""
    caches["pages"].clear()
    _live_process.reset()
    _live_process.hold_deliveries()
    test_keys = StripeTest(
        secret_key=os.environ["STRIPE_SECRET_KEY"],
        webhook_secrets=(os.environ["STRIPE_WEBHOOK_SECRET"],),
        api_base=os.environ["STRIPE_API_BASE"],
    )
    with override_settings(
        STRIPE_SECRET_KEY="sk_live_made_up",
        STRIPE_API_BASE=_live_process.base,
        STRIPE_WEBHOOK_SECRETS=[LIVE_SECRET],
        STRIPE_LIVEMODE=True,
        STRIPE_TEST=test_keys,
    ):
        yield TwoModes(Story(client, _live_process, smtp_sink), Story(client, sandbox, smtp_sink))
