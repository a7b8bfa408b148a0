"""The gifts shown to a campaign as its organizers see them, with what makes one look twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When
from django.db.models.functions import Upper

from donations.models import Claim
from donations.states import ClaimState
from events.models import Campaign
from fundraiser.core.money import Money

#: What waits for an answer stands first.
_ORDER: Final = (ClaimState.SHOWN, ClaimState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A campaign's claims in figures, which say nothing about anybody."""

    waiting: int
    accepted: int
    declined: int
    accepted_sum: Money


@dataclass(frozen=True, slots=True)
class Row:
    """One claim. The doubles are other claims of the campaign that stand, or stood."""

    claim: Claim
    same_reference: int
    same_file: int


def numbers(campaign: Campaign) -> Numbers:
    """Return the figures: one query."""
    rows = Claim.objects.filter(campaign=campaign).values("state")
    found = {row["state"]: row for row in rows.annotate(n=Count("pk"), minor=Sum("amount_minor"))}

    def count(*states: ClaimState) -> int:
        return sum(found[state]["n"] for state in states if state in found)

    accepted = found.get(ClaimState.ACCEPTED)
    return Numbers(
        waiting=count(*_ORDER),
        accepted=count(ClaimState.ACCEPTED),
        declined=count(ClaimState.DECLINED, ClaimState.UNDONE),
        accepted_sum=Money(accepted["minor"] if accepted else 0, campaign.currency),
    )


def found(campaign: Campaign) -> QuerySet[Claim]:
    """Return a campaign's claims, those that wait first, without what was withdrawn."""
    order = Case(
        *[When(state=state, then=Value(n)) for n, state in enumerate(_ORDER)],
        default=Value(len(_ORDER)),
        output_field=IntegerField(),
    )
    rows = Claim.objects.filter(campaign=campaign).exclude(state=ClaimState.WITHDRAWN)
    return rows.select_related("workshop", "booking").order_by(order, "-created_at", "-pk")


def rows_of(campaign: Campaign, claims: Sequence[Claim]) -> list[Row]:
    """Return claims with how often each proof was shown by others: two queries more."""
    others = Claim.objects.filter(campaign=campaign).exclude(state=ClaimState.WITHDRAWN)
    references = {one.reference.upper() for one in claims if one.reference}
    named = others.annotate(told=Upper("reference")).filter(told__in=references)
    by_reference = dict(named.values_list("told").annotate(n=Count("pk")))
    files = others.filter(file_sum__in={one.file_sum for one in claims if one.file_sum})
    by_file = dict(files.values_list("file_sum").annotate(n=Count("pk")))
    return [
        Row(
            claim=one,
            same_reference=max(by_reference.get(one.reference.upper(), 0) - 1, 0),
            same_file=max(by_file.get(one.file_sum, 0) - 1, 0),
        )
        for one in claims
    ]
