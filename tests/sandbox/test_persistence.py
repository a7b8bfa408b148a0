"""The state survives a stop, a kill and a torn journal."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.sandbox.requests import fetched, opened, paid, types
from tests.sandbox.running import running_sandbox, start_sandbox


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_state_survives(tmp_path, ending):
    data = tmp_path / "state"
    first = start_sandbox("--data", str(data), "--strict")
    client = first.client()
    session = paid(first, client)
    kept = opened(client, options={"idempotency_key": "k"})
    account = first.control.connect()["id"]
    first.control.advance(600)
    first.control.hold_deliveries()
    events = first.control.events()
    getattr(first, ending)()

    with running_sandbox("--data", str(data), "--strict") as second:
        client = second.client()
        assert (
            fetched(client, session.id).payment_intent.latest_charge.balance_transaction.fee == 88
        )
        assert opened(client, options={"idempotency_key": "k"}).id == kept.id
        assert second.control.events() == events
        assert client.v1.accounts.retrieve(account).charges_enabled
        assert second.control.now() >= session.created + 600
        second.control.advance(24 * 3600)
        assert fetched(client, kept.id).status == "expired"
        second.control.reset()
        assert client.v1.checkout.sessions.list().data == []


def test_unsent_webhooks_go_out_after_a_kill(tmp_path, receiver_process):
    receiver_process.clear()
    data = tmp_path / "state"
    hook = ("--webhook", f"{receiver_process.url}/again", "--webhook-secret", "whsec_sandboxtests")
    first = start_sandbox("--data", str(data), *hook)
    first.control.hold_deliveries()
    paid(first, first.client())
    first.kill()
    with running_sandbox("--data", str(data), *hook) as second:
        assert len(second.control.deliveries()) == 5
        second.control.deliver_automatically()
        receiver_process.wait_for(5)
    assert min(event.type for event in receiver_process.events()) == "charge.succeeded"


def test_torn_last_line_is_the_transaction_that_was_not_answered(tmp_path):
    data = tmp_path / "state"
    first = start_sandbox("--data", str(data))
    session = opened(first.client())
    first.kill()
    with data.open("ab") as journal:
        journal.write(b'[["","charge","ch_torn",{"id":"ch_to')
    with running_sandbox("--data", str(data)) as second:
        assert fetched(second.client(), session.id).status == "open"
        assert types(second) == []


def test_stopping_is_quick_even_with_a_request_that_hangs(tmp_path):
    running = start_sandbox("--data", str(tmp_path / "state"))
    running.control.fail_next("timeout")
    client = running.client(http_client=stripe.RequestsClient(timeout=20))
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(client.v1.charges.list)
        while running.control.failures_left():
            time.sleep(0.02)
        started = time.monotonic()
        running.stop()
        assert time.monotonic() - started < 2
        assert isinstance(hanging.exception(10), stripe.APIConnectionError)


def test_one_sandbox_per_data_file(tmp_path):
    data = tmp_path / "state"
    with (
        running_sandbox("--data", str(data)),
        pytest.raises(RuntimeError),
    ):
        start_sandbox("--data", str(data))
