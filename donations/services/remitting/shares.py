"""Whose gifts went to the charity in which transfer: the oldest first (docs/adr/0044).

A gift's part is what is left of it after its own fee (before, where the organizer pays the fees).
It is written when the transfer is recorded and stays: what is refunded later was sent all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from donations.models import Acknowledgement, Donation, Remittance, RemittanceShare
from donations.states import DonationState, Kind, RemittanceState
from events.models import Campaign
from events.states import Destination
from fundraiser.core.money import Money

_FEES = Q(entries__kind__in=[Kind.FEE, Kind.DISPUTE_FEE])
_FEES_BACK = Q(entries__kind=Kind.DISPUTE_FEE_RETURNED)
_STANDS = ~Q(remittance__state=RemittanceState.RETURNED)


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a gift, or of a part of it. ``acknowledged_on``: None as long as it is not."""

    amount: Money
    sent_on: date
    acknowledged_on: date | None


@dataclass(frozen=True, slots=True)
class Journey:
    """Where one paid gift is. ``at_once``: it went straight to the charity's own account."""

    donation: Donation
    at_once: bool
    parts: Sequence[Part]
    #: What waits to be sent; None: nothing.
    waits: Money | None


def allocate(campaign: Campaign) -> None:
    """Share the campaign's transfers out among its gifts, as far as that is not done.

    The caller has locked the campaign's total, so that no gift moves meanwhile.
    """
    transfers = _with_room(campaign)
    if not transfers:
        return
    new: list[RemittanceShare] = []
    for donation_id, minor in _waiting(campaign):
        left = minor
        while left > 0 and transfers:
            remittance_id, room = transfers[0]
            part = min(left, room)
            new.append(
                RemittanceShare(
                    remittance_id=remittance_id, donation_id=donation_id, amount_minor=part
                )
            )
            left -= part
            transfers[0] = (remittance_id, room - part)
            if room == part:
                transfers.pop(0)
        if not transfers:
            break
    # Two parts of one gift in one transfer are one row: a later call fills what an earlier left.
    RemittanceShare.objects.bulk_create(_merged(new), batch_size=1000)


def _merged(new: Sequence[RemittanceShare]) -> list[RemittanceShare]:
    """Add to rows that exist what came on top, and return those that are new."""
    pairs = {(one.remittance_id, one.donation_id): one for one in new}
    known = RemittanceShare.objects.filter(
        remittance__in={one.remittance_id for one in new},
        donation__in={one.donation_id for one in new},
    )
    for row in known:
        more = pairs.pop((row.remittance_id, row.donation_id), None)
        if more is not None:
            RemittanceShare.objects.filter(pk=row.pk).update(
                amount_minor=F("amount_minor") + more.amount_minor
            )
    return list(pairs.values())


def _with_room(campaign: Campaign) -> list[tuple[int, int]]:
    """Return the transfers that stand and have room, oldest first, with the room in minor units."""
    rows = (
        Remittance.objects.filter(campaign=campaign)
        .exclude(state=RemittanceState.RETURNED)
        .annotate(shared=Coalesce(Sum("shares__amount_minor"), 0))
        .order_by("pk")
    )
    found = [(one.pk, one.amount_minor - one.shared) for one in rows]
    return [(pk, room) for pk, room in found if room > 0]


def _waiting(campaign: Campaign) -> list[tuple[int, int]]:
    """Return the gifts of which something was not sent, oldest first, with what that is."""
    rows = Donation.objects.filter(
        campaign=campaign, state=DonationState.PAID, net_minor__gt=0
    ).order_by("paid_at", "pk")
    fees = _fees(rows, campaign)
    sent = dict(
        RemittanceShare.objects.filter(_STANDS, donation__campaign=campaign)
        .values_list("donation_id")
        .annotate(minor=Sum("amount_minor"))
    )
    return [
        (pk, left)
        for pk, net in rows.values_list("pk", "net_minor")
        if (left := net - fees.get(pk, 0) - sent.get(pk, 0)) > 0
    ]


def _fees(rows: QuerySet[Donation], campaign: Campaign) -> dict[int, int]:
    """Return each gift's own fees; none where the organizer pays them."""
    if campaign.fees_paid_by_organizer:
        return {}
    counted = Donation.objects.filter(pk__in=rows).annotate(
        taken=Coalesce(Sum("entries__amount_minor", filter=_FEES), 0),
        back=Coalesce(Sum("entries__amount_minor", filter=_FEES_BACK), 0),
    )
    return {pk: taken - back for pk, taken, back in counted.values_list("pk", "taken", "back")}


def journey(donation: Donation) -> Journey | None:
    """Return where a gift is; None where nothing of it was paid, or all went back unsent."""
    destination = donation.campaign.destination
    if donation.state != DonationState.PAID or destination == Destination.EXTERNAL:
        return None
    at_once = destination == Destination.CHARITY
    parts = () if at_once else _parts(donation)
    if not parts and donation.net_minor <= 0:
        return None
    return Journey(donation, at_once, parts, None if at_once else _still_waiting(donation))


def _parts(donation: Donation) -> Sequence[Part]:
    rows = RemittanceShare.objects.filter(_STANDS, donation=donation).select_related("remittance")
    found = list(rows.order_by("remittance__sent_on", "remittance_id"))
    answers = Acknowledgement.objects.filter(
        remittance__in=[one.remittance_id for one in found],
        revoked_at=None,
        acknowledged_at__isnull=False,
    )
    arrived = dict(answers.values_list("remittance_id", "received_on"))
    return [
        Part(
            Money(one.amount_minor, donation.currency),
            one.remittance.sent_on,
            arrived.get(one.remittance_id),
        )
        for one in found
    ]


def _still_waiting(donation: Donation) -> Money | None:
    shared = RemittanceShare.objects.filter(_STANDS, donation=donation)
    sent = shared.aggregate(minor=Sum("amount_minor"))["minor"] or 0
    own = Donation.objects.filter(pk=donation.pk)
    fees = _fees(own, donation.campaign).get(donation.pk, 0)
    waits = donation.net_minor - fees - sent
    return Money(waits, donation.currency) if waits > 0 else None


def journeys(donations: Iterable[Donation]) -> list[Journey]:
    """Return where each of these gifts is, as far as there is something to tell."""
    return [found for one in donations if (found := journey(one)) is not None]
