"""US bank debits (ACH Direct Debit): test accounts, fee, refunds, disputes and the API."""

import pytest
import stripe

from tests.sandbox.requests import fetched, opened, types


def debited(sandbox, client, number=None, amount=2000):
    """A session that is paid by a debit of this account and is still processing."""
    session = opened(client, amount)
    how = {} if number is None else {"account_number": number}
    answer = sandbox.control.pay(session.id, method="us_bank_account", **how)
    assert answer["status"] == "processing"
    return session


@pytest.mark.parametrize(
    ("amount", "fee"), [(50, 0), (2000, 16), (62_400, 499), (62_500, 500), (500_000, 500)]
)
def test_fee_is_a_share_with_a_limit(sandbox, client, amount, fee):
    session = debited(sandbox, client, amount=amount)
    sandbox.control.settle_debit(session.id, succeeded=True)
    charge = fetched(client, session.id).payment_intent.latest_charge
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (fee, amount - fee)


def test_success_account_pays_by_itself(sandbox, client):
    session = debited(sandbox, client, "000123456789")
    sandbox.control.advance(9)
    assert fetched(client, session.id).payment_status == "unpaid"
    sandbox.control.advance(2)
    found = fetched(client, session.id)
    assert found.payment_status == "paid"
    details = found.payment_intent.latest_charge.payment_method_details.us_bank_account
    assert (details.last4, details.routing_number) == ("6789", "110000000")
    assert found.payment_intent.latest_charge.id.startswith("py_")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("000111111113", "account_closed"),
        ("000111111116", "no_account"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "debit_not_authorized"),
        ("000444444440", "invalid_currency"),
    ],
)
def test_failing_account_says_why(sandbox, client, number, code):
    session = debited(sandbox, client, number)
    sandbox.control.advance(11)
    found = fetched(client, session.id)
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert found.payment_intent.last_payment_error.code == code
    assert found.payment_intent.latest_charge.failure_code == code
    assert "checkout.session.async_payment_failed" in types(sandbox)
    assert sandbox.control.balance_transactions() == []


def test_processing_account_waits_to_be_told(sandbox, client):
    session = debited(sandbox, client, "000000000009")
    sandbox.control.advance(30 * 24 * 3600)
    assert fetched(client, session.id).payment_intent.status == "processing"


def test_dispute_account_is_disputed_after_it_paid(sandbox, client):
    session = debited(sandbox, client, "000555555559")
    sandbox.control.advance(11)
    assert fetched(client, session.id).payment_status == "paid"
    sandbox.control.advance(11)
    assert "charge.dispute.funds_withdrawn" in types(sandbox)
    [dispute] = client.v1.disputes.list().data
    assert dispute.reason == "debit_not_authorized"


def test_refund_goes_back_to_the_bank(sandbox, client):
    session = debited(sandbox, client)
    sandbox.control.settle_debit(session.id, succeeded=True)
    refund = sandbox.control.refund(session=session.id, amount=500)
    assert refund["destination_details"]["type"] == "us_bank_transfer"
    movement = client.v1.balance_transactions.retrieve(refund["balance_transaction"])
    assert (movement.type, movement.amount) == ("payment_refund", -500)


@pytest.mark.parametrize(
    ("routing", "number", "param"),
    [
        ("110000000", "000999999999", "us_bank_account[account_number]"),
        ("021000021", "000123456789", "us_bank_account[routing_number]"),
    ],
)
def test_other_accounts_are_refused(client, routing, number, param):
    account = {"routing_number": routing, "account_number": number}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_methods.create({"type": "us_bank_account", "us_bank_account": account})
    assert refusal.value.param == param


def test_payment_method_and_token_pay_an_intent(client):
    account = {"routing_number": "110000000", "account_number": "000123456789"}
    made = client.v1.payment_methods.create(
        {"type": "us_bank_account", "us_bank_account": account, "billing_details": {"name": "Inès"}}
    )
    for method in (made.id, "pm_usBankAccount_processing"):
        intent = client.v1.payment_intents.create(
            {"amount": 2000, "currency": "usd", "payment_method": method, "confirm": True}
        )
        assert intent.payment_method_types == ["card", "us_bank_account"]
        assert intent.status == "processing"


def test_excluded_where_the_session_says_so(sandbox, client):
    session = opened(client, excluded_payment_method_types=["us_bank_account"])
    assert session.payment_method_types == ["card"]
    with pytest.raises(Exception, match="us_bank_account"):
        sandbox.control.pay(session.id, method="us_bank_account")
