"""A house that lives: processes beat and rounds come, minute by minute, on a moved clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from donations.gateway.stripe import for_visitors
from donations.services import inbox, reconcile
from donations.services.health import alarms, drift, heartbeats
from donations.services.health.heartbeats import Process
from events.services.mails import sender
from events.services.webhooks import sender as webhooks
from fundraiser.schedule import BEAT_SCHEDULE
from tests.support.clock import Clock
from tests.support.sandbox import SandboxControl

TOKEN = "a-token-for-the-metrics"


@dataclass
class House:
    """``stopped`` names rounds and processes that have failed: they come no more."""

    clock: Clock
    client: Client
    sandbox: SandboxControl
    stopped: set[str] = field(default_factory=set)
    _passed: int = 0

    def to_the_present(self) -> None:
        """Set the product's and Stripe's clock to what PostgreSQL's shows."""
        self.clock.set(datetime.now(UTC))
        self._same_at_stripe()

    def live(self, minutes: int) -> None:
        """Let so many minutes pass, each with the rounds that are due in it."""
        for _ in range(minutes):
            self.clock.advance(minutes=1)
            self._same_at_stripe()
            self._passed += 1
            self.rounds()

    def _same_at_stripe(self) -> None:
        self.sandbox.post("clock", now=int(self.clock.now().timestamp()), freeze=True)

    def rounds(self) -> None:
        """Do what is due at this minute."""
        for kind in heartbeats.KINDS:
            self._do(kind, lambda kind=kind: heartbeats.beat(Process(kind, "house", 1)))
        self._do("events", lambda: inbox.apply_pending(gateway=for_visitors()))
        self._do("mails", sender.send_due)
        self._do("webhooks", webhooks.send_due)
        self._periodic("donations.reconcile", lambda: reconcile.run_due(gateway=for_visitors()))
        self._periodic("donations.check_invariants", drift.check)

    def _do(self, name: str, round_: Callable[[], object]) -> None:
        if name not in self.stopped:
            round_()

    def _periodic(self, name: str, round_: Callable[[], object]) -> None:
        if self._passed % (BEAT_SCHEDULE[name]["schedule"] / 60) == 0:
            self._do(name, round_)

    def watch(self) -> int:
        """Do the round that raises and ends alarms."""
        return alarms.watch()

    def page(self, language: str = "en") -> str:
        """Return the health page."""
        answer = self.client.get("/organize/health/", headers={"Accept-Language": language})
        assert answer.status_code == 200
        return answer.content.decode()

    def red_on_page(self) -> set[str]:
        """Return the checks with an alarm's badge on the page."""
        lines = re.findall(
            r'<li class="stack tight" id="(\w+)">.*?class="badge (good|bad)"',
            self.page(),
            re.DOTALL,
        )
        assert len(lines) > 10
        return {name for name, badge in lines if badge == "bad"}

    def metrics(self) -> dict[str, dict[str, float]]:
        """Return what Prometheus reads: {gauge: {check or process: value}}."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = Client().get("/metrics", headers=headers)
        assert answer.status_code == 200
        return {
            family.name: {
                one.labels.get("check") or one.labels["process"]: one.value
                for one in family.samples
            }
            for family in text_string_to_metric_families(answer.content.decode())
        }

    def red_in_metrics(self) -> set[str]:
        """Return the checks whose ok flag is not 1."""
        return {name for name, ok in self.metrics()["fundraiser_check_ok"].items() if ok != 1}


@pytest.fixture
def house(
    clock: Clock, settings: Settings, db: None, sandbox: SandboxControl, smtp_sink: object
) -> House:
    """A house in which all is well, seen by its admin."""
    settings.METRICS_TOKEN = TOKEN
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "admin@example.org"))
    house = House(clock, client, sandbox)
    house.to_the_present()
    house.rounds()
    return house
