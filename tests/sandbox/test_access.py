"""Keys, accounts and the headers of answers."""

import base64

import pytest
import stripe

from tests.sandbox.requests import api, opened, paid, types


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1", "pk_test_1", "nonsense", ""])
def test_only_secret_test_keys_are_accepted(sandbox, key):
    status, _, answer = api(sandbox, "/v1/charges", key=key)
    assert status == 401
    assert answer["error"]["type"] == "invalid_request_error"


def test_restricted_test_key_and_basic_auth_are_accepted(sandbox):
    assert api(sandbox, "/v1/charges", key="rk_test_1")[0] == 200
    basic = base64.b64encode(b"sk_test_1:").decode()
    status, _, _ = api(sandbox, "/v1/charges", Authorization=f"Basic {basic}")
    assert status == 200


def test_answers_carry_request_id_and_version(sandbox):
    _, headers, _ = api(sandbox, "/v1/charges", **{"Stripe-Version": "2026-10-28.endive"})
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == "2026-10-28.endive"


def test_unknown_account_is_forbidden(client):
    with pytest.raises(stripe.PermissionError) as refusal:
        client.v1.charges.list(options={"stripe_account": "acct_nobody"})
    assert refusal.value.error.code == "account_invalid"


def test_accounts_do_not_see_each_other(sandbox, client):
    first, second = (sandbox.control.connect()["id"] for _ in range(2))
    made = opened(client, options={"stripe_account": first})
    sandbox.control.pay(made.id)
    paid(sandbox, client)

    for account in (None, second):
        options = {"stripe_account": account} if account else {}
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.checkout.sessions.retrieve(made.id, options=options)
        assert refusal.value.http_status == 404
        assert refusal.value.code == "resource_missing"
    movements = client.v1.balance_transactions.list(options={"stripe_account": first}).data
    assert [movement.amount for movement in movements] == [2000]
    assert client.v1.events.list(options={"stripe_account": second}).data[0].type == (
        "account.updated"
    )
    assert {event["account"] for event in sandbox.control.events(first)} == {first}
    assert all("account" not in event for event in sandbox.control.events())
    assert "checkout.session.completed" in types(sandbox, first)


def test_account_that_is_not_onboarded_cannot_take_money(sandbox, client):
    account = client.v1.accounts.create({"type": "standard"})
    with pytest.raises(stripe.InvalidRequestError):
        opened(client, options={"stripe_account": account.id})
    sandbox.control.connect(account.id)
    assert opened(client, options={"stripe_account": account.id}).status == "open"


def test_reset_of_one_account_leaves_the_others(sandbox, client):
    account = sandbox.control.connect()["id"]
    opened(client, options={"stripe_account": account})
    kept = opened(client)
    assert sandbox.control.deliveries() != []
    sandbox.control.reset(account)
    assert sandbox.control.deliveries() == []
    assert client.v1.checkout.sessions.list(options={"stripe_account": account}).data == []
    assert client.v1.checkout.sessions.retrieve(kept.id).id == kept.id
