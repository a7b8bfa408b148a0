"""A month of the ledger in one number, chained to the month before."""

from __future__ import annotations

from django.db import models

from donations.models.ledger import append_only
from fundraiser.core import clock


class LedgerDigest(models.Model):
    """What the ledger got in one month (UTC), by when rows were written. Append-only."""

    month = models.DateField(unique=True, help_text="its first day")
    count = models.PositiveIntegerField()
    #: {currency: {account: minor units, debits less credits}}.
    sums = models.JSONField(default=dict)
    #: {number of an entry: its line's hash, cut short}: to name the one that differs.
    lines = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.digest[:12]}"
