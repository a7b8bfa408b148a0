"""Stripe's transfers to a bank account, and the movements that each of them holds."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from donations.models.ledger import append_only
from donations.states import Account, PayoutStatus, SourceType
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED, Money

#: As a row of the ledger (models/ledger.py): the first open day, and no change ever after.
_BOOKED = """
    SELECT c.team_id INTO the_team FROM events_campaign c WHERE c.id = NEW.campaign_id;
    PERFORM pg_advisory_xact_lock_shared(7301, the_team::int);
    SELECT MAX(until) INTO closed FROM donations_periodlock WHERE team_id = the_team;
    IF NEW.booked_on IS NULL THEN
        NEW.booked_on := GREATEST(NEW.happened_on, closed + 1);
    ELSIF NEW.booked_on <= closed THEN
        RAISE EXCEPTION 'the period is locked until %', closed USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Payout(models.Model):
    """One payout as Stripe last told it; written in services/paying_out/payouts.py only.

    Its status moves as Stripe says, from ``paid`` to ``failed`` too: the bank sends money back.
    """

    #: po_…
    stripe_id = models.CharField(max_length=255, unique=True)
    #: The connected account, or empty for the site's own.
    account = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=PayoutStatus)
    #: The day on which the bank has it, or is expected to.
    arrival_on = models.DateField()
    #: Stripe tells which movements are in it only where it made the payout itself.
    is_automatic = models.BooleanField()
    #: Whether Stripe has told all movements that are in it.
    is_complete = models.BooleanField(default=False)
    #: What stands on the bank's statement, and the bank's own number of the transfer.
    statement_descriptor = models.CharField(max_length=60, blank=True)
    trace = models.CharField(max_length=120, blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    created = models.DateTimeField(help_text="at Stripe, UTC")
    #: The moment before the answer that was applied: an older answer never overwrites it.
    checked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PayoutStatus.values), name="payout_status_known"
            ),
            models.CheckConstraint(
                condition=Q(currency__in=sorted(SUPPORTED)), name="payout_currency_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=PayoutStatus.FAILED) | ~Q(failure_code=""),
                name="payout_failed_has_code",
            ),
        ]
        indexes = [models.Index(fields=["account", "-arrival_on"], name="payout_of_account")]

    def __str__(self) -> str:
        return f"payout {self.stripe_id} ({self.status})"

    @property
    def amount(self) -> Money:
        """What went to the bank; negative where Stripe took it from there."""
        return Money(self.amount_minor, self.currency)


class PayoutMovement(models.Model):
    """One balance transaction in a payout. ``source_type`` and ``source_id`` name ledger rows.

    A payout that failed keeps what it held; the next one holds the same movements again.
    """

    payout = models.ForeignKey(Payout, on_delete=models.CASCADE, related_name="movements")
    #: txn_…
    movement_id = models.CharField(max_length=255)
    #: Stripe's type of it.
    kind = models.CharField(max_length=60)
    source_type = models.CharField(max_length=24, blank=True, choices=SourceType)
    source_id = models.CharField(max_length=255, blank=True)
    #: Signed; the fee is what Stripe kept of it.
    minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payout", "movement_id"], name="movement_once_a_payout")
        ]
        indexes = [models.Index(fields=["source_type", "source_id"], name="movement_of_ledger_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.movement_id}"


class BankEntry(models.Model):
    """What a payout moved from Stripe to the bank of one campaign's money (ADR 69).

    Appended by services/paying_out/booking.py, never changed: what a payout moved is their sum.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="bank_entries")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bank_entries")
    #: The ledger's account at Stripe that it left.
    cash = models.CharField(max_length=20, choices=Account)
    #: Negative: it went back to Stripe.
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    happened_on = models.DateField()
    booked_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(minor=0), name="bank_entry_moves_something"),
            models.CheckConstraint(
                condition=Q(cash__in=[Account.HELD, Account.SENT]), name="bank_entry_left_stripe"
            ),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="booked",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("the_team", "bigint"), ("closed", "date")],
                func=_BOOKED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minor} {self.currency} by payout {self.payout_id}"
