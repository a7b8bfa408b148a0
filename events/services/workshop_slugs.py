"""The last part of a workshop's or a series' address, made from its title."""

from __future__ import annotations

from typing import Final

from django.utils.text import slugify

from events.models import Campaign, Series, Workshop

#: These stand for something else beside or below a campaign's workshops (donations/urls/).
RESERVED: Final = frozenset(
    {
        "give",
        "total",
        "series",
        "embed",
        "wait",
        "watch",
        "updates",
        "qr",
        "shown-gift",
        "carried-seat",
    }
)


def for_workshop(campaign: Campaign, title: str) -> str:
    """Return an address that no workshop of the campaign has."""
    taken = Workshop.objects.filter(campaign=campaign).values_list("slug", flat=True)
    return _free(title, "workshop", {*taken})


def for_series(campaign: Campaign, title: str) -> str:
    """Return an address that no series of the campaign has."""
    taken = Series.objects.filter(campaign=campaign).values_list("slug", flat=True)
    return _free(title, "dates", {*taken})


def _free(title: str, otherwise: str, taken: set[str]) -> str:
    base = slugify(title)[:60].strip("-") or otherwise
    slug, number = base, 1
    while slug in taken or slug in RESERVED:
        number += 1
        slug = f"{base}-{number}"
    return slug
