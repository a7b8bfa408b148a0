"""What stands in the form of a workshop before anybody types."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from events.forms.amount_fields import typed_amount, typed_amounts
from events.forms.local_times import typed_text
from events.models import Campaign, Workshop

#: Texts that can be given in the other languages as well.
TRANSLATED: Final = ("title", "summary", "description", "accessibility")
_SAME: Final = (
    "title",
    "summary",
    "description",
    "time_zone",
    "duration_minutes",
    "capacity",
    "waiting_list",
    "offer_minutes",
    "moderated",
    "zero_allowed",
    "captions",
    "accessibility",
    "asks_access_needs",
)


def initial_values(
    campaign: Campaign, workshop: Workshop | None, language: str
) -> dict[str, object]:
    """Return the values of a workshop, or what a new one of the campaign starts with."""
    if workshop is None:
        return _new(campaign, language)
    currency, zone = campaign.currency, workshop.time_zone
    values: dict[str, Any] = {name: getattr(workshop, name) for name in _SAME}
    for code, texts in workshop.translations.items():
        values |= {f"{name}_{code}": texts.get(name, "") for name in TRANSLATED}
    start = workshop.starts_at
    return {
        **values,
        "speakers": "\n".join(workshop.speakers),
        "starts": typed_text(start, zone),
        "fold": str(_local_fold(workshop)),
        "registration_opens": typed_text(workshop.registration_opens_at, zone),
        "registration_closes": typed_text(workshop.registration_closes_at, zone),
        "suggested": typed_amounts(workshop.suggested_minor, currency, language),
        "minimum": typed_amount(workshop.minimum_minor, currency, language),
        "maximum": typed_amount(workshop.maximum_minor, currency, language),
        "benefit": typed_amount(workshop.benefit_minor, currency, language),
        "series": str(workshop.series_id or ""),
    }


def _local_fold(workshop: Workshop) -> int:
    return workshop.starts_at.astimezone(ZoneInfo(workshop.time_zone)).fold


def _new(campaign: Campaign, language: str) -> dict[str, object]:
    """Take over what the campaign's last workshop had, where that is likely the same."""
    last = campaign.workshops.order_by("-created_at", "-pk").first()
    suggested = last.suggested_minor if last else campaign.suggested_minor
    return {
        "time_zone": last.time_zone if last else campaign.team.time_zone,
        "duration_minutes": last.duration_minutes if last else 90,
        "speakers": "\n".join(last.speakers) if last else campaign.organizer_name,
        "suggested": typed_amounts(suggested, campaign.currency, language),
        "waiting_list": True,
        "offer_minutes": 720,
        "asks_access_needs": True,
    }
