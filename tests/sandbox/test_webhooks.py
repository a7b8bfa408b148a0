"""Deliveries: signed, retried, held, repeated, delayed, dropped."""

import json
import time

import pytest
import stripe

from tests.sandbox.receiver import SECRET
from tests.sandbox.requests import opened, paid, types
from tests.sandbox.running import running_sandbox, start_sandbox


def test_every_event_is_delivered_once_with_a_valid_signature(sandbox, client, receiver):
    sandbox.control.deliver_automatically()
    paid(sandbox, client)
    receiver.wait_for(5)
    events = receiver.events()
    assert sorted(event.type for event in events) == sorted(types(sandbox))
    for event, (path, _, body) in zip(events, receiver.received, strict=True):
        assert path == "/platform"
        sent = json.loads(body)
        assert (sent["livemode"], sent["pending_webhooks"]) == (False, 1)
        assert sent["api_version"] == "2026-08-26.dahlia"
        assert client.v1.events.retrieve(event.id).data.object.id == event.data.object.id
    until = time.monotonic() + 5
    while sandbox.control.deliveries():
        assert time.monotonic() < until
    assert {event["pending_webhooks"] for event in sandbox.control.events()} == {0}


def test_wrong_secret_and_changed_body_are_refused_by_stripes_library(sandbox, client):
    paid(sandbox, client)
    message = sandbox.control.deliveries()[0]
    signature = message["headers"]["Stripe-Signature"]
    for body, secret in ((message["body"] + " ", SECRET), (message["body"], "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            client.construct_event(body, signature, secret)
    assert client.construct_event(message["body"], signature, SECRET).id == message["event"]


def test_connected_accounts_events_go_to_the_connect_endpoint(sandbox, client, receiver):
    account = sandbox.control.connect()["id"]
    session = opened(client, options={"stripe_account": account})
    sandbox.control.pay(session.id)
    messages = sandbox.control.deliveries()
    assert {message["url"].rsplit("/", 1)[1] for message in messages} == {"connect"}
    assert {json.loads(message["body"])["account"] for message in messages} == {account}


def test_failed_delivery_is_retried_with_growing_pauses(sandbox, client, receiver):
    receiver.answers.extend([500, 400])
    sandbox.control.deliver_automatically()
    session = opened(client)
    started = time.monotonic()
    sandbox.control.expire(session.id)
    receiver.wait_for(3)
    assert time.monotonic() - started >= 2.5
    until = time.monotonic() + 5
    while sandbox.control.delivered()[0]["state"] != "delivered":
        assert time.monotonic() < until
    delivery = sandbox.control.delivered()[0]
    assert [answer["status"] for answer in delivery["answers"]] == [500, 400, 200]
    assert len({event.id for event in receiver.events()}) == 1


def test_held_deliveries_wait_and_can_be_sent_in_any_order(sandbox, client, receiver):
    paid(sandbox, client)
    waiting = [message["event"] for message in sandbox.control.deliveries()]
    assert len(waiting) == 5
    assert receiver.received == []
    for event in reversed(waiting):
        [answer] = sandbox.control.deliver(event)
        assert answer["status"] == 200
    assert [event.id for event in receiver.events()] == waiting[::-1]
    assert sandbox.control.deliveries() == []


def test_repeat_delay_drop_and_resend(sandbox, client, receiver):
    session = opened(client)
    sandbox.control.expire(session.id)
    [event] = [message["event"] for message in sandbox.control.deliveries()]
    assert len(sandbox.control.deliver(event, times=3)) == 3
    assert len(receiver.received) == 3
    sandbox.control.deliver(event, delay=0.5)
    assert len(receiver.received) == 3
    receiver.wait_for(4)

    other = opened(client)
    sandbox.control.expire(other.id)
    [lost] = [message["event"] for message in sandbox.control.deliveries()]
    assert sandbox.control.drop(lost) == 1
    assert sandbox.control.deliveries() == []
    receiver.clear()
    sandbox.control.deliver_automatically()
    time.sleep(0.3)
    assert receiver.received == []
    sandbox.control.resend_all()
    assert [found.id for found in receiver.events()] == [event, lost]


def test_held_deliveries_go_out_when_switched_to_automatic(sandbox, client, receiver):
    paid(sandbox, client)
    sandbox.control.deliver_automatically()
    assert len(receiver.wait_for(5)) == 5


def test_registered_endpoint_gets_what_it_asked_for(sandbox, client, receiver):
    made = client.v1.webhook_endpoints.create(
        {"url": f"{receiver.url}/own", "enabled_events": ["checkout.session.expired"]}
    )
    assert made.secret.startswith("whsec_")
    assert getattr(client.v1.webhook_endpoints.retrieve(made.id), "secret", None) is None
    session = opened(client)
    sandbox.control.expire(session.id)
    paid(sandbox, client)
    own = [message for message in sandbox.control.deliveries() if "/own" in message["url"]]
    assert [message["type"] for message in own] == ["checkout.session.expired"]
    signature = own[0]["headers"]["Stripe-Signature"]
    assert client.construct_event(own[0]["body"], signature, made.secret).type == own[0]["type"]
    client.v1.webhook_endpoints.delete(made.id)
    assert all("/own" not in message["url"] for message in sandbox.control.deliveries())


def test_slow_endpoint_does_not_slow_the_api(sandbox, client, receiver):
    receiver.delay = 1.5
    sandbox.control.deliver_automatically()
    started = time.monotonic()
    paid(sandbox, client)
    assert time.monotonic() - started < 1
    receiver.wait_for(5)


STARTED = ("--webhook", "http://127.0.0.1:9/platform", "--webhook-secret", SECRET)
CONNECTED = ("--connect-webhook", "http://127.0.0.1:9/connect", "--connect-webhook-secret", SECRET)


def test_started_endpoints_get_only_the_types_of_the_command_line():
    wanted = ["checkout.session.completed", "charge.updated"]
    with running_sandbox(*STARTED, *CONNECTED, "--webhook-events", ",".join(wanted)) as running:
        running.control.hold_deliveries()
        client = running.client()
        paid(running, client)
        account = running.control.connect()["id"]
        session = opened(client, options={"stripe_account": account})
        running.control.pay(session.id)
        waiting = running.control.deliveries()
        got = [(message["url"].rsplit("/", 1)[1], message["type"]) for message in waiting]
        assert got == [(name, kind) for name in ("platform", "connect") for kind in wanted]
        assert len(types(running)) > len(wanted)
        [first, second] = client.v1.webhook_endpoints.list().data
        assert first.enabled_events == second.enabled_events == wanted
        running.control.reset()
        assert client.v1.webhook_endpoints.list().data[0].enabled_events == wanted


@pytest.mark.parametrize("listed", ["checkout.session.complete", ",", ""])
def test_event_types_that_stripe_does_not_have_are_refused(listed):
    with pytest.raises(RuntimeError, match="did not start"):
        start_sandbox(*STARTED, "--webhook-events", listed)
