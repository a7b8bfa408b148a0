"""What the reconciler found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from events.models import Campaign
from fundraiser.core import clock


class Reconciliation(models.Model):
    """One run of the reconciler over one Stripe account."""

    account = models.CharField(max_length=64, blank=True)
    since = models.DateTimeField()
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: The events created before it are in the inbox: a run that was killed is gone on with.
    events_until = models.DateTimeField(null=True, blank=True)
    events_seen = models.PositiveIntegerField(default=0)
    events_new = models.PositiveIntegerField(default=0)
    #: Our clock less Stripe's, in seconds, by the date of its answers.
    clock_skew = models.FloatField(null=True, blank=True)
    movements_seen = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-started_at"], name="reconciliation_of_account"),
            models.Index(fields=["-started_at"], name="reconciliation_last"),
        ]

    def __str__(self) -> str:
        return f"reconciliation {self.pk}"


class Difference(models.Model):
    """One thing that Stripe and the ledger tell differently, until they agree again."""

    account = models.CharField(max_length=64, blank=True)
    #: The object at Stripe that shows it, e.g. a balance transaction's id.
    source_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=40)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.SET_NULL)
    expected_minor = models.BigIntegerField(help_text="Stripe's")
    found_minor = models.BigIntegerField(help_text="the ledger's")
    currency = models.CharField(max_length=3)
    detail = models.CharField(max_length=300, blank=True)
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source_id", "kind"],
                condition=Q(resolved_at__isnull=True),
                name="difference_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id}"
