"""How a campaign's picture is shown: its addresses and what it shows in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from events.models import Campaign
from events.services.pictures import WIDTHS


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in two widths, 3:2."""

    small_url: str
    large_url: str
    small_width: int
    large_width: int
    alt: str


def picture_of(campaign: Campaign, language: str) -> Picture | None:
    """Return the campaign's picture, described in ``language``; None if it has none."""
    if not campaign.picture:
        return None
    small, large = WIDTHS
    return Picture(
        small_url=reverse("picture", args=[campaign.picture, small]),
        large_url=reverse("picture", args=[campaign.picture, large]),
        small_width=small,
        large_width=large,
        alt=campaign.text("picture_alt", language),
    )
