"""The workshop at a public address, with what its pages show of campaign, team and series."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from events.models import Workshop
from fundraiser.core.prepared import ModelQuestion


def _rows(campaign_slug: str, slug: str) -> QuerySet[Workshop]:
    rows = Workshop.objects.visible().select_related("campaign__team", "series")
    return rows.filter(campaign__slug=campaign_slug, slug=slug)


#: Every form that is sent reads it, and planning it takes longer than reading.
VISIBLE_WORKSHOP: Final = ModelQuestion[Workshop](_rows, campaign_slug=str, slug=str)
