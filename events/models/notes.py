"""What organizers write down about a person of a workshop, for themselves."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from events.models.bookings import Registration
from fundraiser.core import clock


class PersonNote(models.Model):
    """One note about one person of a workshop, which the team's owners and organizers read.

    It is data about that person all the same: they get it with their data, and it goes with them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="person_note_says_something")
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"
