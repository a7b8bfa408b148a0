"""Secrets and signatures, as Standard Webhooks says (standardwebhooks.com, "Signature scheme").

A secret is computed from LINK_KEY, the endpoint's number and its version, as links in mails are
(docs/adr/0012-links-are-recomputed.md): neither the database nor a backup of it holds one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from standardwebhooks import Webhook

from events.models import WebhookEndpoint

#: For how long the secret before the newest signs along.
BOTH_SIGN: Final = timedelta(hours=24)


def secret_of(endpoint: WebhookEndpoint, version: int | None = None) -> str:
    """Return an endpoint's secret, "whsec_" and 256 bits in base64: the newest unless told."""
    number = endpoint.secret_version if version is None else version
    told = f"webhook:v1:{endpoint.public_id.hex}.{number}"
    made = hmac.new(settings.LINK_KEY.encode(), told.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(made).decode()}"


def headers(
    endpoint: WebhookEndpoint, *, header_id: str, body: str, at: datetime
) -> dict[str, str]:
    """Return the three headers that sign a body at a moment (aware, UTC)."""
    versions = [endpoint.secret_version]
    if endpoint.former_until is not None and at < endpoint.former_until:
        versions.append(endpoint.secret_version - 1)
    signatures = [Webhook(secret_of(endpoint, one)).sign(header_id, at, body) for one in versions]
    return {
        "webhook-id": header_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
