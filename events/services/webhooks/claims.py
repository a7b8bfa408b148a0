"""Claims on deliveries: which sender has which in hand, and until when; and how each ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from events.models import WebhookDelivery, WebhookEndpoint
from events.services.webhooks import requests
from events.states import WebhookState
from fundraiser.core import clock

#: How long a sender has a delivery for itself: each of a few addresses may take a whole time-out,
#: and a look-up of a name has one of its own.
LEASE: Final = timedelta(seconds=requests.DEADLINE * 8)
#: An endpoint that failed is let alone for so long, then for twice as long each time.
_FIRST_REST: Final = 5
_LONGEST_REST: Final = 600

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
    """Count a failure, and let the endpoint rest."""
    now = clock.now()
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id)
    before = rows.values_list("failures", flat=True).first() or 0
    rest = min(_FIRST_REST * 2 ** min(before, 10), _LONGEST_REST)
    rows.update(
        failures=F("failures") + 1,
        failing_since=Coalesce(F("failing_since"), now),
        rests_until=now + timedelta(seconds=rest),
    )
