"""The public page of a series."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from donations.services import pages, series_pages, sharing
from donations.views import shared
from donations.views.language import language
from events.services import access_workshops


@require_safe
def series(request: HttpRequest, slug: str, series_slug: str) -> HttpResponse:
    """All dates of a series, with the seats that are left."""
    version = pages.campaign_version(slug)

    def made() -> HttpResponse:
        found = access_workshops.series_for_visitor(slug, series_slug)
        campaign = found.campaign
        shown = series_pages.series_page(found, language())
        context = {
            "campaign": pages.campaign_page(campaign, language()),
            "accent_url": pages.accent_url(campaign),
            "series": shown,
            "dates": series_pages.dates(found, language()),
            **sharing.of_path(shown.url),
        }
        return render(request, "workshops/series.html", context)

    return shared.page(request, ("series", slug, series_slug, version, language()), made)
