"""The controls under ``/_sandbox/``: what tests, the demo and benchmarks steer.

They have no counterpart at Stripe, except those that stand for its dashboard.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sandbox.controls.registry import CONTROLS, UNLOCKED
from sandbox.errors import StripeError
from sandbox.messages import Request, Response, json_response, read_json
from sandbox.text import query_values

if TYPE_CHECKING:
    from sandbox.application import Sandbox

for subject in ("connected", "deliveries", "movements", "steering"):
    import_module(f"sandbox.controls.{subject}")  # Registers its controls.


def answer(sandbox: "Sandbox", request: Request) -> Response:
    """Runs one control; JSON in, JSON out."""
    found = CONTROLS.find(request.method, request.path)
    if found is None:
        return json_response({"error": {"message": f"no such control: {request.path}"}}, 404)
    function, pattern, _ = found
    try:
        given = query_values(request.query) if request.method == "GET" else read_json(request)
        if pattern in UNLOCKED:
            return json_response(function(sandbox, given))
        with sandbox.store.transaction():
            sandbox.run_due()
            return json_response(function(sandbox, given))
    except StripeError as failure:
        return json_response(failure.body(), failure.status)
    except (KeyError, TypeError, ValueError) as problem:
        error = {"message": f"wrong input: {problem!r}", "type": "invalid_request_error"}
        return json_response({"error": error}, 400)
