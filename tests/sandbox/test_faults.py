"""The failures that the controls plan."""

import time

import pytest
import stripe

from tests.sandbox.requests import opened


@pytest.mark.parametrize(
    ("how", "status", "error"),
    [
        ("500", 500, stripe.APIError),
        ("409", 409, stripe.StripeError),
        ("429", 429, stripe.RateLimitError),
    ],
)
def test_answers_of_a_sick_stripe(sandbox, client, how, status, error):
    sandbox.control.fail_next(how, count=2)
    for _ in range(2):
        with pytest.raises(error) as failure:
            opened(client)
        assert failure.value.http_status == status
    assert client.v1.checkout.sessions.list().data == []
    assert opened(client).status == "open"


def test_reset_connection_does_no_work(sandbox, client):
    sandbox.control.fail_next("reset")
    with pytest.raises(stripe.APIConnectionError):
        opened(client)
    assert client.v1.checkout.sessions.list().data == []


def test_after_does_the_work_and_loses_the_answer(sandbox, client):
    sandbox.control.fail_next("after")
    with pytest.raises(stripe.APIConnectionError):
        opened(client)
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_timeout_lets_the_client_give_up_and_does_no_work(sandbox):
    client = sandbox.client(http_client=stripe.RequestsClient(timeout=(1, 0.5)))
    sandbox.control.fail_next("timeout")
    started = time.monotonic()
    with pytest.raises(stripe.APIConnectionError):
        opened(client)
    assert 0.4 < time.monotonic() - started < 3
    assert client.v1.checkout.sessions.list().data == []


def test_only_the_named_path_fails(sandbox, client):
    sandbox.control.fail_next("500", path="/v1/refunds")
    assert opened(client).status == "open"
    with pytest.raises(stripe.APIError):
        client.v1.refunds.list()
    assert sandbox.control.failures_left() == 0


def test_retrying_client_with_its_key_makes_one_session(sandbox):
    client = sandbox.client(max_network_retries=2)
    sandbox.control.fail_next("after")
    session = opened(client, options={"idempotency_key": "k"})
    assert [found.id for found in client.v1.checkout.sessions.list().data] == [session.id]


def test_wrong_control_input_is_refused(sandbox):
    with pytest.raises(Exception, match="how is one of"):
        sandbox.control.fail_next("hiccup")
    with pytest.raises(Exception, match="404"):
        sandbox.control.pay("cs_test_nothing")
