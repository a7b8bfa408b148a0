"""Which row an address of the organizers is about, for the access matrix: one line an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from events.models import Workshop
from tests.access import workshop_objects


def _export(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.exports.get().public_id)}


#: Address -> the values of its parameters, given the stage's workshop. What is not said here is
#: found by the parameter's name (stage.py).
VALUES: Final[dict[str, Callable[[Workshop], dict[str, str]]]] = {
    "request_approve": workshop_objects.asked,
    "request_decline": workshop_objects.asked,
    "series": workshop_objects.series_page,
    "series_edit": workshop_objects.series,
    "series_remove": workshop_objects.series,
    "workshop_create": lambda shop: {"public_id": str(shop.campaign.public_id)},
    "export": _export,
    "export_cancel": _export,
    "export_file": _export,
}


def values_of(name: str, workshop: Workshop) -> dict[str, str]:
    """Return what stands in an address; one of a campaign has the campaign's number."""
    if name in VALUES:
        return VALUES[name](workshop)
    if name.startswith(("campaign_", "organize_campaign")):
        return {"public_id": str(workshop.campaign.public_id)}
    return {}
