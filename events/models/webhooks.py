"""What programs of a team are told by signed requests: where to, and each delivery."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from events.models.teams import Team
from events.states import StoppedBecause, WebhookState
from fundraiser.core import clock


class WebhookEndpoint(models.Model):
    """An address that a team gave. Its secret is in no column: services/webhooks/signing.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=500)
    #: Some of services.webhooks.kinds.KINDS.
    kinds = models.JSONField(default=list)
    #: Which of its secrets counts; the one before signs along until ``former_until``.
    secret_version = models.PositiveIntegerField(default=1)
    former_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    #: Failures in a row since the last success, when the first was, and until when it rests.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.CharField(max_length=10, choices=StoppedBecause, blank=True)
    #: Removed ones stay until their deliveries are forgotten: no running transaction misses them.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_because="")
                | Q(stopped_at__isnull=False, stopped_because__in=StoppedBecause.values),
                name="webhook_endpoint_stop_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"webhook endpoint {self.pk} of {self.team_id}"

    @property
    def is_on(self) -> bool:
        """Whether it is told anything."""
        return self.stopped_at is None and self.removed_at is None


class WebhookDelivery(models.Model):
    """One event for one endpoint. Ids and kind only: what it says is read when it is sent."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    kind = models.CharField(max_length=40)
    #: Says what this event is, e.g. "donation.succeeded:12"; an endpoint is told of it once.
    key = models.CharField(max_length=120)
    #: Ids of the rows that it tells of, e.g. {"donation": 12}.
    ids = models.JSONField(default=dict, blank=True)
    #: The header webhook-id, fixed at the first writing, so that a repeat can be recognised.
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.QUEUED)
    happened_at = models.DateTimeField(default=clock.now)
    #: When it is tried next.
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    #: The last answer's HTTP status, or in one word why there was none. No answer's text is kept.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=20, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "key"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=WebhookState.values), name="webhook_delivery_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[WebhookState.QUEUED, WebhookState.SENDING]),
                name="webhook_delivery_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def header_id(self) -> str:
        """What the header webhook-id says."""
        return f"msg_{self.message_id.hex}"
