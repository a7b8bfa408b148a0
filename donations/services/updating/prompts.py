"""Three and twelve months after a campaign's end its organizer is asked what the gifts did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from donations.models import CampaignTotal, CampaignUpdate
from events.models import Campaign
from events.states import CampaignState
from fundraiser.core import clock

#: After so many months, for so long: who does not answer is not asked for ever.
MONTHS: Final = (3, 12)
SHOWN: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Prompt:
    """An update that donors may expect now."""

    campaign: Campaign
    months: int


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, or the month's last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


def due(ids: Iterable[int] | None = None) -> Iterator[Prompt]:
    """Yield what organizers should be asked for now: of the whole site, or of these campaigns.

    Campaigns that brought something and have a day on which they closed.
    """
    now = clock.now()
    rows = CampaignTotal.objects.filter(
        donors__gt=0,
        campaign__test_mode=False,
        campaign__closes_at__lt=now - timedelta(days=80),
        campaign__closes_at__gt=now - timedelta(days=450),
    ).exclude(campaign__state=CampaignState.DRAFT)
    if ids is not None:
        rows = rows.filter(campaign__in=list(ids))
    for row in rows.select_related("campaign__team").order_by("campaign__closes_at", "pk"):
        months = _months_due(row.campaign, now)
        if months:
            yield Prompt(row.campaign, months)


def _months_due(campaign: Campaign, now: datetime) -> int:
    """Return 3 or 12 where an update is expected and none came since; else 0."""
    closed = campaign.closes_at
    if closed is None:
        return 0
    for months in MONTHS:
        begin = months_after(closed, months)
        if begin <= now < begin + SHOWN:
            told = CampaignUpdate.objects.filter(campaign=campaign, published_at__gte=begin)
            return 0 if told.exists() else months
    return 0
