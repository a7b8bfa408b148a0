"""What becomes of money and people when a workshop is cancelled, and refunds by an organizer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from donations.models.donations import Donation
from donations.states import Choice, SeatAfter
from events.models import Booking, Workshop
from fundraiser.core import clock
from fundraiser.core.money import Money


class Cancellation(models.Model):
    """What the people of a cancelled workshop may choose, until when, and what else happens."""

    workshop = models.OneToOneField(Workshop, on_delete=models.PROTECT, related_name="cancellation")
    deadline = models.DateTimeField()
    #: What happens to the money of who does not choose: refund or keep.
    default = models.CharField(max_length=6, choices=Choice, default=Choice.REFUND)
    #: The other dates that are offered.
    dates = models.ManyToManyField(Workshop, related_name="+", blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(default__in=[Choice.REFUND, Choice.KEEP]),
                name="cancellation_default_known",
            ),
        ]

    def __str__(self) -> str:
        return f"cancellation of workshop {self.workshop_id}"


class CancellationChoice(models.Model):
    """What one payer of a cancelled workshop chose, and how far it is done."""

    cancellation = models.ForeignKey(Cancellation, on_delete=models.PROTECT, related_name="choices")
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, related_name="cancellation_choices"
    )
    #: Empty until somebody, or the deadline, decides.
    choice = models.CharField(max_length=6, choices=Choice, blank=True)
    by_default = models.BooleanField(default=False)
    #: The booking of the other date.
    moved_to = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField(null=True, blank=True)
    #: Once it is being done, nothing can be chosen any more.
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    #: After so many attempts in vain an organizer looks at it; how often one began it anew.
    set_aside_at = models.DateTimeField(null=True, blank=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cancellation", "booking"], name="cancellation_choice_once"
            ),
            models.CheckConstraint(
                condition=Q(choice__in=["", *Choice.values]), name="cancellation_choice_known"
            ),
            models.CheckConstraint(
                condition=Q(choice=Choice.MOVE, moved_to__isnull=False)
                | (~Q(choice=Choice.MOVE) & Q(moved_to__isnull=True)),
                name="cancellation_choice_moved",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(done_at=None, set_aside_at=None),
                name="cancellation_choice_open",
            ),
        ]

    def __str__(self) -> str:
        return f"choice {self.pk} ({self.choice or 'open'})"


class RefundOrder(models.Model):
    """A refund that an organizer ordered: all of a donation, or a part of it."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="refund_orders")
    #: The form's hidden number, and a part of the idempotency key: sent twice it is one refund.
    nonce = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()
    #: What the giver reads in the mail.
    reason = models.CharField(max_length=500)
    seat = models.CharField(max_length=4, choices=SeatAfter, default=SeatAfter.KEEP)
    #: Stripe's id of the refund, once there is one.
    refund_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    #: When Stripe was first asked, since when it remembers the number; None: never. And when last.
    asked_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    #: Stripe said no, for good: nothing was given back.
    refused_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    #: An organizer has seen what became of it, where that needs a person (refund_doubts.py).
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="refund_order_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(seat__in=SeatAfter.values), name="refund_order_seat_known"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(refused_at=None), name="refund_order_ends_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(done_at=None, refused_at=None),
                name="refund_order_open",
            ),
        ]

    def __str__(self) -> str:
        return f"refund order {self.pk}"

    @property
    def amount(self) -> Money:
        """What is to go back."""
        return Money(self.amount_minor, self.donation.currency)
