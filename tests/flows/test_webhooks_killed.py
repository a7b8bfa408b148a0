"""A sender of webhooks that is killed by SIGKILL after it sent and before it could note it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import Team, WebhookDelivery
from events.services.webhooks import claims, outbox, sender
from events.services.webhooks.kinds import KINDS
from tests.sandbox.receiver import Receiver
from tests.support.clock import Clock
from tests.support.killing import killed_command
from tests.support.receiving import Listener
from tests.support.threads import together

#: tests/promises/test_kill_points.py holds these against what is declared.
POINTS = ("webhook:sent",)

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def _doubled(receiver: Receiver) -> int:
    """Return how many requests repeat an earlier one; each must be believed as the first was."""
    ids = [headers["webhook-id"] for _path, headers, _body in receiver.received]
    return len(ids) - len(set(ids))


def test_a_killed_sender_loses_nothing_and_doubles_one_under_its_number(
    receiver: Receiver, clock: Clock
) -> None:
    listener = Listener(receiver, Team.objects.create(name="A", slug="a"), KINDS)
    first = outbox.tell_test(listener.endpoint)
    clock.advance(seconds=1)
    second = outbox.tell_test(listener.endpoint)

    killed_command("drain", *POINTS, WEBHOOKS_TO_LOCAL="true")

    assert listener.ids() == [first.header_id]
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("sending", 1)  # it is leased to the dead one
    assert sender.send_due() == 0  # and nothing overtakes it at the same address
    clock.advance(2 * claims.LEASE)  # the lease began by the machine's clock, a little later
    assert sender.send_due() == 2
    assert sorted(listener.ids()) == sorted([first.header_id, first.header_id, second.header_id])
    assert _doubled(receiver) == 1
    assert len(listener.told()) == 3  # each with a signature that counts
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_control_a_sender_that_notes_before_it_sends_loses_it(
    receiver: Receiver, clock: Clock
) -> None:
    listener = Listener(receiver, Team.objects.create(name="A", slug="a"), KINDS)
    outbox.tell_test(listener.endpoint)
    taken = claims.take()
    assert taken is not None
    claims.finish(taken, sender.WebhookState.DELIVERED)  # and dies
    clock.advance(2 * claims.LEASE)
    assert sender.send_due() == 0
    assert listener.ids() == []


def test_failures_at_one_moment_are_each_counted_and_the_rest_is_the_last_one_s(
    receiver: Receiver, clock: Clock
) -> None:
    endpoint = Listener(receiver, Team.objects.create(name="A", slug="a"), KINDS).endpoint
    together(6, lambda: claims.endpoint_failed(endpoint.pk))
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (6, clock.now())
    assert endpoint.rests_until == clock.now() + timedelta(seconds=5 * 2**5)
    for _ in range(3):
        claims.endpoint_failed(endpoint.pk)
    endpoint.refresh_from_db()
    assert endpoint.rests_until == clock.now() + timedelta(minutes=10)
