"""Gifts that were given on the charity's own page, and are shown here by receipt."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from donations.states import ClaimState
from events.models import Booking, Campaign, Workshop
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED, Money


class Claim(models.Model):
    """One gift as its giver tells it. Moves by states.CLAIM_TABLE, in services/declaring/ only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="claims")
    workshop = models.ForeignKey(
        Workshop, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    #: The provisional seat; None for a gift without one.
    booking = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="claim"
    )
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.SHOWN)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=8)
    message = models.CharField(max_length=500, blank=True)
    hide_name = models.BooleanField(default=False)
    hide_amount = models.BooleanField(default=False)
    #: What the charity's page or mail calls the gift.
    reference = models.CharField(max_length=120, blank=True)
    #: The receipt, served to the team's editors alone, and what was handed in as a sum, to find
    #: the same one again.
    file = models.FileField(max_length=120, blank=True)
    file_sum = models.CharField(max_length=64, blank=True)
    #: The form's hidden number, and what it becomes together with what was typed: the same form
    #: sent twice is the same claim, a changed one replaces it.
    visit = models.UUIDField(db_index=True)
    nonce = models.UUIDField(unique=True)
    #: Why it was declined or undone, as its giver reads it.
    answer = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: The client by its hash, for a day: what one client may show is limited.
    client_hash = models.CharField(max_length=64, blank=True)
    link_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="claim_amount_positive"),
            models.CheckConstraint(
                condition=Q(currency__in=sorted(SUPPORTED)), name="claim_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ClaimState.values), name="claim_state_known"
            ),
            models.CheckConstraint(
                condition=Q(booking__isnull=True) | Q(workshop__isnull=False),
                name="claim_seat_has_workshop",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ClaimState.ACCEPTED, ClaimState.DECLINED])
                | Q(decided_at__isnull=False),
                name="claim_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state", "-created_at"]),
            models.Index(Upper("email"), name="claim_email"),
            models.Index(
                fields=["client_hash", "created_at"],
                condition=~Q(client_hash=""),
                name="claim_of_client",
            ),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk} ({self.state})"

    @property
    def amount(self) -> Money:
        """What was given, as its giver tells it."""
        return Money(self.amount_minor, self.currency)

    @property
    def is_open(self) -> bool:
        """Whether an organizer may still decide about it."""
        return self.state in {ClaimState.SHOWN, ClaimState.EXPIRED}
