"""What an organizer tells the donors of a campaign afterwards."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from events.models import Campaign
from events.models.translated import Translated
from fundraiser.core import clock


class CampaignUpdate(Translated, models.Model):
    """One update: written, looked at, published once; then it stays as it was mailed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="updates")
    title = models.CharField(max_length=120)
    body = models.TextField(help_text="Markdown")
    language = models.CharField(max_length=8, default="en")
    #: The same in other languages: {"fr": {"title": …, "body": …}}.
    translations = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["campaign", "published_at"], name="update_of_campaign")]

    def __str__(self) -> str:
        return self.title
