"""The page for slides and streams: total, goal, latest gifts and a code, readable from afar.

It needs no sign-in, since the software that shows it has none; its address is signed, and an
organizer makes another one when it got around.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.services import pages, sharing, totals, walls
from events.models import Campaign
from events.services import access
from events.services.mails.emails import absolute

#: What stands behind it: the first one where the address does not say.
BACKGROUNDS = ("dark", "light", "transparent")
#: So many of the latest gifts are large enough to be read.
_GIFTS = 5


@never_cache
@require_safe
def stage(request: HttpRequest, token: str) -> HttpResponse:
    """The whole page; ``?background=`` dark, light or transparent, ``?language=`` as the site's."""
    found = access.campaign_for_stage(token)
    give = pages.give_url(found) or reverse("campaign", args=[found.slug])
    query = request.GET.urlencode()
    context = {
        "background": _chosen(request, "background", BACKGROUNDS, BACKGROUNDS[0]),
        "live_url": reverse("stage_live", args=[token]) + (f"?{query}" if query else ""),
        **sharing.of_path(give),
        "share_address": absolute(give).partition("://")[2].rstrip("/"),
    }
    return _rendered(request, found, "stage/stage.html", context)


@never_cache
@require_safe
def stage_live(request: HttpRequest, token: str) -> HttpResponse:
    """The part of it that updates by itself."""
    return _rendered(request, access.campaign_for_stage(token), "stage/_live.html", {})


def _chosen(request: HttpRequest, name: str, known: tuple[str, ...], otherwise: str) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in known else otherwise


def _rendered(
    request: HttpRequest, campaign: Campaign, template: str, more: dict[str, Any]
) -> HttpResponse:
    """Render in the campaign's own language, whatever the browser on the stage prefers."""
    languages = tuple(code for code, _name in settings.LANGUAGES)
    own = campaign.language if campaign.language in languages else languages[0]
    language = _chosen(request, "language", languages, own)
    with translation.override(language):
        context = {
            "language": language,
            "campaign": pages.campaign_page(campaign, language),
            "accent_url": pages.accent_url(campaign),
            "total": totals.of_campaign(campaign),
            "gifts": walls.latest(campaign)[:_GIFTS],
            **more,
        }
        return render(request, template, context)
