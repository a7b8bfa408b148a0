"""Asking Stripe: its errors turned into the gateway's, its objects into plain values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import stripe

from donations.gateway.types import AccountGoneError, GatewayError, InProgressError

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
    """Holds the client, and says for which account a request is."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    @staticmethod
    def _options(account: str, **more: Any) -> Any:
        return {**({"stripe_account": account} if account else {}), **more}
