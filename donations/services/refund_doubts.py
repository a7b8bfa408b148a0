"""Refunds that an organizer ordered, and that a person has to look at.

- Nobody knows whether Stripe made it: it was silent for a day.
- It did not go through: Stripe refused after the organizer had left, or a bank did not take it.
- It was made, and our rows cannot learn of it: the account was disconnected meanwhile.

Each is shown until it is seen, ordered again, or nothing is left to be given back.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from donations.gateway import Gateway
from donations.models import LedgerEntry, RefundOrder
from donations.services import locking, organizer_refunds
from donations.services.organizer_refunds import NO_ANSWER, UNSETTLED
from donations.states import Kind, Purpose
from events.states import BookingState
from fundraiser.core import clock


def of_campaigns(campaign_ids: list[int]) -> QuerySet[RefundOrder]:
    """Return the orders that a person has to look at; ``kind_of`` tells why.

    Late money without a seat, whose giver is asked already, is not among them.
    """
    entries = LedgerEntry.objects.filter(
        donation=OuterRef("donation"), source_id=OuterRef("refund_id")
    )
    asked = Q(donation__purpose=Purpose.SEAT, donation__booking__state=BookingState.NEEDS_ATTENTION)
    came_back = Exists(entries.filter(kind=Kind.REFUND_FAILED))
    unsettled = Q(error=UNSETTLED) & ~Exists(entries.filter(kind=Kind.REFUND))
    rows = RefundOrder.objects.annotate(came_back=came_back).filter(
        Q(refused_at__isnull=False) | Q(came_back=True) | unsettled,
        seen_at=None,
        donation__campaign__in=campaign_ids,
        donation__net_minor__gt=0,
    )
    told = ("donation__campaign", "donation__workshop")
    return rows.exclude(asked).select_related(*told).order_by("pk")


def kind_of(order: RefundOrder) -> str:
    """Return what became of an order in doubt: refund_unknown, refund_failed, refund_unsettled."""
    if order.refused_at is not None:
        return "refund_unknown" if order.error == NO_ANSWER else "refund_failed"
    return "refund_failed" if has_come_back(order) else "refund_unsettled"


def has_come_back(order: RefundOrder) -> bool:
    """Return whether a bank did not take the money."""
    return bool(getattr(order, "came_back", False))


def see(order: RefundOrder) -> None:
    """Write that somebody looked at it: it is shown no more."""
    RefundOrder.objects.filter(pk=order.pk, seen_at=None).update(seen_at=clock.now())


def again(order: RefundOrder, *, gateway: Gateway) -> RefundOrder:
    """Order once more what did not go through, as far as it is left; return the new order.

    Its number is made of the first one's: a double click is one refund. Raises TooMuchError where
    nothing is left, or what ``organizer_refunds.carry_out`` does.
    """
    with transaction.atomic():
        donation = locking.with_siblings(order.donation_id)
        nonce = uuid.uuid5(order.nonce, "again")
        new = RefundOrder.objects.filter(nonce=nonce).first()
        if new is None:
            left = organizer_refunds.left_of(donation)
            if left.minor <= 0:
                raise organizer_refunds.TooMuchError(left)
            new = RefundOrder.objects.create(
                donation=donation,
                nonce=nonce,
                amount_minor=min(order.amount_minor, left.minor),
                reason=order.reason,
                seat=order.seat,
            )
        see(order)
    return organizer_refunds.carry_out(new, gateway=gateway)
