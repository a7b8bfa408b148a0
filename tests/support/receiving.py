"""A team's program that listens for webhooks, as one outside does: it believes signatures alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook

from events.models import Team, WebhookEndpoint, Workshop
from events.services.webhooks import endpoints
from events.services.webhooks.kinds import KINDS
from tests.sandbox.receiver import Receiver


class Listener:
    """A receiver with its endpoint and secret."""

    def __init__(self, receiver: Receiver, team: Team, kinds: Any = KINDS) -> None:
        self.receiver = receiver
        self.secret, self.endpoint = endpoints.add(team=team, url=receiver.url, kinds=kinds)

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _path, headers, _body in self.receiver.received]

    def told(self, secret: str = "") -> list[dict[str, Any]]:
        """Return what came, each verified; raises WebhookVerificationError."""
        return [
            verified(secret or self.secret, headers, body)
            for _path, headers, body in self.receiver.received
        ]

    def fresh(self) -> WebhookEndpoint:
        return WebhookEndpoint.objects.get(pk=self.endpoint.pk)


def verified(secret: str, headers: dict[str, str], body: bytes) -> Any:
    """Verify a request as of the moment that it was signed at: the tests' clock is not ours."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    with time_machine.travel(at, tick=False):
        Webhook(secret).verify(body, headers, json_parse=False)
    return json.loads(body)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A program on this machine, which may be told."""
    settings.WEBHOOKS_TO_LOCAL = True
    with Receiver() as running:
        yield running


@pytest.fixture
def listener(receiver: Receiver, workshop: Workshop) -> Listener:
    """A program of ``workshop``'s team that is told everything."""
    return Listener(receiver, workshop.campaign.team)
