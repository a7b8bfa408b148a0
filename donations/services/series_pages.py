"""What the public pages show of a series: several dates of the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from donations.services import pages
from events.models import Series, Workshop
from events.services import content


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series as its visitors see it."""

    title: str
    description_html: SafeString
    url: str


def series_page(series: Series, language: str) -> SeriesPage:
    """Return what a series' pages show of it in ``language``; its campaign is loaded."""
    return SeriesPage(
        title=series.text("title", language),
        description_html=content.markdown(series.text("description", language)),
        url=reverse("series", args=[series.campaign.slug, series.slug]),
    )


def dates(series: Series, language: str) -> Sequence[pages.WorkshopPage]:
    """Return the dates that anybody may see, those to come first: one query."""
    rows = series.workshops.visible().order_by("starts_at")
    for workshop in rows:
        workshop.campaign = series.campaign
    shown = [pages.workshop_page(workshop, language) for workshop in rows]
    return sorted(shown, key=lambda one: one.status == "past")


def other_dates(workshop: Workshop, language: str) -> dict[str, Any]:
    """Return what a workshop's page shows of its other dates; nothing where it has no series."""
    series = workshop.series
    if series is None:
        return {}
    series.campaign = workshop.campaign
    coming = [one for one in dates(series, language) if one.status not in {"past", "cancelled"}]
    return {
        "series": series_page(series, language),
        "other_dates": [one for one in coming if one.slug != workshop.slug],
    }
