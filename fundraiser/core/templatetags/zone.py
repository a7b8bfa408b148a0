"""Times in templates: in the workshop's zone, with UTC for the script that adds the visitor's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from fundraiser.core import zones

register = template.Library()


class HasTime(Protocol):
    """Something that starts at a moment in a zone."""

    starts_at: datetime
    time_zone: str


@register.simple_tag
def own_time(workshop: HasTime, zone: str | None) -> str:
    """Write the start in a person's own zone; nothing where it is unknown or the clocks agree."""
    if not zone or not zones.is_zone(zone):
        return ""
    here = workshop.starts_at.astimezone(ZoneInfo(zone))
    there = workshop.starts_at.astimezone(ZoneInfo(workshop.time_zone))
    if here.utcoffset() == there.utcoffset():
        return ""
    return zones.long_text(workshop.starts_at, zone, get_language() or "en")


@register.simple_tag
def workshop_time(workshop: HasTime) -> SafeString:
    """Write ``<time>`` with the start in the workshop's zone and, machine-readable, in UTC."""
    language = get_language() or "en"
    return format_html(
        '<time datetime="{}" data-zone="{}">{}</time>',
        workshop.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        workshop.time_zone,
        zones.long_text(workshop.starts_at, workshop.time_zone, language),
    )


@register.simple_tag
def moment(when: datetime, zone: str) -> SafeString:
    """Write ``<time>`` with an aware moment as people in ``zone`` say it; scripts read UTC."""
    return format_html(
        '<time datetime="{}" data-zone="{}">{}</time>',
        when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        zone,
        zones.long_text(when, zone, get_language() or "en"),
    )
