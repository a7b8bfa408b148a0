"""What a campaign's public page shows of the money's way to the charity, and of what it did."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from donations.services.remitting import overdue, transfers
from donations.services.totals import Totals
from donations.services.updating import doors
from events.models import Campaign


def context(campaign: Campaign, total: Totals, language: str) -> dict[str, Any]:
    """Return transfers, acknowledgement, a missed date and updates, as plain values.

    A row that says that it has none (pages.read_at_once) is not asked again.
    """
    has = vars(campaign)
    sent = transfers.shown(campaign) if has.get("has_transfers", True) else []
    return {
        "transfers": sent,
        "acknowledged_on": transfers.last_acknowledged(sent),
        "late": overdue.missed(campaign, total),
        "updates": doors.published(campaign, language) if has.get("has_updates", True) else [],
        "digests_url": reverse("ledger_digests"),
    }
