"""Campaigns: what an edit of one does."""

from __future__ import annotations

from django.db.models import F

from events.models import Campaign


def content_changed(campaign_id: int) -> None:
    """Raise the version of a campaign's content, so that nobody is shown its old pages."""
    Campaign.objects.filter(pk=campaign_id).update(content_version=F("content_version") + 1)
