"""Campaigns: what an edit of one does."""

from __future__ import annotations

from django.db.models import F

from events.models import Campaign


def set_external(campaign_id: int, *, external_url: str, claim_days: int) -> None:
    """Set the charity's own giving page (https), and for how many days a seat waits."""
    Campaign.objects.filter(pk=campaign_id).update(external_url=external_url, claim_days=claim_days)
    content_changed(campaign_id)


def content_changed(campaign_id: int) -> None:
    """Raise the version of a campaign's content, so that nobody is shown its old pages."""
    Campaign.objects.filter(pk=campaign_id).update(content_version=F("content_version") + 1)
