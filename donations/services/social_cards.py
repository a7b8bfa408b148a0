"""The picture that a shared link shows: 1200 × 630, drawn with the campaign's own look and total.

Its address holds the version of what it shows, so it may be kept for ever; it is drawn once for
each version and language, and kept in the cache.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from donations.services.totals import Totals
from events.models import Campaign
from fundraiser.core.money import Money

_DAY: Final = 86_400


def version(campaign: Campaign, together: Money) -> str:
    """Return what changes whenever the card must; ``together`` is all that is shown as given."""
    return f"{campaign.content_version}-{max(together.minor, 0)}"


def url(campaign: Campaign, language: str, together: Money | None = None) -> str:
    """Return the card's full address; where the total is not at hand, one that leads there."""
    shown = version(campaign, together or Money(0, campaign.currency))
    return f"{settings.SITE_URL}{reverse('social_card', args=[campaign.slug, language, shown])}"


def drawn(campaign: Campaign, total: Totals, language: str) -> bytes:
    """Return the card as PNG, from the cache where it was drawn before."""
    key = f"card:{campaign.pk}:{language}:{version(campaign, total.together)}"
    found: bytes | None = cache.get(key)
    if found is None:
        from donations.services import card_drawing  # noqa: PLC0415 -- Pillow is large, seldom used

        with translation.override(language):
            found = card_drawing.png(campaign, total, language)
        cache.set(key, found, _DAY)
    return found
