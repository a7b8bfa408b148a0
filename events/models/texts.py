"""What organizers write to their people: texts of mails, and mails of their own."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from events.models.bookings import Registration
from events.models.workshops import Workshop
from events.states import Audience
from fundraiser.core import clock


class MailText(models.Model):
    """An organizer's own words for one kind of mail of a workshop, in one language."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="mail_texts")
    kind = models.CharField(max_length=32)
    language = models.CharField(max_length=8)
    #: With named placeholders such as {name}; an unknown one is refused when it is saved.
    subject = models.CharField(max_length=200)
    body = models.TextField(help_text="Markdown")
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "kind", "language"], name="mail_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class Announcement(models.Model):
    """An organizer's own message to the people of a workshop: sent once to each."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="announcements")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.EVERYBODY)
    #: Those it goes to where the audience is "chosen".
    chosen = models.ManyToManyField(Registration, blank=True, related_name="announcements")
    subject = models.CharField(max_length=200)
    body = models.TextField(help_text="Markdown")
    created_at = models.DateTimeField(default=clock.now)
    #: When its mails were queued.
    queued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=Audience.values), name="announcement_audience_known"
            )
        ]

    def __str__(self) -> str:
        return self.subject
