"""Claims on deliveries: which sender has which in hand, and until when; and how each ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from events.models import WebhookDelivery, WebhookEndpoint
from events.services.webhooks import requests
from events.states import WebhookState
from fundraiser.core import clock

#: How long a sender has a delivery for itself: each of a few addresses may take a whole time-out,
#: and a look-up of a name has one of its own.
LEASE: Final = timedelta(seconds=requests.DEADLINE * 8)
#: An endpoint that failed is let alone for 5 s, then for twice as long each time, up to 10 minutes.
_FAILED: Final = """
    UPDATE events_webhookendpoint SET failures = failures + 1,
        failing_since = COALESCE(failing_since, %(now)s),
        rests_until = %(now)s
            + LEAST(5 * power(2, LEAST(failures, 10)), 600) * interval '1 second'
    WHERE id = %(id)s
"""

#: One by one for each endpoint, so that a slow one is neither flooded nor keeps all senders.
_TAKE: Final = """
    UPDATE events_webhookdelivery SET state = 'sending', attempts = attempts + 1,
        claim_token = gen_random_uuid(), lease_until = %(lease_until)s
    WHERE id = (
        SELECT delivery.id FROM events_webhookdelivery delivery
        JOIN events_webhookendpoint endpoint ON endpoint.id = delivery.endpoint_id
            AND endpoint.stopped_at IS NULL AND endpoint.removed_at IS NULL
            AND (endpoint.rests_until IS NULL OR endpoint.rests_until <= %(now)s)
        WHERE delivery.state IN ('queued', 'sending') AND delivery.due_at <= %(now)s
            AND (delivery.state = 'queued' OR delivery.lease_until <= %(now)s)
            AND NOT EXISTS (SELECT FROM events_webhookdelivery other
                WHERE other.endpoint_id = endpoint.id AND other.state = 'sending'
                    AND other.lease_until > %(now)s)
        ORDER BY delivery.due_at, delivery.id LIMIT 1
        FOR UPDATE OF delivery SKIP LOCKED
    )
    RETURNING events_webhookdelivery.*
"""


def take() -> WebhookDelivery | None:
    """Claim the delivery that is due first, in one statement; None where none is."""
    now = clock.now()
    found = list(WebhookDelivery.objects.raw(_TAKE, {"now": now, "lease_until": now + LEASE}))
    return found[0] if found else None


def finish(delivery: WebhookDelivery, state: WebhookState, **values: Any) -> bool:
    """Write how a claim ended, unless another sender, or a person, took the row over meanwhile."""
    rows = WebhookDelivery.objects.filter(pk=delivery.pk, claim_token=delivery.claim_token)
    values = {"status": None, "error": "", "tried_at": clock.now(), **values}
    return rows.update(state=state, claim_token=None, lease_until=None, **values) == 1


def endpoint_answered(endpoint_id: int) -> None:
    """Forget an endpoint's failures: it took something."""
    failing = WebhookEndpoint.objects.filter(~Q(failures=0), pk=endpoint_id)
    failing.update(failures=0, failing_since=None, rests_until=None)


def endpoint_failed(endpoint_id: int) -> None:
    """Count a failure, and let the endpoint rest: one statement, exact beside other senders."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, {"id": endpoint_id, "now": clock.now()})
