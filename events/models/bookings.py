"""Bookings (one payer) and their registrations (one person each)."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper

from events.models.workshops import Workshop
from events.querysets import BookingQuerySet
from events.states import SEAT_HOLDING, AttendanceSource, BookingState
from fundraiser.core import clock


class Booking(models.Model):
    """Seats of one workshop held or taken by one payer. Moves by states.BOOKING_TABLE only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=16, choices=BookingState)
    seats = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=8)
    time_zone = models.CharField(max_length=64, blank=True)
    wants_news = models.BooleanField(default=False)
    #: The form's hidden number: the same form sent twice is the same booking.
    nonce = models.UUIDField(default=uuid.uuid4, unique=True)
    #: When a hold without a Stripe session ends; one with a session ends on Stripe's word.
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    #: When a waiting booking was offered a freed seat; the offer ends at hold_expires_at.
    offered_at = models.DateTimeField(null=True, blank=True)
    #: It asks for a seat of a moderated workshop, and nobody has said yes: it is in no line.
    awaits_approval = models.BooleanField(default=False)
    #: When an organizer said yes: from then on it stands in the line; None: since it was made.
    approved_at = models.DateTimeField(null=True, blank=True)
    #: When an organizer said no, and why.
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=1000, blank=True)
    #: When its holder asked for more time: that can be had once.
    extended_at = models.DateTimeField(null=True, blank=True)
    #: The booking of another date that this one came from: each moves on once at most.
    moved_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to"
    )
    #: How whoever waits, or has a seat without a gift, found the way, as a donation keeps it. Never
    #: for a seat that others' gifts carry: what came by a link would tell who has one.
    referral = models.ForeignKey(
        "events.Referral", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    invitation = models.ForeignKey(
        "events.ListInvitation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    utm = models.JSONField(default=dict, blank=True)
    #: Raised to revoke the links that were mailed.
    link_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=BookingState.values), name="booking_state_known"
            ),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="booking_has_seats"),
            models.CheckConstraint(
                condition=~models.Q(awaits_approval=True)
                | ~models.Q(state__in=[*SEAT_HOLDING, BookingState.NEEDS_ATTENTION]),
                name="booking_unapproved_holds_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "state"]),
            models.Index(
                fields=["hold_expires_at"],
                condition=models.Q(state=BookingState.HELD),
                name="booking_held_until",
            ),
            models.Index(
                fields=["workshop", "created_at"],
                condition=models.Q(state=BookingState.WAITING),
                name="booking_waiting",
            ),
            models.Index(
                models.F("workshop"),
                Upper("email"),
                name="booking_workshop_email",
            ),
            models.Index(Upper("email"), name="booking_email"),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk} ({self.state})"

    @property
    def holds_seats(self) -> bool:
        """Whether its seats count as taken."""
        return self.state in SEAT_HOLDING


class Registration(models.Model):
    """One person of a booking, with a seat as long as the booking holds one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="registrations")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    #: This person's own; empty: the booking's.
    language = models.CharField(max_length=8, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    #: Raised to revoke the person's links, the one into the room included.
    link_version = models.PositiveIntegerField(default=1)
    wants_reminders = models.BooleanField(default=True)
    #: Mails about this workshop besides reminders: thanks, the replay, the organizer's own.
    wants_news = models.BooleanField(default=True)
    #: Whether the person was there: None as long as nobody knows.
    attended = models.BooleanField(null=True, blank=True)
    attendance_source = models.CharField(max_length=8, choices=AttendanceSource, blank=True)
    #: The first click into the open room.
    joined_at = models.DateTimeField(null=True, blank=True)
    #: When an organizer marked the person, to find them again.
    marked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "position"], name="registration_once"),
            models.CheckConstraint(
                condition=models.Q(attendance_source__in=["", *AttendanceSource.values]),
                name="registration_source_known",
            ),
        ]
        indexes = [models.Index(Upper("email"), name="registration_email")]

    def __str__(self) -> str:
        return f"registration {self.pk}"

    @property
    def speaks(self) -> str:
        """The language of this person's mails and pages."""
        return self.language or self.booking.language

    @property
    def lives_in(self) -> str:
        """This person's own zone of the tz database, or nothing where it is not known."""
        return self.time_zone or self.booking.time_zone
