"""The public page of a series, and its preview for the team."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from donations.services import pages, previews, series_pages, sharing
from donations.views import shared
from donations.views.addresses import at_old_addresses
from donations.views.language import language
from events.models import Series
from events.services import access, access_workshops
from fundraiser.core.http import TellingError

_PAGE = "workshops/series.html"


@at_old_addresses
@require_safe
def series(request: HttpRequest, slug: str, series_slug: str) -> HttpResponse:
    """All dates of a series, with the seats that are left. Its team sees it before it is public."""
    try:
        version = pages.campaign_version(slug)
        return shared.page(
            request,
            ("series", slug, series_slug, version, language()),
            lambda: _public(request, slug, series_slug),
        )
    except TellingError:
        raise
    except Http404:
        return _draft(request, slug, series_slug)


def _public(request: HttpRequest, slug: str, series_slug: str) -> HttpResponse:
    found = access_workshops.series_for_visitor(slug, series_slug)
    context = _context(found)
    context |= {
        "dates": series_pages.dates(found, language()),
        **sharing.of_path(context["series"].url),
    }
    return render(request, _PAGE, context)


def _context(found: Series) -> dict[str, Any]:
    return {
        "campaign": pages.campaign_page(found.campaign, language()),
        "accent_url": pages.accent_url(found.campaign),
        "series": series_pages.series_page(found, language()),
    }


def _draft(request: HttpRequest, slug: str, series_slug: str) -> HttpResponse:
    """A series with no public date as it will be, for its team alone; Http404 for others."""
    # Who has no session is nobody: no query is made for them.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        raise Http404
    found = access_workshops.draft_series_for_member(request.user, slug, series_slug)
    context = _context(found) | previews.of_series(found, language())
    context |= {"is_preview": True, **_back(request, found)}
    answer = render(request, _PAGE, context)
    add_never_cache_headers(answer)
    return answer


def _back(request: HttpRequest, found: Series) -> dict[str, str]:
    """Return where its editors go on, or, for a viewer, where the campaign stands."""
    if access.may_edit(request.user, found.campaign):
        return {"edit_url": reverse("series_edit", args=[found.public_id])}
    return {"back_url": reverse("organize_campaign", args=[found.campaign.public_id])}
