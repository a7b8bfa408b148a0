"""The outbox: a row here is the only way a mail leaves."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Upper

from events.models.bookings import Booking, Registration
from events.models.workshops import Workshop
from events.states import MessageState, ProblemKind
from fundraiser.core import clock


class Message(models.Model):
    """One mail to be sent once. Ids and kind only: what it says is read when it is rendered."""

    #: Says what this mail is, e.g. "confirmation:booking:12"; the same mail is never queued twice.
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=32)
    booking = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    #: The one person it goes to, where that is not the booking's payer.
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    workshop = models.ForeignKey(Workshop, null=True, blank=True, on_delete=models.CASCADE)
    #: Ids of rows of the upper app that the renderer reads, e.g. {"donation": 12}.
    ids = models.JSONField(default=dict, blank=True)
    #: The workshop's schedule that it was planned for; None: the mail names no time.
    schedule_version = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.QUEUED)
    due_at = models.DateTimeField(default=clock.now)
    #: When one that failed is tried again. ``due_at`` stays: how late a mail is counts from there.
    retry_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    #: RFC 5322 Message-ID, fixed at the first writing, so that a repeat can be recognised.
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=MessageState.values), name="message_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.SENT) | models.Q(sent_at__isnull=False),
                name="message_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=[MessageState.QUEUED, MessageState.SENDING]),
                name="message_due",
            ),
            # The few urgent ones are found at once among ten thousand reminders.
            models.Index(
                fields=["kind", "due_at"],
                condition=models.Q(state=MessageState.QUEUED),
                name="message_queued",
            ),
            # What waits for the operator; few among millions that were sent.
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=[MessageState.HELD, MessageState.SET_ASIDE]),
                name="message_stuck",
            ),
            # The rate cap counts the last minute's.
            models.Index(
                fields=["sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="message_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class DeliveryProblem(models.Model):
    """What the mail provider told of one mail: it bounced, was rejected, or was called spam."""

    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="problems"
    )
    email = models.EmailField()
    kind = models.CharField(max_length=10, choices=ProblemKind)
    #: A full mailbox is no reason to stop; an unknown address is.
    permanent = models.BooleanField(default=False)
    detail = models.CharField(max_length=300, blank=True)
    #: The provider's own id of the event: told twice, stored once.
    event_id = models.CharField(max_length=120, unique=True)
    happened_at = models.DateTimeField(default=clock.now)
    #: When an operator or organizer found the address right again.
    forgiven_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ProblemKind.values), name="problem_kind_known"
            )
        ]
        indexes = [models.Index(Upper("email"), name="problem_email")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def stops(self) -> bool:
        """Whether the address gets neither reminders nor news because of it."""
        return self.permanent or self.kind == ProblemKind.COMPLAINED
