"""Gifts that an organizer enters by hand: cash, cheques, transfers, matching gifts."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from donations.states import OfflineKind, OfflineState
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED, Money


class OfflineGift(models.Model):
    """One gift entered by hand. Moves by states.OFFLINE_TABLE, in services/declaring/ only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="offline_gifts")
    kind = models.CharField(max_length=10, choices=OfflineKind)
    state = models.CharField(max_length=10, choices=OfflineState)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    #: The day on which it was received; of a pledge, on which it was promised.
    received_on = models.DateField()
    name = models.CharField(max_length=120, blank=True)
    hide_name = models.BooleanField(default=False)
    #: For the team alone.
    note = models.CharField(max_length=500, blank=True)
    #: Why it was undone, or the pledge withdrawn; for the team alone.
    reason = models.CharField(max_length=500, blank=True)
    #: The form's hidden number: the same form sent twice is the same gift.
    nonce = models.UUIDField(unique=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="offline_amount_positive"),
            models.CheckConstraint(
                condition=Q(currency__in=sorted(SUPPORTED)), name="offline_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OfflineKind.values) & Q(state__in=OfflineState.values),
                name="offline_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind=OfflineKind.MATCHING)
                | Q(state__in=[OfflineState.RECEIVED, OfflineState.UNDONE]),
                name="offline_only_matching_pledged",
            ),
            models.CheckConstraint(
                condition=Q(received_on__gte=date(2000, 1, 1)), name="offline_day_sane"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state", "-received_on"])]

    def __str__(self) -> str:
        return f"offline gift {self.pk} ({self.state})"

    @property
    def amount(self) -> Money:
        """What was received, or pledged."""
        return Money(self.amount_minor, self.currency)
