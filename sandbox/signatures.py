"""Signs webhook bodies (docs.stripe.com/webhooks#verify-manually)."""

import hashlib
import hmac
import time


def header(body: str, secret: str, at: int | None = None) -> str:
    """The ``Stripe-Signature`` header; ``at`` is real Unix time, now unless given."""
    moment = int(time.time()) if at is None else at
    signed = f"{moment}.{body}".encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
