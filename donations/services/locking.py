"""Locks on donations: the first in the order of all locks, and among themselves by number.

An attempt to pay for a seat may decide about the booking's other attempts (seating.claim_seat). So
whoever locks one of them locks all of them, in one statement and always in the same order: else two
could each hold what the other one wants.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet, Subquery

from donations.models import Claim, Donation
from fundraiser.core.prepared import ModelQuestion

#: Everything of a donation, and of its campaign what money's way asks: its texts are long.
_DONATION: Final = tuple(field.attname for field in Donation._meta.concrete_fields)  # noqa: SLF001 -- documented
_OF_CAMPAIGN: Final = (
    "campaign__destination",
    "campaign__currency",
    "campaign__stripe_account",  # account_readiness.hold_place compares it with what is locked
)


def in_order(rows: QuerySet[Donation]) -> list[Donation]:
    """Lock these donations one after the other, by number, within the caller's transaction."""
    return list(_ordered(rows))


def _ordered(rows: QuerySet[Donation]) -> QuerySet[Donation]:
    return rows.order_by("pk").select_for_update(of=("self",), no_key=True)


def _siblings(donation_id: int) -> QuerySet[Donation]:
    own = Donation.objects.filter(pk=donation_id).values("booking")
    rows = Donation.objects.filter(Q(pk=donation_id) | Q(booking=Subquery(own)))
    return _ordered(rows.select_related("campaign").only(*_DONATION, *_OF_CAMPAIGN))


_SIBLINGS: Final = ModelQuestion[Donation](_siblings, donation_id=int)


def with_siblings(donation_id: int) -> Donation:
    """Lock a donation and the others of its booking; return it with its campaign.

    Raises Donation.DoesNotExist.
    """
    for one in _SIBLINGS.all(donation_id=donation_id):
        if one.pk == donation_id:
            return one
    raise Donation.DoesNotExist(donation_id)


def of_booking(booking_id: int) -> list[Donation]:
    """Lock all donations of a booking, whatever became of them, and return them by number.

    What was given for it elsewhere, and shown by receipt, is locked with them.
    """
    given = in_order(Donation.objects.filter(booking=booking_id))
    list(Claim.objects.filter(booking=booking_id).select_for_update(of=("self",), no_key=True))
    return given
