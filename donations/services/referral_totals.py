"""What came by each link of a campaign: sums of ``Donation.net_minor``, nothing estimated.

Beside the money stand those who came without giving: who waits for a seat, and who has one where
the team allows zero. Not where others' gifts carry seats, or once did: a link by which few came
would tell who took one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Lower

from donations.models import Claim, Donation
from events.models import Booking, Campaign, Referral
from events.states import BookingState
from fundraiser.core.money import Money

#: So many sources are told apart; the rest is one line.
_SOURCES: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """What came by one way: ``raised`` is what is left of the gifts, ``people`` their addresses.

    ``waiting`` and ``free`` are seats: asked for, and had without a gift.
    """

    label: str
    code: str
    raised: Money
    people: int
    gifts: int
    waiting: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """A campaign's gifts by link, by invitation, without either; and by what utm_source said."""

    links: Sequence[Line]
    invitations: Line
    others: Line
    sources: Sequence[Line]

    @property
    def has_seats(self) -> bool:
        """Whether anybody waits, or has a seat without a gift."""
        lines = (*self.links, self.invitations, self.others)
        return any(one.waiting or one.free for one in lines)


def of_campaign(campaign: Campaign) -> Totals:
    """Return the totals of every link, those without a gift included: seven queries."""
    seats = _seats(campaign)
    by_link_seats = {row["referral_id"]: row for row in _counted(seats.values("referral_id"))}
    gifts = Donation.objects.filter(campaign=campaign, net_minor__gt=0)
    by_link = {row["referral_id"]: row for row in _summed(gifts.values("referral_id"))}
    links = [
        _line(
            campaign,
            {**(by_link.get(one.pk) or {}), **(by_link_seats.get(one.pk) or {})},
            label=one.label,
            code=one.code,
        )
        for one in Referral.objects.filter(campaign=campaign).order_by("created_at", "pk")
    ]
    plain = gifts.filter(referral=None)
    both = plain.aggregate(
        **_sums(Q(invitation__isnull=False), "invited_"), **_sums(Q(invitation=None), "other_")
    )
    bare = seats.filter(referral=None)
    asked = bare.filter(invitation__isnull=False).aggregate(**_COUNTS)
    other = bare.filter(invitation=None).aggregate(**_COUNTS)
    return Totals(
        links=links,
        invitations=_line(campaign, {**_part(both, "invited_"), **asked}),
        others=_line(campaign, {**_part(both, "other_"), **other}),
        sources=_sources(campaign, gifts, seats),
    )


def _sources(
    campaign: Campaign, gifts: QuerySet[Donation], seats: QuerySet[Booking]
) -> Sequence[Line]:
    """Return what each utm_source brought, the most money first."""
    key, known = "utm__source", {"utm__has_key": "source"}
    found: dict[str, dict[str, Any]] = {}
    for row in (
        *_summed(gifts.filter(**known).values(key)),
        *_counted(seats.filter(**known).values(key)),
    ):
        found.setdefault(row[key], {}).update(row)
    lines = [_line(campaign, row, label=name) for name, row in found.items()]
    order = sorted(lines, key=lambda one: (-one.raised.minor, one.label))
    return order[:_SOURCES]


#: Seats of bookings, in two numbers.
_COUNTS: Final = {
    "waiting": Sum("seats", filter=Q(state=BookingState.WAITING)),
    "free": Sum("seats", filter=Q(state=BookingState.CONFIRMED)),
}


def _seats(campaign: Campaign) -> QuerySet[Booking]:
    """Return who waits, and who has a seat that neither a gift, nor a receipt, nor others carry."""
    free = Q(state=BookingState.CONFIRMED, workshop__surplus_minimum_minor=None)
    own = {"booking": OuterRef("pk")}
    gave = Exists(Donation.objects.filter(**own)) | Exists(Claim.objects.filter(**own))
    rows = Booking.objects.filter(workshop__campaign=campaign)
    return rows.filter(Q(state=BookingState.WAITING) | (free & ~gave))


def _counted(rows: QuerySet[Booking, Any]) -> QuerySet[Any, Any]:
    return rows.annotate(**_COUNTS).order_by()


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
    row = row or {}
    raised = Money(row.get("minor") or 0, campaign.currency)
    counts = (row.get(name) or 0 for name in ("people", "gifts", "waiting", "free"))
    return Line(label, code, raised, *counts)
