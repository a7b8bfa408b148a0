"""Answers calls to ``/v1/``: key, account, idempotency, parameters, endpoint, answer.

Sources: docs.stripe.com/api/authentication, /api/connected-accounts, /api/idempotent_requests,
/api/request_ids, /api/versioning.
"""

import base64
import binascii
import json
from typing import TYPE_CHECKING

from sandbox import identifiers, parameters, strictness
from sandbox.api import registered
from sandbox.call import Call
from sandbox.errors import StripeError, forbidden_account, invalid, unauthorized
from sandbox.events import DEFAULT_VERSION
from sandbox.messages import Request, Response
from sandbox.schema import request_schema
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

ENDPOINTS = registered()
TEST_KEYS = ("sk_test_", "rk_test_")
LIVE_KEYS = ("sk_live_", "rk_live_")


def answer(sandbox: "Sandbox", request: Request) -> Response:
    """The answer to one API request; errors have Stripe's shape."""
    request_id = identifiers.new("request")
    headers = {"Request-Id": request_id}
    version = request.headers.get("stripe-version", DEFAULT_VERSION)
    headers["Stripe-Version"] = version
    key = request.headers.get("idempotency-key")
    if key is not None:
        headers["Idempotency-Key"] = key
    try:
        account = _account(sandbox, request)
        if account:
            headers["Stripe-Account"] = account
        status, body = _once(sandbox, request, account, request_id, headers)
    except StripeError as failure:
        status, body = failure.status, json.dumps(failure.body())
    return Response(status, body.encode(), "application/json", headers)


def _account(sandbox: "Sandbox", request: Request) -> str:
    """Checks the API key (Bearer or Basic) and the Stripe-Account header."""
    secret = _secret(request.headers.get("authorization", ""))
    if not secret:
        raise unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    known = LIVE_KEYS if sandbox.options.live else TEST_KEYS
    if not secret.startswith(known):
        raise unauthorized(
            f"Invalid API Key provided: {secret[:8]}****. This sandbox only accepts keys that "
            f"begin with {' or '.join(known)}; no real money moves here."
        )
    account = request.headers.get("stripe-account", PLATFORM)
    if account and sandbox.store.get(PLATFORM, "account", account) is None:
        raise forbidden_account(account)
    return account


def _secret(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().split(":", 1)[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _once(
    sandbox: "Sandbox", request: Request, account: str, request_id: str, headers: dict[str, str]
) -> tuple[int, str]:
    """Runs the call under its idempotency key, if it has one (only POST takes them)."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        with sandbox.store.transaction():
            return _run(sandbox, request, account, request_id, None)[:2]
    claim = sandbox.idempotency.claim(account, key, request.method, request.path, request.text)
    try:
        sandbox.faults.pause(request.method, request.path)
        with sandbox.store.transaction():
            known = sandbox.idempotency.remembered(claim)
            if known is not None:
                headers["Idempotent-Replayed"] = "true"
                return known
            status, body, keep = _run(sandbox, request, account, request_id, key)
            if keep:
                sandbox.idempotency.remember(claim, status, body)
            return status, body
    finally:
        sandbox.idempotency.release(claim)


def _run(
    sandbox: "Sandbox", request: Request, account: str, request_id: str, key: str | None
) -> tuple[int, str, bool]:
    """(status, body, whether an idempotency key keeps it). Errors are answers here."""
    sandbox.run_due()
    sandbox.events.request = {"id": request_id, "idempotency_key": key}
    try:
        value = _endpoint_answer(sandbox, request, account)
        return 200, json.dumps(value, indent=2), True
    except StripeError as failure:
        fields = {**failure.body()["error"], "request_log_url": _log_url(sandbox, request_id)}
        return failure.status, json.dumps({"error": fields}, indent=2), failure.stored
    finally:
        sandbox.events.request = None


def _log_url(sandbox: "Sandbox", request_id: str) -> str:
    return f"{sandbox.base_url}/#{request_id}"


def _endpoint_answer(sandbox: "Sandbox", request: Request, account: str) -> Json:
    found = ENDPOINTS.find(request.method, request.path)
    if found is None:
        raise invalid(
            f"Unrecognized request URL ({request.method}: {request.path}). The sandbox answers "
            "only the part of Stripe's API that its docs name.",
            status=404,
        )
    handler, pattern, path = found
    encoded = request.query if request.method == "GET" else request.text
    values = parameters.read(encoded, request_schema(request.method, pattern))
    paths = values.pop("expand", [])
    version = request.headers.get("stripe-version", DEFAULT_VERSION)
    value = handler(Call(sandbox, account, values, path, version))
    render = sandbox.renderer.listed if value.get("object") == "list" else sandbox.renderer.expanded
    answered = render(value, paths, account)
    if sandbox.options.strict:
        strictness.check_answer(request.method, pattern, answered)
    return answered
