"""What people do at Stripe's page, done over the sandbox's HTTP controls (sandbox/README.md)."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from django.conf import settings


def call(control: str, **values: Any) -> dict[str, Any]:
    """Call one control of the local Stripe and return its answer.

    Raises urllib.error.HTTPError where it refuses, URLError where it is not there.
    """
    body = json.dumps({key: value for key, value in values.items() if value not in (None, "")})
    request = urllib.request.Request(  # noqa: S310 -- our own sandbox, see is_sandbox
        f"{settings.STRIPE_API_BASE}/_sandbox/{control}",
        data=body.encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
    return found
