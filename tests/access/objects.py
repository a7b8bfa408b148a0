"""Which row an address of the organizers is about, for the access matrix: one line an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from donations.models import ConnectedAccount
from events.models import Workshop


def _export(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.exports.get().public_id)}


def _account(workshop: Workshop) -> dict[str, str]:
    account = ConnectedAccount.objects.get(team=workshop.campaign.team)
    return {
        "public_id": str(workshop.campaign.public_id),
        "account_id": str(account.public_id),
    }


#: Address -> the values of its parameters, given the stage's workshop. What is not said here is
#: found by the parameter's name (stage.py).
VALUES: Final[dict[str, Callable[[Workshop], dict[str, str]]]] = {
    "export": _export,
    "export_cancel": _export,
    "export_file": _export,
    **{
        f"campaign_account_{one}": _account
        for one in ("onboard", "check", "link", "disconnect", "reconnect")
    },
}


def values_of(name: str, workshop: Workshop) -> dict[str, str]:
    """Return what stands in an address; one of a campaign has the campaign's number."""
    if name in VALUES:
        return VALUES[name](workshop)
    if name.startswith(("campaign_", "organize_campaign")):
        return {"public_id": str(workshop.campaign.public_id)}
    return {}
