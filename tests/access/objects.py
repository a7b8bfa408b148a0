"""Which row an address of the organizers is about, for the access matrix: one line an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from donations.models import Claim, OfflineGift
from events.models import Workshop


def _claim(workshop: Workshop) -> dict[str, str]:
    """A gift shown by receipt, which waits for an answer."""
    row = Claim.objects.filter(campaign=workshop.campaign).order_by("pk").last()
    return {"public_id": str(row.public_id)} if row else {}


def _offline(workshop: Workshop) -> dict[str, str]:
    """A matching gift that is only promised."""
    row = OfflineGift.objects.filter(campaign=workshop.campaign).first()
    return {"public_id": str(row.public_id)} if row else {}


def _export(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.exports.get().public_id)}


#: Address -> the values of its parameters, given the stage's workshop. What is not said here is
#: found by the parameter's name (stage.py).
VALUES: Final[dict[str, Callable[[Workshop], dict[str, str]]]] = {
    **dict.fromkeys(("claim_file", "claim_accept", "claim_decline", "claim_undo"), _claim),
    **dict.fromkeys(("offline_received", "offline_take_back", "offline_forget"), _offline),
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
