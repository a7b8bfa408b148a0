"""Gifts over time: what was there at the end of each day (UTC), drawn here, without a script.

Everybody's chart leaves gifts with a hidden amount out: on a day with one of them the step would
tell it (docs/adr/0038-a-chart-without-hidden-gifts.md). That of owners and organizers has all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Final

from django.core.cache import caches
from django.db.models import Sum
from django.db.models.functions import TruncDate

from donations.models import Donation
from donations.services.totals import Totals
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.money import Money

#: From so many givers on, everybody's chart may be SECONDS old: to add up a million gifts for each
#: new one would take a second each time.
MANY: Final = 10_000
SECONDS: Final = 60
#: The drawing's own units; the page stretches it.
WIDTH: Final = 600
HEIGHT: Final = 160


@dataclass(frozen=True, slots=True)
class Day:
    """What is left of the gifts of one day, and of all until then."""

    day: date
    given: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Chart:
    """The days on which gifts came, the oldest first, and the line of an SVG picture."""

    days: Sequence[Day]
    line: str
    leaves_out: bool

    @property
    def total(self) -> Money:
        """What was there at the end."""
        return self.days[-1].total


@dataclass(frozen=True, slots=True)
class Charts:
    """The two charts of a campaign; None where there is nothing to draw."""

    public: Chart | None
    whole: Chart | None


#: Minor units by day: of the gifts whose amount is shown, and of all.
_Sums = tuple[dict[date, int], dict[date, int]]


def of_campaigns(campaigns: Iterable[Campaign]) -> dict[int, Charts]:
    """Return the charts of each campaign by its id: one query for all of them."""
    known = list(campaigns)
    sums = _read(known)
    return {one.pk: _charts(one, sums[one.pk]) for one in known}


def of_page(campaign: Campaign, total: Totals) -> Charts:
    """Return a campaign's charts for its page: no query while nothing was given since the last one.

    Where more than MANY gave they may be SECONDS old; the total beside them never is.
    """
    cache = caches["pages"]
    name = f"chart:{campaign.pk}"
    version, sums = cache.get(name, (None, None))
    if sums is None or (version != total.version and total.donors <= MANY):
        sums = _read([campaign])[campaign.pk]
        cache.set(name, (total.version, sums), SECONDS)
    return _charts(campaign, sums)


def _read(known: list[Campaign]) -> dict[int, _Sums]:
    rows = (
        Donation.objects.paid()
        .filter(campaign__in=known)
        .annotate(day=TruncDate("paid_at", tzinfo=UTC))
        .values("campaign_id", "day", "hide_amount")
        .annotate(minor=Sum("net_minor"))
        .order_by("day")
    )
    shown: dict[int, dict[date, int]] = {one.pk: {} for one in known}
    every: dict[int, dict[date, int]] = {one.pk: {} for one in known}
    for row in rows:
        for found in [every] if row["hide_amount"] else [every, shown]:
            of_day = found[row["campaign_id"]]
            of_day[row["day"]] = of_day.get(row["day"], 0) + row["minor"]
    return {one.pk: (shown[one.pk], every[one.pk]) for one in known}


def _charts(campaign: Campaign, sums: _Sums) -> Charts:
    shown, every = sums
    return Charts(
        public=_chart(campaign, shown, leaves_out=shown != every),
        whole=_chart(campaign, every, leaves_out=False),
    )


def _chart(campaign: Campaign, sums: dict[date, int], *, leaves_out: bool) -> Chart | None:
    days: list[Day] = []
    total = 0
    for day, minor in sums.items():
        if minor:
            total += minor
            given = Money(minor, campaign.currency)
            days.append(Day(day, given, Money(total, campaign.currency)))
    if not days or max(one.total.minor for one in days) <= 0:
        return None
    return Chart(days, _line(days, clock.now().astimezone(UTC).date()), leaves_out)


def _line(days: Sequence[Day], today: date) -> str:
    """Return the points of a stair that rises on each day, and goes on flat until today."""
    first = days[0].day
    span = max((max(today, days[-1].day) - first).days, 1)
    top = max(one.total.minor for one in days)
    points = [(0, HEIGHT)]
    for one in days:
        x = round((one.day - first).days / span * WIDTH)
        y = round(HEIGHT - max(one.total.minor, 0) / top * HEIGHT)
        points += [(x, points[-1][1]), (x, y)]
    points.append((WIDTH, points[-1][1]))
    return " ".join(f"{x},{y}" for x, y in points)
