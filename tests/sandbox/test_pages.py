"""The hosted payment page without JavaScript, as a browser without styles would use it."""

import re
import threading
import time

import pytest

from tests.sandbox.requests import fetched, http, opened, types

FORM = {
    "email": "ines@example.org",
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 34",
    "cvc": "123",
    "name": "Inès",
    "method": "card",
    "iban": "AT61 1904 3002 3457 3201",
    "routing_number": "110000000",
    "account_number": "000123456789",
    "do": "pay",
}


def post(session, **changes):
    return http(session.url, FORM | changes)


def test_page_shows_what_is_paid_and_says_that_no_money_moves(client):
    session = opened(client, 2050, "eur", submit_type="donate", locale="en")
    status, headers, page = http(session.url)
    assert status == 200
    for words in ("€20.50", "A gift", "Sandbox: no real money moves", "Give €20.50", "IBAN"):
        assert words in page
    assert "ines@example.org" in page
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in page
    assert not re.search(r"<style| style=", page)


@pytest.mark.parametrize(
    ("locale", "accepted", "words"),
    [
        ("fr", "en", "Donner 20,00 $US"),
        (None, "fr-CA,fr;q=0.9", "Donner 20,00 $US"),
        ("auto", "de, fr;q=0.5", "Donner 20,00 $US"),
        ("en", "fr", "Give $20.00"),
        (None, "", "Give $20.00"),
    ],
)
def test_language_of_the_session_then_of_the_browser(client, locale, accepted, words):
    session = opened(client, **({"locale": locale} if locale else {}))
    _, _, page = http(session.url, headers={"Accept-Language": accepted})
    assert words in page.replace("\u00a0", " ")


def test_paying_goes_to_success_url_and_then_says_already_paid(sandbox, client):
    session = opened(client)
    status, headers, _ = post(session)
    assert status == 303
    assert headers["Location"] == f"https://example.org/done?session={session.id}"
    found = fetched(client, session.id)
    assert (found.payment_status, found.customer_details.name) == ("paid", "Inès")
    status, _, page = http(session.url)
    assert "already paid" in page
    assert post(session)[0] == 200
    assert types(sandbox).count("charge.succeeded") == 1


def test_declined_card_shows_why_and_can_be_tried_again(client):
    session = opened(client, locale="fr")
    status, _, page = post(session, number="4000 0000 0000 9995")
    assert status == 402
    assert "La provision de votre carte est insuffisante." in page
    assert fetched(client, session.id).status == "open"
    assert post(session)[0] == 303


def test_a_test_card_is_filled_in_without_losing_what_was_typed(client):
    session = opened(client)
    status, _, page = post(session, fill="4000 0000 0000 0002", email="zoe@example.org")
    assert status == 200
    assert 'value="zoe@example.org"' in page
    assert re.search(r'name="number" value="4000 0000 0000 0002"', page)
    assert fetched(client, session.id).payment_intent is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "ines"}, "Enter an email address"),
        ({"number": "4111 1111 1111 1111"}, "not one of Stripe’s test cards"),
        ({"expiry": "01 / 20"}, "date in the future"),
        ({"expiry": "13 / 34"}, "date in the future"),
        ({"cvc": "12"}, "security code"),
        ({"method": "sepa_debit", "iban": "FR00"}, "not one of Stripe’s test accounts"),
    ],
)
def test_wrong_input_is_said_by_the_field_and_nothing_is_charged(sandbox, client, changes, words):
    session = opened(client, currency="eur")
    status, _, page = post(session, **changes)
    assert status == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert types(sandbox) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"account_number": "12345"}, "not one of Stripe’s test accounts"),
        ({"routing_number": "021000021"}, "Enter the test routing number"),
        ({"name": " "}, "name of the account holder"),
    ],
)
def test_wrong_us_account_is_said_by_the_field(sandbox, client, changes, words):
    status, _, page = post(opened(client), method="us_bank_account", **changes)
    assert (status, words in page) == (422, True)
    assert types(sandbox) == []


