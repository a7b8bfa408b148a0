"""Connected Stripe accounts: whose they are, and what Stripe says of each."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from donations.states import Disconnection, Holder
from events.models import Campaign, Team
from fundraiser.core import clock

_FIXED = """
    IF EXISTS (SELECT 1 FROM donations_ledgerentry WHERE campaign_id = OLD.id) THEN
        RAISE EXCEPTION 'where the money lands is fixed once money came'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class ConnectedAccount(models.Model):
    """One account at Stripe that takes money directly: the charity's, or a team's own.

    The row is there before the account, so that asking Stripe twice for it gives one. What Stripe
    says of it is written in services/accounts.py only, as compare-and-set by ``version``.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="connected_accounts")
    holder = models.CharField(max_length=8, choices=Holder)
    #: Whose account it is, as the team calls them: the charity's name, or the team's.
    name = models.CharField(max_length=120)
    #: acct_…; none as long as Stripe has not answered.
    stripe_account = models.CharField(max_length=64, null=True, blank=True, unique=True)
    #: What the account was asked for with, stored before the call and replayed as stored.
    creation_parameters = models.JSONField(default=dict)
    livemode = models.BooleanField()
    country = models.CharField(max_length=2, blank=True)
    default_currency = models.CharField(max_length=3, blank=True)
    #: The currencies that it settles in, in capitals, sorted.
    currencies = models.JSONField(default=list, blank=True)
    charges_enabled = models.BooleanField(default=False)
    payouts_enabled = models.BooleanField(default=False)
    details_submitted = models.BooleanField(default=False)
    #: Stripe's codes of what it still wants, and of what it is looking at.
    requirements = models.JSONField(default=list, blank=True)
    pending = models.JSONField(default=list, blank=True)
    due_by = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=80, blank=True)
    #: Raised to end the link that the charity's officer has; it is used up once all is handed in.
    link_version = models.PositiveIntegerField(default=1)
    link_used_at = models.DateTimeField(null=True, blank=True)
    disconnected_at = models.DateTimeField(null=True, blank=True)
    disconnected_by = models.CharField(max_length=9, choices=Disconnection, blank=True)
    #: When Stripe was last asked: the moment before the answer that was applied.
    checked_at = models.DateTimeField(null=True, blank=True)
    #: Raised by each write of what Stripe says: an older snapshot never overwrites a newer one.
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(holder__in=Holder.values), name="account_holder"),
            models.CheckConstraint(
                condition=Q(stripe_account__isnull=True)
                | Q(stripe_account__regex=r"^acct_[A-Za-z0-9_]+$"),
                name="account_id_form",
            ),
            models.CheckConstraint(
                condition=Q(disconnected_at__isnull=True, disconnected_by="")
                | Q(disconnected_at__isnull=False, disconnected_by__in=Disconnection.values),
                name="account_disconnected_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["team", "holder", "name"],
                condition=Q(disconnected_at__isnull=True),
                name="account_once_for_a_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.stripe_account or 'not created yet'})"

    @property
    def is_connected(self) -> bool:
        """Whether Stripe has it and nobody has ended the connection."""
        return self.stripe_account is not None and self.disconnected_at is None


class CampaignMoney(Campaign):
    """A campaign, as far as money fixes it: the database holds its place once money came."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="money_place_fixed",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("destination", "stripe_account", "currency"),
                func=_FIXED,
            )
        ]
