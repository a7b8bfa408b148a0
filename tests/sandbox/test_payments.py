"""Cards, bank debits, fees and the events they cause."""

import pytest
import stripe

from tests.sandbox.requests import fetched, opened, paid, types

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.updated",
]


def test_a_paid_session_and_its_events(sandbox, client):
    session = paid(sandbox, client)
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    intent = session.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)
    assert intent.metadata.to_dict() == {"donation": "1"}
    assert intent.latest_charge.metadata.to_dict() == {"donation": "1"}
    assert types(sandbox) == PAID
    first, second = (sandbox.control.events()[position]["data"] for position in (1, 4))
    assert first["object"]["balance_transaction"] is None
    assert second["previous_attributes"] == {"balance_transaction": None}


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [
        (2000, "usd", 88),
        (2050, "eur", 56),
        (1000, "gbp", 35),
        (50, "usd", 31),
        (5000, "jpy", 175),
        (10_000, "kwd", 590),
    ],
)
def test_fees(sandbox, client, amount, currency, fee):
    movement = paid(sandbox, client, amount, currency).payment_intent.latest_charge
    movement = movement.balance_transaction
    assert (movement.amount, movement.fee, movement.net) == (amount, fee, amount - fee)
    assert (movement.type, movement.reporting_category) == ("charge", "charge")
    assert sum(detail.amount for detail in movement.fee_details) == fee


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000009987", "lost_card"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4000000000000119", "processing_error"),
    ],
)
def test_declined_card_leaves_the_session_payable(sandbox, client, card, code):
    session = opened(client)
    answer = sandbox.control.pay(session.id, card=card)
    assert (answer["status"], answer["decline_code"]) == ("declined", code)
    again = fetched(client, session.id)
    assert (again.status, again.payment_status) == ("open", "unpaid")
    assert again.payment_intent.status == "requires_payment_method"
    assert again.payment_intent.last_payment_error.decline_code == code
    assert client.v1.balance_transactions.list().data == []
    assert types(sandbox)[1:] == ["charge.failed", "payment_intent.payment_failed"]

    assert sandbox.control.pay(session.id)["status"] == "succeeded"
    assert types(sandbox).count("payment_intent.created") == 1
    assert len(client.v1.charges.list().data) == 2


def test_card_of_the_api_that_is_declined_raises_a_card_error(sandbox):
    client = sandbox.client(stripe_version="2026-08-26.dahlia")
    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_intents.create(
            {
                "amount": 2000,
                "currency": "usd",
                "confirm": True,
                "payment_method": "pm_card_chargeDeclined",
            }
        )
    assert refusal.value.http_status == 402
    assert refusal.value.error.decline_code == "generic_decline"
    assert refusal.value.error.payment_intent.status == "requires_payment_method"


def test_a_card_that_is_no_test_card(sandbox, client):
    session = opened(client)
    with pytest.raises(Exception, match="test"):
        sandbox.control.pay(session.id, card="4111111111111111")
    assert types(sandbox) == []


def test_three_d_secure(sandbox, client):
    session = opened(client)
    failed = sandbox.control.pay(session.id, card="4000002500003155", outcome="fail_authentication")
    assert failed["code"] == "payment_intent_authentication_failure"
    assert fetched(client, session.id).status == "open"
    assert sandbox.control.pay(session.id, card="4000002500003155")["status"] == "succeeded"


