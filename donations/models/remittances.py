"""Transfers to the charity, what the charity says of them, and whose gifts went in which."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from donations.models.donations import Donation
from donations.states import RemittanceMethod, RemittanceState
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED, Money


class Remittance(models.Model):
    """One transfer to the charity. Its amount is in the ledger and never changes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="remittances")
    state = models.CharField(
        max_length=12, choices=RemittanceState, default=RemittanceState.RECORDED
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    sent_on = models.DateField()
    method = models.CharField(max_length=8, choices=RemittanceMethod)
    #: The bank's or the charity's own number: for the charity alone.
    reference = models.CharField(max_length=140, blank=True)
    #: Shown on the campaign's page.
    note = models.CharField(max_length=500, blank=True)
    #: The receipt in the storage, under a random name; empty: none.
    receipt_name = models.CharField(max_length=100, blank=True)
    receipt_is_public = models.BooleanField(default=False)
    #: The form's hidden number: a form that is sent twice records once.
    nonce = models.UUIDField(default=uuid.uuid4, unique=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="remittance_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__in=sorted(SUPPORTED)), name="remittance_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RemittanceState.values)
                & Q(method__in=RemittanceMethod.values),
                name="remittance_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(state=RemittanceState.RETURNED), returned_at__isnull=True, return_reason=""
                )
                | (
                    Q(state=RemittanceState.RETURNED, returned_at__isnull=False)
                    & ~Q(return_reason="")
                ),
                name="remittance_returned_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(receipt_is_public=False) | ~Q(receipt_name=""),
                name="remittance_public_has_receipt",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "sent_on"], name="remittance_of_campaign")]

    def __str__(self) -> str:
        return f"remittance {self.pk} ({self.state})"

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_minor, self.currency)


class Acknowledgement(models.Model):
    """One question to an officer of the charity whether a transfer arrived, and the answer."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    email = models.EmailField(blank=True, help_text="erased: empty")
    #: The address's host: it stays when the address is erased.
    domain = models.CharField(max_length=253)
    language = models.CharField(max_length=8)
    link_version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField(default=clock.now)
    #: Whether the address is at the charity's own site; else an admin has to approve it.
    is_at_site = models.BooleanField()
    approved_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    #: The answer.
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    received_minor = models.BigIntegerField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    officer_name = models.CharField(max_length=120, blank=True)
    officer_role = models.CharField(max_length=120, blank=True)
    #: Whether the officer wants the name on the campaign's page.
    shows_name = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["remittance"],
                condition=Q(revoked_at__isnull=True),
                name="acknowledgement_one_open",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True)
                | Q(
                    approved_at__isnull=False,
                    received_minor__gte=0,
                    received_on__isnull=False,
                ),
                name="acknowledgement_has_answer",
            ),
        ]
        indexes = [models.Index(Upper("email"), name="acknowledgement_email")]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk} of remittance {self.remittance_id}"


class RemittanceShare(models.Model):
    """How much of a gift went to the charity in a transfer. What was sent stays so."""

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="shares")
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="shares")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remittance", "donation"], name="share_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="share_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of donation {self.donation_id}"
