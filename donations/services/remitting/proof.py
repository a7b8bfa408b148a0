"""What a campaign's public page shows of the money's way to the charity, and of what it did."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from donations.services.remitting import overdue, transfers
from donations.services.totals import Totals
from donations.services.updating import doors
from events.models import Campaign


def context(campaign: Campaign, total: Totals, language: str) -> dict[str, Any]:
    """Return transfers, acknowledgement, a missed date and updates, as plain values."""
    sent = transfers.shown(campaign)
    return {
        "transfers": sent,
        "acknowledged_on": transfers.last_acknowledged(sent),
        "late": overdue.missed(campaign, total),
        "updates": doors.published(campaign, language),
        "digests_url": reverse("ledger_digests"),
    }
