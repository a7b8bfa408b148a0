"""Moderated workshops: who asked to come is offered a seat, or told why not.

A request is a waiting booking that is in no line (docs/adr/0034-asking-first.md). A yes puts it at
the end of the line; from there on all is as for everybody who waits: the offer, its end, paying.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max

from events.models import Booking, Workshop
from events.services.mails import outbox
from events.services.seating import seats, waiting_list
from events.states import BookingState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError


class AnsweredError(ServiceError):
    """Somebody answered this request already, or it is over."""

    code = "answered"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A workshop with so many requests without an answer, the newest made at ``last``."""

    workshop: Workshop
    count: int
    last: datetime


def approve(booking_id: int) -> bool:
    """Say yes; return whether a seat could be offered at once. In no transaction of the caller's.

    Raises AnsweredError.
    """
    with transaction.atomic():
        booking = _locked(booking_id)
        booking.awaits_approval, booking.approved_at = False, clock.now()
        booking.save(update_fields=["awaits_approval", "approved_at"])
    waiting_list.offer(booking.workshop_id)
    booking.refresh_from_db(fields=["state"])
    return booking.state == BookingState.HELD


def decline(booking_id: int, *, reason: str) -> None:
    """Say no and mail the reason. Raises AnsweredError."""
    with transaction.atomic():
        booking = _locked(booking_id)
        booking.awaits_approval = False
        booking.declined_at, booking.decline_reason = clock.now(), reason
        booking.save(update_fields=["awaits_approval", "declined_at", "decline_reason"])
        seats.release(booking, BookingState.CANCELLED)
        key = f"request_declined:{booking.pk}"
        outbox.queue(key=key, kind="request_declined", booking=booking)


def unanswered(campaign_ids: Collection[int]) -> list[Unanswered]:
    """Return the workshops to come of these campaigns where requests wait: two queries."""
    rows = Booking.objects.filter(
        workshop__campaign_id__in=campaign_ids, state=BookingState.WAITING, awaits_approval=True
    )
    counted = rows.order_by().values("workshop_id").annotate(n=Count("pk"), last=Max("created_at"))
    found = {row["workshop_id"]: row for row in counted}
    if not found:
        return []
    workshops = Workshop.objects.filter(pk__in=found).select_related("campaign")
    return [
        Unanswered(one, found[one.pk]["n"], found[one.pk]["last"])
        for one in workshops.order_by("starts_at")[:100]
    ]


def accept_everybody(workshop_id: int) -> None:
    """Put all requests into the line: nobody has to ask any more. The caller offers the seats."""
    Booking.objects.requests(workshop_id).order_by().update(
        awaits_approval=False, approved_at=clock.now()
    )


def _locked(booking_id: int) -> Booking:
    rows = Booking.objects.select_for_update(no_key=True).filter(pk=booking_id)
    booking = rows.filter(state=BookingState.WAITING, awaits_approval=True).first()
    if booking is None:
        raise AnsweredError(str(booking_id))
    return booking
