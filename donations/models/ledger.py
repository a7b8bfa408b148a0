"""The ledger, which nothing can change, and its rollup."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from donations.models.donations import Donation
from donations.states import Account, Kind, SourceType
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED

#: The day on which a row is booked: when it happened, in the team's zone, unless that is closed;
#: then the first open day (ADR 51). Waits for who is closing a period at this moment.
_BOOKED = """
    SELECT c.team_id, t.time_zone INTO the_team, zone
        FROM events_campaign c JOIN events_team t ON t.id = c.team_id WHERE c.id = NEW.campaign_id;
    PERFORM pg_advisory_xact_lock_shared(7301, the_team::int);
    SELECT MAX(until) INTO closed FROM donations_periodlock WHERE team_id = the_team;
    IF NEW.kind IN ('remittance', 'declared') THEN
        zone := 'UTC'; -- a day that somebody typed
    END IF;
    IF NEW.booked_on IS NULL THEN
        NEW.booked_on := GREATEST((NEW.occurred_at AT TIME ZONE zone)::date, closed + 1);
    ELSIF NEW.booked_on <= closed THEN
        RAISE EXCEPTION 'the period is locked until %', closed USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def append_only() -> pgtrigger.Trigger:
    """Return the trigger of a table to which rows are only ever added (PROMISES.md 2)."""
    return pgtrigger.Trigger(
        name="append_only",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func="RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'check_violation';",
    )


class LedgerEntry(models.Model):
    """One movement between two accounts: balanced by construction. Appended, never changed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="entries")
    donation = models.ForeignKey(
        Donation, null=True, on_delete=models.PROTECT, related_name="entries"
    )
    kind = models.CharField(max_length=24, choices=Kind)
    debit = models.CharField(max_length=20, choices=Account)
    credit = models.CharField(max_length=20, choices=Account)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    #: One Stripe object posts once, for ever.
    source_type = models.CharField(max_length=24, choices=SourceType)
    source_id = models.CharField(max_length=255)
    stripe_account = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField(help_text="at Stripe, UTC")
    created_at = models.DateTimeField(default=clock.now)
    #: The accountants' day, given by the database; none: written before there was such a thing.
    booked_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="entry_amount_positive"),
            models.CheckConstraint(
                condition=Q(debit__in=Account.values)
                & Q(credit__in=Account.values)
                & ~Q(debit=F("credit")),
                name="entry_two_accounts",
            ),
            models.CheckConstraint(
                condition=Q(currency__in=sorted(SUPPORTED)), name="entry_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values) & Q(source_type__in=SourceType.values),
                name="entry_kind_known",
            ),
            models.UniqueConstraint(
                fields=["source_type", "source_id", "kind"], name="entry_source_once"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "id"])]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="booked",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("the_team", "bigint"), ("zone", "text"), ("closed", "date")],
                func=_BOOKED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"


class CampaignTotal(models.Model):
    """One campaign's rollup in minor units, moved in the transaction that posts the entries."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, primary_key=True, related_name="total"
    )
    currency = models.CharField(max_length=3)
    gifts_minor = models.BigIntegerField(default=0)
    fees_minor = models.BigIntegerField(default=0)
    refunds_minor = models.BigIntegerField(default=0)
    disputes_minor = models.BigIntegerField(default=0)
    sent_minor = models.BigIntegerField(default=0)
    declared_minor = models.BigIntegerField(default=0)
    #: Promised to match what others give, and not received yet: counts nowhere.
    pledged_minor = models.BigIntegerField(default=0)
    donors = models.PositiveIntegerField(default=0)
    #: Raised by every movement: part of the key of what is cached about the total.
    version = models.PositiveBigIntegerField(default=0)
    updated_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"total of campaign {self.campaign_id}"
