"""Workshops: what people register for."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import ngettext

from events.models.campaigns import Campaign
from events.querysets import WorkshopQuerySet
from events.states import WorkshopState
from fundraiser.core import clock, zones


class Workshop(models.Model):
    """One online workshop of a campaign. ``seats_taken`` moves only in services/seats.py."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="workshops")
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
    registration_opens_at = models.DateTimeField(null=True, blank=True)
    registration_closes_at = models.DateTimeField(null=True, blank=True)
    #: Shown to nobody before the start, and then only through a personal link.
    join_url = models.URLField(blank=True)
    replay_url = models.URLField(blank=True)
    #: [{"id": "level", "label": …, "kind": "text|choice|number|consent", "required": …,
    #:   "choices": […], "translations": {"fr": {"label": …, "choices": […]}}}]
    questions = models.JSONField(default=list, blank=True)
    #: Raised by every change of the time: iCalendar's SEQUENCE, and part of the reminders' keys.
    schedule_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=WorkshopState, default=WorkshopState.DRAFT)
    created_at = models.DateTimeField(default=clock.now)

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
        ]
        indexes = [models.Index(fields=["campaign", "starts_at"])]

    def __str__(self) -> str:
        return self.title

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
    def seats_left(self) -> int | None:
        """Seats that can still be held, or None where there is no limit."""
        return None if self.capacity is None else self.capacity - self.seats_taken

    def text(self, field: str, language: str) -> str:
        """Return a text field in the language where it was given, else as first written."""
        translated = self.translations.get(language[:2], {}).get(field)
        return str(translated or getattr(self, field))

    def local_text(self, language: str) -> str:
        """Return the start as people say it, in the workshop's zone."""
        return zones.long_text(self.starts_at, self.time_zone, language)
