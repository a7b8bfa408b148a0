"""The sender of webhooks: takes one due delivery after the other, and sends each at least once.

1. Claim a delivery: SKIP LOCKED, a lease, a token and one more attempt; commit.
2. Make the payload of what is true now; None means that there is nothing to tell any more.
3. Sign it with the row's fixed webhook-id, and send it. No transaction is open meanwhile.
4. Mark it where the token still matches.

Dying between 3 and 4 sends it once more after the lease, with the identical webhook-id.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.module_loading import import_string

from events.models import WebhookDelivery
from events.services.webhooks import claims, endpoints, requests, signing
from events.states import StoppedBecause, WebhookState
from fundraiser.core import clock
from fundraiser.core.failpoints import reached

logger = logging.getLogger(__name__)

#: Pauses after each failure, as the specification suggests; then it is a person's to send again.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAXIMUM_ATTEMPTS: Final = len(PAUSES) + 1
#: An endpoint that took nothing for so long is stopped.
PATIENCE: Final = timedelta(days=5)
#: Seconds after which a round claims no more: Celery ends a task at CELERY_TASK_TIME_LIMIT.
ROUND: Final = 200.0
_GONE: Final = 410

#: Makes the "data" of a delivery, or returns None where there is nothing to tell any more.
Payload = Callable[[WebhookDelivery], Mapping[str, Any] | None]


def send_due(limit: int = 1_000_000) -> int:
    """Send what is due, at most ``limit`` deliveries, for a few minutes; return how many.

    Safe at any time, several at once.
    """
    ends = time.monotonic() + ROUND
    count = 0
    while count < limit and time.monotonic() < ends:
        delivery = claims.take()
        if delivery is None:
            break
        _deal_with(delivery)
        count += 1
    return count


def _deal_with(delivery: WebhookDelivery) -> None:
    if delivery.attempts > MAXIMUM_ATTEMPTS:
        claims.finish(delivery, WebhookState.FAILED, error="died")
        return
    try:
        body = body_of(delivery)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the lease keeps everything safe
    except Exception:  # one bad payload must not stop the others
        logger.exception("webhook %s (%s) has no payload", delivery.pk, delivery.kind)
        _later(delivery, error="payload")
        return
    if body is None:
        claims.finish(delivery, WebhookState.DROPPED)
        return
    try:
        status = _post(delivery, body)
    except requests.FailedError as error:
        _failed(delivery, error=error.why)
        return
    reached("webhook:sent")
    if 200 <= status < 300:
        claims.finish(delivery, WebhookState.DELIVERED, status=status)
        claims.endpoint_answered(delivery.endpoint_id)
    elif status == _GONE:
        claims.finish(delivery, WebhookState.FAILED, status=status)
        endpoints.stop(delivery.endpoint, StoppedBecause.GONE)
    else:
        _failed(delivery, status=status)


def body_of(delivery: WebhookDelivery) -> str | None:
    """Return what is sent, with what is true now: {"type", "timestamp", "data"}; None: nothing."""
    payload: Payload = import_string(settings.WEBHOOK_PAYLOAD)
    data = payload(delivery)
    if data is None:
        return None
    told = {
        "type": delivery.kind,
        "timestamp": delivery.happened_at.isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(told, separators=(",", ":"))


def _post(delivery: WebhookDelivery, body: str) -> int:
    endpoint = delivery.endpoint
    signed = signing.headers(
        endpoint, header_id=delivery.header_id, body=body, at=clock.now().replace(microsecond=0)
    )
    said = {"Content-Type": "application/json", "User-Agent": "Fundraiser-Webhooks/1"}
    return requests.post(endpoint.url, body, {**said, **signed})


def _failed(delivery: WebhookDelivery, **how: Any) -> None:
    """Put a delivery off, let its endpoint rest, and stop one that took nothing for days."""
    _later(delivery, **how)
    claims.endpoint_failed(delivery.endpoint_id)
    endpoint = delivery.endpoint
    if endpoint.failing_since is not None and clock.now() - endpoint.failing_since > PATIENCE:
        endpoints.stop(endpoint, StoppedBecause.FAILING)


def _later(delivery: WebhookDelivery, **how: Any) -> None:
    why = how.get("error") or how.get("status")
    logger.warning("webhook %s (%s) failed: %s", delivery.pk, delivery.kind, why)
    if delivery.attempts >= MAXIMUM_ATTEMPTS:
        claims.finish(delivery, WebhookState.FAILED, **how)
        return
    due_at = clock.now() + PAUSES[delivery.attempts - 1]
    claims.finish(delivery, WebhookState.QUEUED, due_at=due_at, **how)