def test_three_d_secure_step(client):
    session = opened(client)
    status, headers, _ = post(session, number="4000 0025 0000 3155")
    assert status == 303
    address = session.url.split("/pay/")[0] + headers["Location"]
    assert "Confirm that it is you" in http(address)[2]
    status, _, page = http(address, {"do": "fail"})
    assert (status, "unable to authenticate" in page) == (402, True)

    post(session, number="4000 0025 0000 3155")
    status, headers, _ = http(address, {"do": "complete"})
    assert status == 303
    assert fetched(client, session.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("currency", "method"), [("eur", "sepa_debit"), ("usd", "us_bank_account")]
)
def test_bank_debit_from_the_page_succeeds_by_itself(sandbox, client, currency, method):
    session = opened(client, currency=currency)
    assert f'value="{method}"' in http(session.url)[2]
    assert post(session, method=method)[0] == 303
    assert fetched(client, session.id).payment_status == "unpaid"
    sandbox.control.advance(11)
    assert fetched(client, session.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("currency", "number", "method", "field"),
    [
        ("usd", "000222222227", "us_bank_account", "account_number"),
        ("eur", "AT86 1904 3002 3547 3202", "sepa_debit", "iban"),
        ("usd", "4000 0000 0000 0002", "card", "number"),
    ],
)
def test_a_test_account_is_filled_in_and_chosen(client, currency, number, method, field):
    _, _, page = post(opened(client, currency=currency), fill=number)
    assert re.search(rf'name="{field}" value="{number}"', page)
    assert re.search(rf'value="{method}" checked', page)


def test_a_way_of_paying_without_bank_debits_offers_only_the_card(client):
    page = http(opened(client, currency="gbp").url)[2]
    assert 'name="method"' not in page
    assert "account_number" not in page


def test_expired_page_leads_back_and_unknown_page_is_404(sandbox, client):
    session = opened(client)
    address = session.url
    sandbox.control.expire(session.id)
    status, _, page = http(address)
    assert (status, "https://example.org/cancelled" in page) == (410, True)
    assert http(address, FORM)[0] == 410
    assert http(f"{sandbox.url}/pay/cs_test_nothing")[0] == 404


def test_the_page_waits_for_the_webhooks_answer(sandbox, client, receiver):
    sandbox.control.deliver_automatically()
    receiver.delay = 1.0
    session = opened(client)
    started = time.monotonic()
    assert post(session)[0] == 303
    waited = time.monotonic() - started
    assert 0.9 < waited < 8
    assert "checkout.session.completed" in [event.type for event in receiver.events()]


def test_html_in_names_is_escaped(client):
    name = '<script>alert("x")</script>'
    values = {"currency": "usd", "unit_amount": 2000, "product_data": {"name": name}}
    session = opened(client, line_items=[{"quantity": 1, "price_data": values}])
    assert "<script" not in http(session.url)[2]


def test_forms_from_other_sites_are_refused(sandbox, client):
    session = opened(client)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert http(session.url, FORM, headers=headers)[0] == 403
    assert http(f"{sandbox.url}/dashboard/payout", {}, headers=headers)[0] == 403


def test_onboarding_page_finishes_the_account(sandbox, client):
    account = client.v1.accounts.create({"type": "standard", "email": "ngo@example.org"})
    assert not account.charges_enabled
    link = client.v1.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "return_url": "https://example.org/back",
            "refresh_url": "https://example.org/again",
        }
    )
    assert "ngo@example.org" in http(link.url)[2]
    status, headers, _ = http(link.url, {"do": "complete"})
    assert (status, headers["Location"]) == (303, "https://example.org/back")
    found = client.v1.accounts.retrieve(account.id)
    assert found.charges_enabled
    assert found.details_submitted
    assert types(sandbox, account.id) == ["account.updated"]
    sandbox.control.advance(600)
    assert http(link.url)[0] == 410


def test_dashboard_shows_everything_and_its_buttons_work(sandbox, client):
    session = opened(client)
    sandbox.control.pay(session.id)
    charge = fetched(client, session.id).payment_intent.latest_charge.id
    page = http(f"{sandbox.url}/")[2]
    for words in (session.id[:28], "Refund", "Dispute", "checkout.session.completed", "held"):
        assert words in page
    assert http(f"{sandbox.url}/dashboard/refund", {"charge": charge})[0] == 303
    assert fetched(client, session.id).payment_intent.latest_charge.refunded
    event = sandbox.control.events()[0]["id"]
    assert "payment_intent.created" in http(f"{sandbox.url}/dashboard/event/{event}")[2]
    assert http(f"{sandbox.url}/receipt/{charge}")[0] == 200


def test_fifty_pages_at_once(client):
    session = opened(client)
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(http(session.url)[0])) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 50
