"""What the tests send."""

import copy
import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

SESSION = {
    "mode": "payment",
    "submit_type": "donate",
    "success_url": "https://example.org/done?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://example.org/cancelled",
    "adaptive_pricing": {"enabled": False},
    "customer_email": "ines@example.org",
    "client_reference_id": "donation-1",
    "metadata": {"donation": "1"},
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": 2000,
                "product_data": {"name": "A gift"},
            },
        }
    ],
    "payment_intent_data": {"metadata": {"donation": "1"}},
}


def session(amount=2000, currency="usd", **changes):
    """The parameters of a session."""
    values = copy.deepcopy(SESSION) | changes
    for line in values["line_items"]:
        line["price_data"].update(unit_amount=amount, currency=currency)
    return values


def opened(client, amount=2000, currency="usd", options=None, **changes):
    """An open session."""
    values = session(amount, currency, **changes)
    return client.v1.checkout.sessions.create(values, options=options or {})


def paid(sandbox, client, amount=2000, currency="usd", **how):
    """A paid session with its charge and balance transaction."""
    made = opened(client, amount, currency)
    sandbox.control.pay(made.id, **how)
    return fetched(client, made.id)


def fetched(client, identifier, options=None):
    paths = ["payment_intent.latest_charge.balance_transaction"]
    return client.v1.checkout.sessions.retrieve(identifier, {"expand": paths}, options or {})


def types(sandbox, account=""):
    return [event["type"] for event in sandbox.control.events(account)]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def http(url, form=None, body=None, headers=None, method=None):
    """(status, headers, text) of one request; redirects are not followed."""
    data = urlencode(form).encode() if form is not None else body
    request = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read().decode()


def api(sandbox, path, form=None, key="sk_test_x", **headers):
    """(status, headers, JSON) of one API call without Stripe's library."""
    sent = {"Authorization": f"Bearer {key}"} | headers
    status, got, text = http(f"{sandbox.url}{path}", form, headers=sent)
    return status, got, json.loads(text)
