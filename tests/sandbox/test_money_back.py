"""Refunds, disputes and payouts: objects, movements and events agree."""

import pytest
import stripe

from tests.sandbox.requests import fetched, paid, types


def charge_of(client, session):
    return fetched(client, session.id).payment_intent.latest_charge


def net(sandbox):
    return sum(movement["net"] for movement in sandbox.control.balance_transactions())


def test_partial_then_full_refund(sandbox, client):
    session = paid(sandbox, client)
    charge = session.payment_intent.latest_charge
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 500})
    assert (refund.status, refund.amount) == ("succeeded", 500)
    movement = client.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (movement.type, movement.amount, movement.fee) == ("refund", -500, 0)
    found = charge_of(client, session)
    assert (found.amount_refunded, found.refunded) == (500, False)

    client.v1.refunds.create({"payment_intent": session.payment_intent.id})
    found = charge_of(client, session)
    assert (found.amount_refunded, found.refunded) == (2000, True)
    assert net(sandbox) == -88
    assert types(sandbox)[5:9] == [
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "charge.refund.updated",
    ]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"charge": charge.id})
    assert refusal.value.code == "charge_already_refunded"


@pytest.mark.parametrize("amount", [0, -5, 2001])
def test_refund_of_a_wrong_amount_changes_nothing(sandbox, client, amount):
    session = paid(sandbox, client)
    charge = session.payment_intent.latest_charge
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"charge": charge.id, "amount": amount})
    assert refusal.value.param == "amount"
    assert charge_of(client, session).amount_refunded == 0
    assert net(sandbox) == 1912


def test_failed_refund_returns_the_money(sandbox, client):
    session = paid(sandbox, client)
    refund = sandbox.control.refund(session=session.id, amount=700)
    failed = sandbox.control.fail_refund(refund["id"])
    assert (failed["status"], failed["failure_reason"]) == ("failed", "lost_or_stolen_card")
    movement = client.v1.balance_transactions.retrieve(failed["failure_balance_transaction"])
    assert (movement.type, movement.amount) == ("refund_failure", 700)
    found = charge_of(client, session)
    assert (found.amount_refunded, found.refunded) == (0, False)
    assert net(sandbox) == 1912
    assert types(sandbox)[-3:] == ["refund.failed", "refund.updated", "charge.refund.updated"]
    with pytest.raises(Exception, match="cannot fail"):
        sandbox.control.fail_refund(refund["id"])


def test_dispute_lost(sandbox, client):
    session = paid(sandbox, client)
    dispute = sandbox.control.dispute(session=session.id)
    assert dispute["status"] == "needs_response"
    movement = dispute["balance_transactions"][0]
    assert (movement["type"], movement["amount"], movement["fee"]) == ("adjustment", -2000, 1500)
    assert charge_of(client, session).disputed
    assert net(sandbox) == 1912 - 3500
    closed = sandbox.control.dispute_close(dispute["id"], "lost")
    assert (closed["status"], len(closed["balance_transactions"])) == ("lost", 1)
    assert net(sandbox) == 1912 - 3500
    assert types(sandbox)[5:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]
    with pytest.raises(Exception, match="charged back"):
        sandbox.control.refund(session=session.id)
    with pytest.raises(Exception, match="already closed"):
        sandbox.control.dispute_close(dispute["id"], "won")


def test_dispute_won_gives_the_amount_back(sandbox, client):
    session = paid(sandbox, client)
    dispute = sandbox.control.dispute(session=session.id)
    won = sandbox.control.dispute_close(dispute["id"], "won")
    amounts = [(entry["amount"], entry["fee"]) for entry in won["balance_transactions"]]
    assert amounts == [(-2000, 1500), (2000, 0)]
    assert net(sandbox) == 1912 - 1500
    assert types(sandbox)[-2:] == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    found = client.v1.disputes.retrieve(dispute["id"])
    assert found.balance_transactions[1].reporting_category == "dispute_reversal"


def test_lost_dispute_can_be_won_after_all(sandbox, client):
    session = paid(sandbox, client)
    dispute = sandbox.control.dispute(session=session.id)
    with pytest.raises(Exception, match="lost"):
        sandbox.control.dispute_reinstate(dispute["id"])
    sandbox.control.dispute_close(dispute["id"], "lost")
    assert sandbox.control.dispute_reinstate(dispute["id"])["status"] == "won"
    assert net(sandbox) == 1912 - 1500
    assert types(sandbox)[-2:] == ["charge.dispute.updated", "charge.dispute.funds_reinstated"]


def test_inquiry_moves_no_money(sandbox, client):
    session = paid(sandbox, client)
    dispute = sandbox.control.dispute(session=session.id, inquiry=True)
    assert (dispute["status"], dispute["balance_transactions"]) == ("warning_needs_response", [])
    closed = sandbox.control.dispute_close(dispute["id"], "won")
    assert closed["status"] == "warning_closed"
    assert net(sandbox) == 1912


def test_payout_holds_the_movements_it_pays_out(sandbox, client):
    first = paid(sandbox, client)
    [payout] = sandbox.control.payout()
    assert (payout["amount"], payout["status"]) == (1912, "paid")
    held = client.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert [movement.type for movement in held] == ["payout", "charge"]
    assert held[1].source == first.payment_intent.latest_charge.id
    assert sum(movement.net for movement in held) == 0
    assert sandbox.control.payout() == []
    assert types(sandbox)[5:] == [
        "payout.created",
        "payout.updated",
        "payout.paid",
        "payout.reconciliation_completed",
    ]

    failed = sandbox.control.fail_payout(payout["id"])
    assert failed["status"] == "failed"
    assert types(sandbox)[-1] == "payout.failed"
    assert net(sandbox) == 1912
    assert [again["amount"] for again in sandbox.control.payout()] == [1912]


def test_payouts_are_per_currency(sandbox, client):
    paid(sandbox, client)
    paid(sandbox, client, currency="eur")
    payouts = sandbox.control.payout()
    assert [(entry["currency"], entry["amount"]) for entry in payouts] == [
        ("eur", 1945),
        ("usd", 1912),
    ]


def test_balance_becomes_available(sandbox, client):
    paid(sandbox, client)
    before = client.v1.balance.retrieve()
    assert (before.available[0].amount, before.pending[0].amount) == (0, 1912)
    sandbox.control.advance(3 * 24 * 3600)
    after = client.v1.balance.retrieve()
    assert (after.available[0].amount, after.pending[0].amount) == (1912, 0)


def test_early_fraud_warning_and_deauthorization(sandbox, client):
    session = paid(sandbox, client)
    sandbox.control.early_fraud_warning(session.payment_intent.latest_charge.id)
    assert types(sandbox)[-1] == "radar.early_fraud_warning.created"
    account = sandbox.control.connect()["id"]
    sandbox.control.deauthorize(account)
    assert types(sandbox, account)[-1] == "account.application.deauthorized"
