"""What came by each link of a campaign: sums of ``Donation.net_minor``, nothing estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Lower

from donations.models import Donation
from events.models import Campaign, Referral
from fundraiser.core.money import Money

#: So many sources are told apart; the rest is one line.
_SOURCES: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """What came by one way: ``raised`` is what is left of the gifts, ``people`` their addresses."""

    label: str
    code: str
    raised: Money
    people: int
    gifts: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A campaign's gifts by link, by invitation, without either; and by what utm_source said."""

    links: Sequence[Line]
    invitations: Line
    others: Line
    sources: Sequence[Line]


def of_campaign(campaign: Campaign) -> Totals:
    """Return the totals of every link, those without a gift included: four queries."""
    gifts = Donation.objects.filter(campaign=campaign, net_minor__gt=0)
    by_link = {row["referral_id"]: row for row in _summed(gifts.values("referral_id"))}
    links = [
        _line(campaign, by_link.get(one.pk), label=one.label, code=one.code)
        for one in Referral.objects.filter(campaign=campaign).order_by("created_at", "pk")
    ]
    plain = gifts.filter(referral=None)
    both = plain.aggregate(
        **_sums(Q(invitation__isnull=False), "invited_"), **_sums(Q(invitation=None), "other_")
    )
    named = gifts.filter(utm__has_key="source").values("utm__source")
    return Totals(
        links=links,
        invitations=_line(campaign, _part(both, "invited_")),
        others=_line(campaign, _part(both, "other_")),
        sources=[
            _line(campaign, row, label=row["utm__source"])
            for row in _summed(named).order_by("-minor", "utm__source")[:_SOURCES]
        ],
    )


def _sums(condition: Q, prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}minor": Sum("net_minor", filter=condition),
        f"{prefix}people": Count(Lower("email"), filter=condition, distinct=True),
        f"{prefix}gifts": Count("pk", filter=condition),
    }


def _summed(rows: QuerySet[Donation, Any]) -> QuerySet[Any, Any]:
    return rows.annotate(**_sums(Q())).order_by()


def _part(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {name: row[f"{prefix}{name}"] for name in ("minor", "people", "gifts")}


def _line(campaign: Campaign, row: dict[str, Any] | None, label: str = "", code: str = "") -> Line:
    row = row or {"minor": 0, "people": 0, "gifts": 0}
    raised = Money(row["minor"] or 0, campaign.currency)
    return Line(label, code, raised, row["people"], row["gifts"])
