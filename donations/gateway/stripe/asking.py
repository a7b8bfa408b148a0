"""Asking Stripe: its errors turned into the gateway's, its objects into plain values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import stripe

from donations.gateway.types import AccountGoneError, GatewayError, InProgressError
from events.states import TEST_ACCOUNT

#: Stripe's code where an account's owner took our access away (docs.stripe.com/error-codes).
_ACCOUNT_GONE: Final = "account_invalid"


@contextmanager
def errors() -> Iterator[None]:
    """Turn Stripe's errors into the gateway's (docs.stripe.com/error-low-level)."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.PermissionError) as error:
        code = error.code or getattr(error.error, "code", None) or ""
        if code == _ACCOUNT_GONE:
            raise AccountGoneError(str(error)) from error
        if isinstance(error, stripe.PermissionError):
            code = "permission"
        raise GatewayError(str(error), code=code, retryable=False) from error
    except stripe.IdempotencyError as error:
        raise GatewayError(str(error), code="idempotency", retryable=False) from error
    except stripe.AuthenticationError as error:
        raise GatewayError(str(error), code="permission", retryable=False) from error
    except stripe.StripeError as error:
        # For some statuses the library leaves ``code`` out; the answer's own error has it.
        code = error.code or getattr(error.error, "code", None) or ""
        if code == "idempotency_key_in_use":
            raise InProgressError(str(error)) from error
        raise GatewayError(str(error), code=code, retryable=True) from error


def fields_of(thing: stripe.StripeObject) -> dict[str, Any]:
    """Return an object's fields as plain values."""
    return thing.to_dict(for_json=True)


class Asking:
    """Holds a client for each of Stripe's two modes, and says for which account a request is.

    Here alone it is chosen with which keys Stripe is asked: TEST_ACCOUNT is the site's own account
    by the test keys (STRIPE_TEST_SECRET_KEY), every other account is asked by STRIPE_SECRET_KEY.
    """

    def __init__(self, client: stripe.StripeClient, test: stripe.StripeClient | None) -> None:
        self._client = client
        self._test = test

    def _at(self, account: str) -> stripe.StripeClient:
        if account != TEST_ACCOUNT:
            return self._client
        if self._test is None:
            raise GatewayError("STRIPE_TEST_SECRET_KEY is not set", code="no_test", retryable=False)
        return self._test

    @staticmethod
    def _options(account: str, **more: Any) -> Any:
        is_connected = account not in ("", TEST_ACCOUNT)
        return {**({"stripe_account": account} if is_connected else {}), **more}