def test_card_that_is_disputed_later(sandbox, client):
    session = paid(sandbox, client, card="4000000000000259")
    assert not session.payment_intent.latest_charge.disputed
    sandbox.control.advance(11)
    assert fetched(client, session.id).payment_intent.latest_charge.disputed
    assert types(sandbox)[5:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_a_session_is_paid_once(sandbox, client):
    session = paid(sandbox, client)
    with pytest.raises(Exception, match="no longer open"):
        sandbox.control.pay(session.id)
    assert len(client.v1.charges.list().data) == 1


def test_a_free_session_completes_without_a_payment(sandbox, client):
    session = opened(client, amount=0)
    assert session.payment_status == "no_payment_required"
    sandbox.control.pay(session.id)
    found = fetched(client, session.id)
    assert (found.status, found.payment_intent) == ("complete", None)
    assert types(sandbox) == ["checkout.session.completed"]


def test_late_fees_are_unknown_until_released(sandbox, client):
    sandbox.control.late_fees(on=True)
    session = paid(sandbox, client)
    assert session.payment_intent.latest_charge.balance_transaction is None
    assert types(sandbox) == PAID[:-1]
    assert client.v1.balance_transactions.list().data == []
    assert sandbox.control.release_fees() == [session.payment_intent.latest_charge.id]
    assert types(sandbox) == PAID
    again = fetched(client, session.id)
    assert again.payment_intent.latest_charge.balance_transaction.fee == 88
    assert sandbox.control.release_fees() == []


@pytest.mark.parametrize(
    ("currency", "method"), [("eur", "sepa_debit"), ("usd", "us_bank_account")]
)
@pytest.mark.parametrize("succeeded", [True, False])
def test_bank_debit_is_certain_only_later(sandbox, client, succeeded, currency, method):
    session = opened(client, currency=currency)
    assert session.payment_method_types == ["card", method]
    assert sandbox.control.pay(session.id, method=method)["status"] == "processing"
    found = fetched(client, session.id)
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert found.payment_intent.status == "processing"
    assert found.payment_intent.latest_charge.status == "pending"
    assert found.payment_intent.latest_charge.payment_method_details.type == method
    assert client.v1.balance_transactions.list().data == []

    sandbox.control.settle_debit(session.id, succeeded=succeeded)
    found = fetched(client, session.id)
    if succeeded:
        assert (found.payment_status, found.payment_intent.status) == ("paid", "succeeded")
        fee = {"sepa_debit": 35, "us_bank_account": 16}[method]
        assert found.payment_intent.latest_charge.balance_transaction.fee == fee
        assert found.payment_intent.latest_charge.balance_transaction.type == "payment"
        assert "checkout.session.async_payment_succeeded" in types(sandbox)
    else:
        assert found.payment_status == "unpaid"
        assert found.payment_intent.status == "requires_payment_method"
        assert client.v1.balance_transactions.list().data == []
        assert "checkout.session.async_payment_failed" in types(sandbox)
    with pytest.raises(Exception, match="processing"):
        sandbox.control.settle_debit(session.id, succeeded=True)


@pytest.mark.parametrize(
    ("currency", "method"),
    [("usd", "sepa_debit"), ("eur", "us_bank_account"), ("gbp", "us_bank_account")],
)
def test_bank_debit_only_where_the_session_offers_it(sandbox, client, currency, method):
    session = opened(client, currency=currency)
    with pytest.raises(Exception, match=method):
        sandbox.control.pay(session.id, method=method)


def test_unknown_way_of_paying_is_refused(sandbox, client):
    with pytest.raises(Exception, match="method is card"):
        sandbox.control.pay(opened(client).id, method="boleto")


def test_session_expires_by_the_clock(sandbox, client):
    start = sandbox.control.set_clock(sandbox.control.now(), freeze=True)
    session = opened(client, expires_at=start + 1800)
    sandbox.control.advance(1799)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    sandbox.control.advance(1)
    found = client.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.url, found.payment_status) == ("expired", None, "unpaid")
    assert types(sandbox) == ["checkout.session.expired"]
    with pytest.raises(Exception, match="no longer open"):
        sandbox.control.pay(session.id)


def test_expire_cancels_the_payment_that_was_tried(sandbox, client):
    session = opened(client)
    sandbox.control.pay(session.id, card="4000000000000002")
    client.v1.checkout.sessions.expire(session.id)
    assert fetched(client, session.id).payment_intent.status == "canceled"
    assert types(sandbox)[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_a_complete_session_cannot_be_expired(sandbox, client):
    session = paid(sandbox, client)
    with pytest.raises(stripe.InvalidRequestError, match="complete"):
        client.v1.checkout.sessions.expire(session.id)
    assert "checkout.session.expired" not in types(sandbox)


def test_tampered_session_is_what_the_control_says(sandbox, client):
    session = opened(client)
    sandbox.control.tamper(session.id, amount=1900)
    sandbox.control.pay(session.id)
    found = fetched(client, session.id)
    assert (found.amount_total, found.payment_intent.latest_charge.amount) == (1900, 1900)
    sandbox.control.tamper(session.id, livemode=True)
    assert client.v1.checkout.sessions.retrieve(session.id).livemode is True


def test_late_money_that_does_not_come_leaves_the_session_expired(sandbox, client):
    session = opened(client)
    sandbox.control.expire(session.id)
    declined = sandbox.control.pay(session.id, card="4000000000000002", outcome="late")
    assert declined["status"] == "declined"
    assert fetched(client, session.id).status == "expired"
    assert sandbox.control.pay(session.id, outcome="late")["status"] == "succeeded"
    assert fetched(client, session.id).status == "complete"
