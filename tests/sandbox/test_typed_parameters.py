"""The typed parameters of Stripe's own library catch what the sandbox's schema may not know."""

import pydantic
import pytest
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from tests.sandbox.requests import session
from tests.sandbox.typed_parameters import check


def test_right_parameters_pass():
    check(SessionCreateParams, session())
    check(RefundCreateParams, {"charge": "ch_1", "amount": 5})


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "blue"},
        {"adaptive_pricing": {"on": True}},
        {"payment_intent_data": {"colour": "blue"}},
        {"line_items": [{"quantity": 1, "price_data": {"currency": "usd", "colour": "blue"}}]},
        {"submit_type": 5},
        {"expires_at": "soon"},
    ],
)
def test_unknown_key_or_wrong_value_is_caught(changes):
    with pytest.raises(pydantic.ValidationError):
        check(SessionCreateParams, session() | changes)


def test_what_version_endive_removed_is_caught():
    with pytest.raises(pydantic.ValidationError, match="payment_method_types"):
        check(SessionCreateParams, session(payment_method_types=["card"]))
