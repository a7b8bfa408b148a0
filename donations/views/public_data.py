"""What everybody may read of a campaign by program: its totals as JSON, its updates as a feed.

There is neither of a campaign in test mode: programs could not tell it apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from donations.services import pages, totals
from donations.services.updating import doors
from donations.views import shared
from donations.views.addresses import at_old_addresses
from donations.views.language import language
from events.models import Campaign
from events.services import access
from fundraiser.core.money import Money

_AMOUNTS: Final = (
    "gifts refunds disputes raised fees owed sent outstanding declared pledged together".split()
)
#: What no XML may hold (www.w3.org/TR/xml, "Characters").
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _real(slug: str) -> Campaign:
    found = access.campaign_for_visitor(slug)
    if found.test_mode:
        raise Http404
    return found


@at_old_addresses
@require_safe
def campaign_totals(request: HttpRequest, slug: str) -> HttpResponse:
    """A campaign's totals: sums alone, so that nothing is in it that somebody hid."""

    def made() -> HttpResponse:
        return JsonResponse(_totals(_real(slug)))

    return _cached(request, slug, "totals", "application/json", made)


def _totals(campaign: Campaign) -> dict[str, Any]:
    found, language_code = totals.of_campaign(campaign), language()
    return {
        "campaign": settings.SITE_URL + reverse("campaign", args=[campaign.slug]),
        "title": campaign.text("title", language_code),
        "charity": campaign.charity_name,
        "organizer": campaign.organizer_name,
        "state": campaign.state,
        "closes_at": campaign.closes_at,
        "currency": campaign.currency,
        "goal": _amount(campaign.goal),
        "goal_percent": found.goal_percent,
        "donors": found.donors,
        **{name: _amount(getattr(found, name)) for name in _AMOUNTS},
    }


def _amount(money: Money | None) -> dict[str, Any] | None:
    """Return minor units with their currency."""
    return None if money is None else {"minor": money.minor, "currency": money.currency}


@at_old_addresses
@require_safe
def campaign_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """A campaign's updates as an Atom feed (RFC 4287), in the reader's language."""

    def made() -> HttpResponse:
        return HttpResponse(_feed(_real(slug)))

    return _cached(request, slug, "feed", "application/atom+xml", made)


class _Feed(feedgenerator.Atom1Feed):
    """Django's, whose time is that of its latest entry, or else of the campaign: never now."""

    def latest_post_date(self) -> datetime:
        """Return when something was last said."""
        latest = [one["updateddate"] for one in self.items if one["updateddate"]]
        moment: datetime = max(latest, default=self.feed["began"])
        return moment


def _feed(campaign: Campaign) -> str:
    page = settings.SITE_URL + reverse("campaign", args=[campaign.slug])
    feed = _Feed(
        title=_clean(campaign.text("title", language())),
        link=page,
        description="",
        language=language(),
        author_name=_clean(campaign.organizer_name),
        feed_url=settings.SITE_URL + reverse("campaign_feed", args=[campaign.slug]),
        feed_guid=f"urn:uuid:{campaign.public_id}",
        began=campaign.created_at,
    )
    for update in doors.published(campaign, language()):
        feed.add_item(
            title=_clean(update.title),
            link=f"{page}#{update.anchor}",
            description=_clean(update.body_html),
            unique_id=f"urn:uuid:{update.public_id}",
            pubdate=update.published_at,
            updateddate=update.published_at,
        )
    return feed.writeString("utf-8")


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)


def _cached(
    request: HttpRequest, slug: str, what: str, content_type: str, made: Callable[[], HttpResponse]
) -> HttpResponse:
    """Answer from the cache of pages, 304 as long as nothing moved, and to pages of any site."""
    key = (what, slug, pages.campaign_version(slug), language())
    etag = f'"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = shared.page(request, key, made)
        response["Content-Type"] = f"{content_type}; charset=utf-8"
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={shared.SECONDS}"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    response["Access-Control-Allow-Origin"] = "*"
    return response
