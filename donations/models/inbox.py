"""The inbox of Stripe's events."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from donations.models.donations import Donation
from fundraiser.core import clock


class StripeEvent(models.Model):
    """One event received: ids, type and times. No payload, since state is fetched again."""

    event_id = models.CharField(max_length=255, unique=True)
    account = models.CharField(max_length=64, blank=True)
    type = models.CharField(max_length=80)
    livemode = models.BooleanField()
    created = models.DateTimeField(help_text="Stripe's time, UTC")
    #: Ids in the event's object by which its donation is found:
    #: {"object": …, "payment_intent": …, "charge": …, "donation": …}.
    references = models.JSONField(default=dict)
    donation = models.ForeignKey(
        Donation, null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    received_at = models.DateTimeField(default=clock.now)
    #: When a webhook brought it; none for one that the reconciler had to fetch.
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(applied_at__isnull=True, set_aside_at__isnull=True),
                name="event_unapplied",
            ),
            models.Index(
                fields=["received_at"],
                condition=Q(applied_at__isnull=True, set_aside_at__isnull=False),
                name="event_set_aside",
            ),
            # The last delivery at each of the two doors.
            models.Index(
                fields=["-delivered_at"],
                condition=Q(delivered_at__isnull=False, account=""),
                name="event_last_own",
            ),
            models.Index(
                fields=["-delivered_at"],
                condition=Q(delivered_at__isnull=False, account__gt=""),
                name="event_last_connected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
