"""Idempotency keys (docs.stripe.com/api/idempotent_requests)."""

import threading

import pytest
import stripe

from tests.sandbox.requests import api, opened, paid

DAY = 24 * 3600


def test_same_key_and_parameters_give_the_same_session(client):
    first = opened(client, options={"idempotency_key": "k"})
    second = opened(client, options={"idempotency_key": "k"})
    assert second.id == first.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_same_key_with_other_parameters_is_an_error(client):
    opened(client, options={"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError) as refusal:
        opened(client, amount=2100, options={"idempotency_key": "k"})
    assert refusal.value.http_status == 400
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_keys_are_scoped_to_the_account(sandbox, client):
    account = sandbox.control.connect()["id"]
    first = opened(client, options={"idempotency_key": "k"})
    other = opened(client, options={"idempotency_key": "k", "stripe_account": account})
    assert first.id != other.id


def test_key_is_forgotten_after_a_day_of_the_sandbox_clock(sandbox, client):
    first = opened(client, options={"idempotency_key": "k"})
    sandbox.control.advance(DAY - 60)
    assert opened(client, options={"idempotency_key": "k"}).id == first.id
    sandbox.control.advance(120)
    assert opened(client, options={"idempotency_key": "k"}).id != first.id


def test_error_of_the_work_is_replayed_but_a_wrong_parameter_is_not_kept(sandbox, client):
    charge = paid(sandbox, client).payment_intent.latest_charge
    form = {"charge": charge.id, "amount": "9999999"}
    key = {"Idempotency-Key": "refund"}
    first = api(sandbox, "/v1/refunds", form, **key)
    second = api(sandbox, "/v1/refunds", form, **key)
    assert (first[0], second[0]) == (400, 400)
    assert second[1]["Idempotent-Replayed"] == "true"
    assert second[2] == first[2]

    wrong = api(sandbox, "/v1/refunds", {"colour": "1"}, **{"Idempotency-Key": "other"})
    assert wrong[0] == 400
    right = api(sandbox, "/v1/refunds", {"charge": charge.id}, **{"Idempotency-Key": "other"})
    assert (right[0], right[2]["amount"]) == (200, 2000)


def test_concurrent_requests_with_one_key_conflict(sandbox, client):
    sandbox.control.fail_next("slow", seconds=1, method="POST")
    results = []

    def create():
        results.append(opened(client, options={"idempotency_key": "k"}).id)

    slow = threading.Thread(target=create)
    slow.start()
    while sandbox.control.failures_left():
        pass
    with pytest.raises(stripe.StripeError) as refusal:
        opened(client, options={"idempotency_key": "k"})
    slow.join()
    assert refusal.value.http_status == 409
    assert refusal.value.error.code == "idempotency_key_in_use"
    assert [session.id for session in client.v1.checkout.sessions.list().data] == results


def test_fifty_parallel_requests_with_one_key_make_one_session(sandbox, client):
    outcomes = []
    barrier = threading.Barrier(50)

    def create():
        barrier.wait()
        try:
            outcomes.append(opened(client, options={"idempotency_key": "k"}).id)
        except stripe.StripeError as failure:
            outcomes.append(failure.http_status)

    threads = [threading.Thread(target=create) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sessions = client.v1.checkout.sessions.list().data
    assert len(sessions) == 1
    assert set(outcomes) <= {sessions[0].id, 409}
    assert sessions[0].id in outcomes


def test_a_lost_answer_is_found_again_with_the_key(sandbox, client):
    sandbox.control.fail_next("after")
    with pytest.raises(stripe.APIConnectionError):
        opened(client, options={"idempotency_key": "k"})
    again = opened(client, options={"idempotency_key": "k"})
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_key_longer_than_255_characters(client):
    with pytest.raises(stripe.InvalidRequestError):
        opened(client, options={"idempotency_key": "k" * 256})
