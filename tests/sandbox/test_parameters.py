"""Wrong parameters fail as at Stripe (docs.stripe.com/error-codes)."""

import time

import pytest
import stripe

from tests.sandbox.requests import api, opened, session


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"colour": "blue"}, "colour", "parameter_unknown"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
        ({"adaptive_pricing": {"on": True}}, "adaptive_pricing[on]", "parameter_unknown"),
        ({"mode": "gift"}, "mode", None),
        ({"mode": "subscription"}, "mode", None),
        ({"success_url": "ftp://example.org"}, "success_url", "url_invalid"),
        ({"success_url": ""}, "success_url", "parameter_invalid_empty"),
        ({"customer_email": "ines"}, "customer_email", "email_invalid"),
        ({"client_reference_id": "x" * 201}, "client_reference_id", None),
        ({"metadata": {"k" * 41: "v"}}, "metadata", None),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", None),
        ({"adaptive_pricing": {"enabled": "maybe"}}, "adaptive_pricing[enabled]", None),
        ({"line_items": []}, "line_items", "parameter_missing"),
        ({"locale": "xx"}, "locale", None),
        (
            {"payment_intent_data": {"statement_descriptor": "ABC"}},
            "payment_intent_data[statement_descriptor]",
            None,
        ),
        (
            {"payment_intent_data": {"statement_descriptor": "WATER <3"}},
            "payment_intent_data[statement_descriptor]",
            None,
        ),
        (
            {"payment_intent_data": {"statement_descriptor": "12345"}},
            "payment_intent_data[statement_descriptor]",
            None,
        ),
        ({"payment_intent_data": {"shipping": {"name": "I"}}}, None, "parameter_missing"),
    ],
)
def test_wrong_session_parameter_names_it_and_makes_nothing(client, changes, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.create(session(**changes))
    assert refusal.value.http_status == 400
    assert refusal.value.code == code
    if param is not None:
        assert refusal.value.param == param
    assert client.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize("name", ["mode", "line_items", "success_url"])
def test_missing_parameter(client, name):
    values = session()
    del values[name]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.create(values)
    assert (refusal.value.code, refusal.value.param) == ("parameter_missing", name)


@pytest.mark.parametrize(
    ("line", "param"),
    [
        ({"unit_amount": "ten"}, "line_items[0][price_data][unit_amount]"),
        ({"currency": "xyz"}, "line_items[0][price_data][currency]"),
        ({"unit_amount": -1}, "line_items[0][price_data][unit_amount]"),
        ({"recurring": {"interval": "month"}}, "line_items[0][price_data][recurring]"),
        ({"product": "prod_1"}, "line_items[0][price_data]"),
    ],
)
def test_wrong_line_item(client, line, param):
    values = session()
    values["line_items"][0]["price_data"].update(line)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.create(values)
    assert refusal.value.param == param


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (17499, "huf", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
        (50_050, "isk", "parameter_invalid_integer"),
        (50_050, "ugx", "parameter_invalid_integer"),
        (5_001, "kwd", "parameter_invalid_integer"),
    ],
)
def test_amount_that_stripe_would_not_charge(client, amount, currency, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        opened(client, amount, currency)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(50, "usd"), (30, "gbp"), (50, "jpy"), (17_500, "huf"), (100, "ugx"), (10, "kwd")],
)
def test_smallest_amounts_are_accepted(client, amount, currency):
    assert opened(client, amount, currency).amount_total == amount


@pytest.mark.parametrize("seconds", [60, 25 * 3600])
def test_expires_at_outside_of_30_minutes_to_24_hours(client, seconds):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        opened(client, expires_at=int(time.time()) + seconds)
    assert refusal.value.param == "expires_at"
    assert "expires_at" in str(refusal.value)


def test_older_version_still_takes_payment_method_types(sandbox):
    client = sandbox.client(stripe_version="2026-08-26.dahlia")
    made = opened(client, currency="eur", payment_method_types=["sepa_debit"])
    assert made.payment_method_types == ["sepa_debit"]


def test_list_parameter_out_of_range(client):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.charges.list({"limit": 101})
    assert refusal.value.param == "limit"


def test_unknown_address_is_a_stripe_error(sandbox):
    status, _, answer = api(sandbox, "/v1/unicorns")
    assert status == 404
    assert answer["error"]["type"] == "invalid_request_error"


def test_deeply_nested_and_broken_names_are_refused(sandbox):
    for name in ("a" + "[b]" * 40, "[[", "a[b", "a]["):
        status, _, answer = api(sandbox, "/v1/checkout/sessions", {name: "1"})
        assert (status, answer["error"]["code"]) == (400, "parameter_unknown")
