"""The log of deliveries: read, sent again, forgotten after a while."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from events.models import WebhookDelivery, WebhookEndpoint
from events.services.webhooks.outbox import TASK
from events.states import WebhookState
from fundraiser.core import clock, jobs
from fundraiser.core.errors import ServiceError

_ENDED: Final = (WebhookState.DELIVERED, WebhookState.DROPPED, WebhookState.FAILED)


class StoppedError(ServiceError):
    """The endpoint is stopped: it is told nothing before somebody begins it again."""

    code: ClassVar[str] = "stopped"


def of_endpoint(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """Return an endpoint's deliveries, the newest first."""
    return WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-pk")


def delivery_of(endpoint: WebhookEndpoint, message_id: UUID) -> WebhookDelivery:
    """Return one delivery of an endpoint; Http404 for another's."""
    return get_object_or_404(of_endpoint(endpoint), message_id=message_id)


def replay(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> bool:
    """Send a delivery once more with the same webhook-id; return whether it had ended.

    Raises StoppedError.
    """
    return _again(endpoint, WebhookDelivery.objects.filter(pk=delivery.pk, state__in=_ENDED)) == 1


def replay_failed(endpoint: WebhookEndpoint, since: datetime) -> int:
    """Send once more whatever failed of what happened since a moment (aware); return how many.

    Raises StoppedError.
    """
    failed = WebhookDelivery.objects.filter(
        endpoint=endpoint, state=WebhookState.FAILED, happened_at__gte=since
    )
    return _again(endpoint, failed)


def _again(endpoint: WebhookEndpoint, rows: QuerySet[WebhookDelivery]) -> int:
    if not endpoint.is_on:
        raise StoppedError(str(endpoint.pk))
    count = rows.update(
        state=WebhookState.QUEUED, due_at=clock.now(), attempts=0, status=None, error=""
    )
    # Whoever asks knows that the receiver is well again.
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
    if count:
        jobs.enqueue(TASK)
    return count


def forget(before: datetime, limit: int) -> int:
    """Delete deliveries of before a moment, at most ``limit``, and endpoints removed before it.

    Returns how many deliveries. One that is just being sent is the next round's.
    """
    old = WebhookDelivery.objects.filter(~Q(state=WebhookState.SENDING), happened_at__lt=before)
    numbers = list(old.order_by("pk").values_list("pk", flat=True)[:limit])
    count = WebhookDelivery.objects.filter(pk__in=numbers).delete()[0]
    left = Exists(WebhookDelivery.objects.filter(endpoint=OuterRef("pk")))
    WebhookEndpoint.objects.filter(~left, removed_at__lt=before).delete()
    return count


def oldest_unsent(now: datetime) -> datetime | None:
    """Return since when a delivery is due that no sender has tried; None: there is none.

    One whose endpoint rests, after failures of its own, waits for that.
    """
    waiting = WebhookDelivery.objects.filter(
        Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=now),
        state__in=[WebhookState.QUEUED, WebhookState.SENDING],
        due_at__lte=now,
        endpoint__stopped_at=None,
        endpoint__removed_at=None,
    )
    found: datetime | None = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    return found
