"""Several dates of the same thing, on one page."""

from __future__ import annotations

import uuid

from django.db import models

from events.models.campaigns import Campaign
from events.models.translated import Translated
from fundraiser.core import clock


class Series(Translated, models.Model):
    """A page of a campaign that lists the dates of its workshops; each stays a workshop itself."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="series")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True, help_text="Markdown")
    translations = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "slug"], name="series_slug_once"),
        ]

    def __str__(self) -> str:
        return self.title
