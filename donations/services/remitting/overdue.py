"""Promises of a date that was missed: money should be with the charity, and is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from donations.models import CampaignTotal
from donations.services import totals
from donations.services.remitting import remittances
from events.models import Campaign
from events.states import CampaignState
from fundraiser.core import clock, zones
from fundraiser.core.money import Money

#: Owners are told when the date is missed, and then once in so many days.
EVERY: Final = 7


@dataclass(frozen=True, slots=True)
class Missed:
    """A campaign whose money is late. ``days``: for how many days, from 1."""

    campaign: Campaign
    outstanding: Money
    days: int

    @property
    def week(self) -> int:
        """In which week of being late it is, from 0."""
        return (self.days - 1) // EVERY


def today(campaign: Campaign) -> date:
    """Return the day where the campaign's team lives."""
    return zones.today(campaign.team.time_zone)


def missed(campaign: Campaign, total: totals.Totals) -> Missed | None:
    """Return by how much a campaign's date was missed; None: it was not, or all is sent."""
    if campaign.send_by is None or not remittances.is_sent_on(campaign):
        return None
    days = (today(campaign) - campaign.send_by).days
    if days <= 0 or total.outstanding.minor <= 0:
        return None
    return Missed(campaign, total.outstanding, days)


def of_campaigns(ids: Iterable[int] | None = None) -> Iterator[Missed]:
    """Yield the campaigns that are late, longest first: all of the site's, or of these."""
    rows = CampaignTotal.objects.filter(
        campaign__send_by__lte=clock.now().date(), gifts_minor__gt=0
    ).exclude(campaign__state=CampaignState.DRAFT)
    if ids is not None:
        rows = rows.filter(campaign__in=list(ids))
    found = rows.select_related("campaign__team").order_by("campaign__send_by", "pk")
    for row in found:
        late = missed(row.campaign, totals.read(row.campaign, row))
        if late is not None:
            yield late
