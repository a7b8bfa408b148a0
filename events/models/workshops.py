"""Workshops: what people register for."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import ngettext

from events.models.campaigns import Campaign
from events.models.series import Series
from events.models.translated import Translated
from events.querysets import WorkshopQuerySet
from events.states import RoomKind, WorkshopState
from fundraiser.core import clock, marks


def default_reminders() -> list[int]:
    """A day before, an hour before, and when the room is open: "we are starting"."""
    return [24 * 60, 60, 10]


class Workshop(Translated, models.Model):
    """One workshop of a campaign. ``seats_taken`` moves only in services/seating/seats.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="workshops")
    #: The page that it shares with its other dates, if there is one.
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.SET_NULL, related_name="workshops"
    )
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=160)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True, help_text="Markdown")
    translations = models.JSONField(default=dict, blank=True)
    speakers = models.JSONField(default=list, blank=True)
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    duration_minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    capacity = models.PositiveIntegerField(null=True, blank=True)
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    suggested_minor = models.JSONField(default=list, blank=True, help_text="minor units")
    minimum_minor = models.BigIntegerField(null=True, blank=True)
    maximum_minor = models.BigIntegerField(null=True, blank=True)
    zero_allowed = models.BooleanField(default=False)
    #: What others give above this amount a seat carries seats for who cannot give
    #: (donations/services/declaring/carried.py). It stays when they are turned off: who has one
    #: stays hidden.
    surplus_seats = models.BooleanField(default=False)
    surplus_minimum_minor = models.BigIntegerField(null=True, blank=True, help_text="minor units")
    registration_opens_at = models.DateTimeField(null=True, blank=True)
    registration_closes_at = models.DateTimeField(null=True, blank=True)
    #: Who wants to come asks first, and holds no seat (docs/adr/0034-asking-first.md).
    moderated = models.BooleanField(default=False)
    #: The languages in which there are live captions; none: there are no captions.
    captions = models.JSONField(default=list, blank=True)
    #: What everybody may know about taking part: sign language, breaks, material beforehand.
    accessibility = models.TextField(blank=True)
    #: Whether each person is asked, for the organizers alone, what they need to take part.
    asks_access_needs = models.BooleanField(default=False)
    #: Shown to nobody before the start, and then only through a personal link.
    room_kind = models.CharField(max_length=14, choices=RoomKind, default=RoomKind.ADDRESS)
    join_url = models.URLField(blank=True, max_length=500)
    #: Names the room that is made by itself (Jitsi, BigBlueButton): nobody can guess it.
    room_secret = models.UUIDField(default=uuid.uuid4, editable=False)
    replay_url = models.URLField(blank=True, max_length=500)
    #: Newcomers may watch the replay for a gift into the same total.
    replay_for_gifts = models.BooleanField(default=False)
    #: Minutes before the start at which each person is reminded.
    reminder_minutes = models.JSONField(default=default_reminders, blank=True)
    #: What somebody who found it full may do, and how long a freed seat is kept for them.
    waiting_list = models.BooleanField(default=True)
    offer_minutes = models.PositiveIntegerField(default=720, validators=[MinValueValidator(30)])
    #: What a seat is worth, for receipts of countries that want it told; None: not told.
    benefit_minor = models.BigIntegerField(null=True, blank=True, help_text="minor units")
    #: [{"id": "level", "label": …, "kind": "text|choice|number|consent", "required": …,
    #:   "choices": […], "translations": {"fr": {"label": …, "choices": […]}},
    #:   "if": {"question": an earlier one's id, "answer": …}}], the last where it has a condition.
    questions = models.JSONField(default=list, blank=True)
    #: Raised by every change of the time: iCalendar's SEQUENCE, and part of the reminders' keys.
    schedule_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=WorkshopState, default=WorkshopState.DRAFT)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    #: What the organizer tells everybody when it is cancelled.
    cancel_note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    #: Whether somebody waits for a seat: told by WorkshopQuerySet.visible(), no column.
    has_line = False

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "slug"], name="workshop_slug_once"),
            models.CheckConstraint(
                condition=models.Q(seats_taken__gte=0)
                & (
                    models.Q(capacity__isnull=True)
                    | models.Q(seats_taken__lte=models.F("capacity"))
                ),
                name="workshop_seats_within_capacity",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=WorkshopState.values), name="workshop_state_known"
            ),
            models.CheckConstraint(
                condition=(models.Q(minimum_minor__isnull=True) | models.Q(minimum_minor__gte=0))
                & (models.Q(maximum_minor__isnull=True) | models.Q(maximum_minor__gt=0)),
                name="workshop_amounts_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(surplus_minimum_minor__gt=0)
                | models.Q(surplus_seats=False, surplus_minimum_minor__isnull=True),
                name="workshop_surplus_has_minimum",
            ),
            models.CheckConstraint(
                condition=models.Q(room_kind__in=RoomKind.values), name="workshop_room_known"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "starts_at"])]

    def __str__(self) -> str:
        return self.title

    def text(self, field: str, language: str) -> str:
        """See Translated; the title of one in test mode says so wherever it is named."""
        found = super().text(field, language)
        return marks.marked(found) if field == "title" and self.campaign.test_mode else found

    def clean(self) -> None:
        """Refuse fewer seats than are taken, by a message at the field (PROMISES.md 14).

        Exact where the row is locked; behind it stands the constraint.
        """
        if self.capacity is not None and self.capacity < self.seats_taken:
            text = ngettext(
                "%(count)d seat is taken already: there cannot be fewer.",
                "%(count)d seats are taken already: there cannot be fewer.",
                self.seats_taken,
            )
            raise ValidationError({"capacity": text % {"count": self.seats_taken}})

    @property
    def ends_at(self) -> datetime:
        """When it ends (aware)."""
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def hides_carried(self) -> bool:
        """Whether seats of it are, or were, carried by others: nothing may tell which."""
        return self.surplus_minimum_minor is not None

    @property
    def seats_left(self) -> int | None:
        """Seats that can still be held, or None where there is no limit."""
        return None if self.capacity is None else self.capacity - self.seats_taken
