"""The form of a workshop, filled in as a browser posts it."""

from __future__ import annotations

from typing import Any

from events.forms.workshops import WorkshopForm
from events.models import Campaign, Workshop
from fundraiser.core.money import Money


def filled(campaign: Campaign, workshop: Workshop | None = None, **typed: Any) -> dict[str, Any]:
    """Return what a browser sends of the form as it is shown, with ``typed`` over it."""
    limits = (Money(50, campaign.currency), Money(99_999_999, campaign.currency))
    form = WorkshopForm(campaign=campaign, workshop=workshop, limits=limits)
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    both = {**values, **typed}
    return {name: value for name, value in both.items() if value not in (None, "", False)} | {
        name: value for name, value in typed.items() if value == ""
    }


NEW = {
    "title": "How to open a web shop",
    "summary": "From idea to first sale.",
    "starts": "2030-05-14T19:00",
    "time_zone": "Europe/Paris",
    "duration_minutes": "90",
}
