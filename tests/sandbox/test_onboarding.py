"""Connected accounts are filled in step by step, and Stripe may ask for more."""

import pytest
import stripe

from tests.sandbox.requests import http, paid, types


def asked(client):
    """An account that nobody has filled in, and the address of its page."""
    account = client.v1.accounts.create(
        {
            "country": "GB",
            "controller": {"stripe_dashboard": {"type": "full"}, "fees": {"payer": "account"}},
            "business_profile": {"name": "Clean <water>"},
            "capabilities": {"card_payments": {"requested": True}},
        }
    )
    link = client.v1.account_links.create(
        {"account": account.id, "type": "account_onboarding", "return_url": "https://a.example/"}
    )
    return account, link.url


def test_what_is_ticked_is_no_longer_due_and_stays_given(sandbox, client):
    account, url = asked(client)
    assert (account.default_currency, account.charges_enabled) == ("gbp", False)
    assert "external_account" in account.requirements.currently_due
    page = http(url)[2]
    assert "Clean &lt;water&gt;" in page
    assert "no real money" in page.lower()
    everything_but = {"organization": "yes", "profile": "yes", "person": "yes", "terms": "yes"}
    assert http(url, {"do": "save", **everything_but})[0] == 303
    found = client.v1.accounts.retrieve(account.id)
    assert (found.charges_enabled, found.payouts_enabled) == (True, False)
    assert found.requirements.currently_due == ["external_account"]
    http(url, {"do": "save", "bank": "yes", "currency": "eur"})
    found = client.v1.accounts.retrieve(account.id)
    assert (found.payouts_enabled, found.details_submitted) == (True, True)
    assert [bank.currency for bank in found.external_accounts.data] == ["eur"]
    http(url, {"do": "later"})
    assert types(sandbox, account.id) == ["account.updated"] * 2


def test_stripe_asks_for_more_or_stops_the_account(sandbox, client):
    account = sandbox.control.connect()["id"]
    sandbox.control.require(account, due=["individual.id_number"], pending=["company.tax_id"])
    found = client.v1.accounts.retrieve(account)
    assert found.charges_enabled
    assert found.requirements.currently_due == ["individual.id_number"]
    assert found.requirements.pending_verification == ["company.tax_id"]
    sandbox.control.require(account, blocked="rejected.other")
    found = client.v1.accounts.retrieve(account)
    assert (found.charges_enabled, found.requirements.disabled_reason) == (False, "rejected.other")
    sandbox.control.deauthorize(account)
    with pytest.raises(stripe.PermissionError):
        client.v1.accounts.retrieve(account)


def test_a_dispute_may_be_settled_in_another_currency(sandbox, client):
    session = paid(sandbox, client)
    charge = session.payment_intent.latest_charge.id
    dispute = sandbox.control.dispute(charge=charge, amount=1850, currency="eur")
    (movement,) = client.v1.disputes.retrieve(dispute["id"]).balance_transactions
    assert (movement.amount, movement.currency) == (-1850, "eur")
