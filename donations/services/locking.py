"""Locks on donations: the first in the order of all locks, and among themselves by number.

An attempt to pay for a seat may decide about the booking's other attempts (seating.claim_seat). So
whoever locks one of them locks all of them, in one statement and always in the same order: else two
could each hold what the other one wants.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet, Subquery

from donations.models import Claim, Donation


def in_order(rows: QuerySet[Donation]) -> list[Donation]:
    """Lock these donations one after the other, by number, within the caller's transaction."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def with_siblings(donation_id: int) -> Donation:
    """Lock a donation and the others of its booking; return it with its campaign.

    Raises Donation.DoesNotExist.
    """
    own = Donation.objects.filter(pk=donation_id).values("booking")
    rows = Donation.objects.filter(Q(pk=donation_id) | Q(booking=Subquery(own)))
    for one in in_order(rows.select_related("campaign")):
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
