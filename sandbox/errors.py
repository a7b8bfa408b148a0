"""Errors with Stripe's shape and status.

Source: docs.stripe.com/api/errors and docs.stripe.com/error-codes.
"""

from sandbox.shapes import Json


class StripeError(Exception):
    """An error answer: its HTTP status and the fields of ``{"error": {...}}``.

    ``stored`` tells whether an idempotency key remembers it; errors found before the endpoint
    starts its work are not remembered (docs.stripe.com/api/idempotent_requests).
    """

    def __init__(self, status: int, *, stored: bool = True, **fields: object) -> None:
        """Takes the HTTP status and the error's fields; those that are ``None`` are left out."""
        super().__init__(str(fields.get("message", "")))
        self.status = status
        self.stored = stored
        self.fields: Json = {key: value for key, value in fields.items() if value is not None}
        if "code" in self.fields:
            self.fields["doc_url"] = f"https://stripe.com/docs/error-codes/{self.fields['code']}"

    def body(self) -> Json:
        """The JSON answer."""
        return {"error": self.fields}


def invalid(
    message: str, *, param: str | None = None, code: str | None = None, status: int = 400
) -> StripeError:
    """An ``invalid_request_error``: the request itself is wrong and repeating it does not help."""
    return StripeError(
        status, type="invalid_request_error", message=message, param=param, code=code
    )


def bad_parameter(message: str, *, param: str, code: str | None = None) -> StripeError:
    """A parameter that fails validation before any work starts; no idempotency key keeps it."""
    return StripeError(
        400, stored=False, type="invalid_request_error", message=message, param=param, code=code
    )


def missing(kind: str, identifier: str, *, param: str = "id") -> StripeError:
    """``resource_missing``; 404 when the id stands in the path, as Stripe answers."""
    name = kind.replace("checkout.session", "checkout session").replace("_", " ")
    return invalid(
        f"No such {name}: '{identifier}'",
        param=param,
        code="resource_missing",
        status=404 if param == "id" else 400,
    )


def unauthorized(message: str) -> StripeError:
    """401: no key, or one that is not a test key of this sandbox."""
    return StripeError(401, stored=False, type="invalid_request_error", message=message)


def forbidden_account(account: str) -> StripeError:
    """403: the Stripe-Account header names an account that does not exist here."""
    return StripeError(
        403,
        stored=False,
        type="invalid_request_error",
        code="account_invalid",
        message=f"The provided key does not have access to account '{account}' (or that account "
        "does not exist). Application access may have been revoked.",
    )


def idempotency_mismatch(key: str) -> StripeError:
    """400: the same key came with other parameters (docs.stripe.com/api/idempotent_requests)."""
    return StripeError(
        400,
        stored=False,
        type="idempotency_error",
        message=f"Keys for idempotent requests can only be used with the same parameters they were "
        f"first used with. Try using a key other than '{key}' if you meant to execute a different "
        "request.",
    )


def idempotency_in_use(key: str) -> StripeError:
    """409: a request with this key is still being worked on."""
    return StripeError(
        409,
        stored=False,
        type="invalid_request_error",
        code="idempotency_key_in_use",
        message="There is currently another in-progress request using this Idempotent Key (that "
        f"probably means you submitted twice, and the other request is still going through): {key}",
    )
