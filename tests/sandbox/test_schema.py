"""The copy of Stripe's schema: licence, empty shapes, and that the strict check can fail."""

import pytest

from sandbox import schema, strictness

KINDS = [
    "account",
    "balance",
    "balance_transaction",
    "charge",
    "checkout.session",
    "dispute",
    "event",
    "item",
    "payment_intent",
    "payment_method",
    "payout",
    "price",
    "product",
    "refund",
    "transfer",
    "webhook_endpoint",
]


def test_the_copy_names_its_licence():
    assert schema.description()["info"]["license"] == {"name": "MIT"}


@pytest.mark.parametrize("kind", KINDS)
def test_empty_shape_conforms(kind):
    schema.object_validator(kind).validate(schema.skeleton(kind))


@pytest.mark.parametrize(
    "changes",
    [{"amount": "20"}, {"status": "happy"}, {"colour": "blue"}, {"refunds": []}],
)
def test_strict_check_reports_what_stripe_would_not_answer(changes):
    charge = schema.skeleton("charge") | changes
    with pytest.raises(strictness.NotConformingError):
        strictness.check_answer("GET", "/v1/charges/{charge}", charge)


def test_missing_required_property_is_reported():
    charge = schema.skeleton("charge")
    del charge["amount"]
    with pytest.raises(strictness.NotConformingError):
        strictness.check_answer("GET", "/v1/charges/{charge}", charge)
