"""Which row an address of the organizers is about, for the access matrix: one line an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from events.models import Workshop


def _export(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.exports.get().public_id)}


def _of(workshop: Workshop, **more: str) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.public_id), **more}


#: Address -> the values of its parameters, given the stage's workshop. What is not said here is
#: found by the parameter's name (stage.py).
VALUES: Final[dict[str, Callable[[Workshop], dict[str, str]]]] = {
    "campaign_create": lambda workshop: {},
    "campaign_move": lambda workshop: _of(workshop, to="closed"),
    "campaign_qr": lambda workshop: _of(workshop, place="give"),
    "picture": lambda workshop: {"name": "0" * 32, "width": "720"},
    "social_card": lambda workshop: {
        "slug": workshop.campaign.slug,
        "language": "en",
        "version": "1-0",
    },
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
