"""Donations: one payable attempt, or one recorded gift."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from donations.querysets import DonationQuerySet
from donations.states import LIVE, DonationState, Purpose
from events.models import Booking, Campaign, ListInvitation, Referral, Workshop
from events.states import TEST_ACCOUNT
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED, Money

#: Money of a test campaign is taken by the test keys, and no other money is.
_OF_ITS_MODE = f"""
    IF (NEW.stripe_account = '{TEST_ACCOUNT}')
        <> (SELECT test_mode FROM events_campaign WHERE id = NEW.campaign_id) THEN
        RAISE EXCEPTION 'a test campaign has test money alone, and others have none'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""  # noqa: S608 -- a constant of ours


class Donation(models.Model):
    """One attempt to pay. Moves by states.DONATION_TABLE, in services/settlement.py only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="donations")
    workshop = models.ForeignKey(
        Workshop, null=True, blank=True, on_delete=models.PROTECT, related_name="donations"
    )
    booking = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="donations"
    )
    purpose = models.CharField(max_length=4, choices=Purpose)
    state = models.CharField(max_length=10, choices=DonationState, default=DonationState.CREATED)
    #: What is charged, fee cover included.
    amount_minor = models.BigIntegerField()
    fee_cover_minor = models.BigIntegerField(default=0)
    #: What is left of it by the ledger: gift − refunds − disputes; 0 until paid. Below zero where a
    #: bank took back what was refunded already (support.stripe.com, "Dispute for full charge
    #: amount after a partial refund was issued").
    net_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=8)
    message = models.CharField(max_length=500, blank=True)
    hide_name = models.BooleanField(default=False)
    hide_amount = models.BooleanField(default=False)
    #: Agreed to news; for a seat's gift its booking says it.
    wants_news = models.BooleanField(default=False)
    #: The form's hidden number, and what it becomes together with what was typed: the same form
    #: sent twice is the same donation, a changed one replaces it (services/checkout.py).
    visit = models.UUIDField(default=uuid.uuid4, db_index=True)
    nonce = models.UUIDField(default=uuid.uuid4, unique=True)
    #: The visitor's address as a keyed hash, to limit attempts without keeping the address.
    client_hash = models.CharField(max_length=64, blank=True)

    #: The link that its giver came by, the invitation, and what the address said of its source:
    #: {"source": …, "medium": …, "campaign": …}, at most 100 characters each.
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.SET_NULL, related_name="donations"
    )
    invitation = models.ForeignKey(
        ListInvitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="donations"
    )
    utm = models.JSONField(default=dict, blank=True)

    stripe_account = models.CharField(max_length=64, blank=True)
    livemode = models.BooleanField()
    #: What the session was asked for with, stored before the call and replayed as stored.
    session_parameters = models.JSONField(default=dict)
    session_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    session_url = models.TextField(blank=True)
    session_expires_at = models.DateTimeField()
    payment_intent_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    charge_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    #: The card's last refusal, in Stripe's code, as long as nothing was paid.
    decline_code = models.CharField(max_length=60, blank=True)
    #: Why this payment is not believed (wrong amount, currency or mode); a person has to look.
    quarantine = models.CharField(max_length=300, blank=True)
    #: The giver asked for the money back; an organizer gives it, or declines with a reason.
    refund_asked_at = models.DateTimeField(null=True, blank=True)
    refund_declined_at = models.DateTimeField(null=True, blank=True)
    refund_answer = models.CharField(max_length=500, blank=True)
    #: All of it went back, and an organizer lets its giver keep the seat all the same.
    seat_kept_at = models.DateTimeField(null=True, blank=True)
    #: Raised by each apply: an older snapshot never overwrites a newer one.
    version = models.PositiveIntegerField(default=0)
    link_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(null=True, blank=True)
    #: When it was made anew from what Stripe knows, since a backup older than it was restored; and
    #: what is not known of it any more: "workshop", "people" (words with spaces between).
    rebuilt_at = models.DateTimeField(null=True, blank=True)
    rebuilt_without = models.CharField(max_length=60, blank=True)
    #: When Stripe was last asked: the moment before the answer that was applied.
    checked_at = models.DateTimeField(null=True, blank=True)

    objects = DonationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & Q(fee_cover_minor__gte=0)
                & Q(fee_cover_minor__lt=models.F("amount_minor")),
                name="donation_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(currency__in=sorted(SUPPORTED)), name="donation_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DonationState.values), name="donation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values)
                & (~Q(purpose=Purpose.SEAT) | Q(booking__isnull=False)),
                name="donation_seat_has_booking",
            ),
            models.CheckConstraint(
                condition=~Q(state=DonationState.PAID)
                | (Q(charge_id__isnull=False) & Q(paid_at__isnull=False)),
                name="donation_paid_has_charge",
            ),
            models.CheckConstraint(
                condition=Q(net_minor__lte=models.F("amount_minor")),
                name="donation_net_within_amount",
            ),
            models.CheckConstraint(
                condition=~Q(stripe_account=TEST_ACCOUNT) | Q(livemode=False),
                name="donation_test_is_not_live",
            ),
            models.UniqueConstraint(
                fields=["booking"],
                condition=Q(
                    purpose=Purpose.SEAT,
                    state__in=[*LIVE, DonationState.PAID],
                ),
                name="donation_one_live_per_booking",
            ),
        ]
        indexes = [
            models.Index(
                fields=["session_expires_at"],
                condition=Q(state__in=LIVE),
                name="donation_unfinished",
            ),
            models.Index(
                fields=["campaign", "-paid_at"],
                condition=Q(net_minor__gt=0),
                name="donation_wall",
            ),
            models.Index(
                fields=["paid_at"],
                condition=Q(state=DonationState.PAID),
                name="donation_paid_at",
            ),
            models.Index(
                fields=["client_hash", "created_at"],
                condition=~Q(state=DonationState.PAID),
                name="donation_unpaid_by_client",
            ),
            models.Index(
                fields=["checked_at"],
                condition=~Q(state=DonationState.PAID),
                name="donation_unpaid_by_look",
            ),
            models.Index(Upper("email"), name="donation_email"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="mode_of_campaign",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "campaign_id", "stripe_account", "livemode"
                ),
                func=_OF_ITS_MODE,
            )
        ]

    def __str__(self) -> str:
        return f"donation {self.pk} ({self.state})"

    @property
    def amount(self) -> Money:
        """What is charged, fee cover included."""
        return Money(self.amount_minor, self.currency)

    @property
    def name_for_team(self) -> str:
        """Who gave, as the team may know it; empty where nothing may tell whose seat is carried."""
        return "" if self.workshop is not None and self.workshop.hides_carried else self.name

    @property
    def seat_workshop(self) -> Workshop | None:
        """The workshop where it asked for a seat; None for a gift, one for a replay included."""
        return self.workshop if self.booking_id is not None else None

    @property
    def refunded(self) -> Money:
        """What went back to its giver, by refund or dispute; at most what was given."""
        paid = self.state == DonationState.PAID
        back = self.amount_minor - max(self.net_minor, 0)
        return Money(back if paid else 0, self.currency)

    @property
    def gave_way(self) -> bool:
        """Whether it is an unpaid attempt at a seat that another payment has got."""
        unpaid = self.state in {DonationState.CREATED, DonationState.OPEN}
        return unpaid and self.purpose == Purpose.GIFT and self.booking_id is not None

    @property
    def idempotency_key(self) -> str:
        """The key under which its session is created: ours, and the same on every try."""
        return f"checkout:{self.public_id}"
