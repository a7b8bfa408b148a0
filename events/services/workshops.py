"""Workshops: moved to another time, or cancelled; whoever counts on one is told.

Both lock the workshop alone and no booking, so that they fit the order of locks (docs/money.md).
Seats are confirmed under the same lock, so nobody is confirmed unseen meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from events.models import Booking, Registration, Workshop
from events.services import campaigns, outbox, waiting_list
from events.states import BookingState, WorkshopState
from fundraiser.core import clock, zones
from fundraiser.core.errors import ServiceError


class CancelledError(ServiceError):
    """The workshop is cancelled: that is final."""

    code = "cancelled"


class ZoneError(ServiceError):
    """No zone of the tz database has this name."""

    code = "zone"


def reschedule(
    workshop_id: int, *, starts_at: datetime, time_zone: str, duration_minutes: int
) -> Workshop:
    """Move a workshop to another time (``starts_at`` aware) and return it; doing it twice is once.

    Its schedule's version rises: what was planned for the old time is no longer due, and calendars
    take the new file. Who has a seat, waits for one or is kept one is told, unless the new time is
    past too. Raises CancelledError or ZoneError.
    """
    if not zones.is_zone(time_zone):
        raise ZoneError(time_zone)
    wanted = {
        "starts_at": starts_at,
        "time_zone": time_zone,
        "duration_minutes": duration_minutes,
    }
    with transaction.atomic():
        workshop = _locked(workshop_id)
        if workshop.state == WorkshopState.CANCELLED:
            raise CancelledError(str(workshop_id))
        if all(getattr(workshop, name) == value for name, value in wanted.items()):
            return workshop
        Workshop.objects.filter(pk=workshop_id).update(
            **wanted, schedule_version=F("schedule_version") + 1
        )
        workshop.refresh_from_db()
        if workshop.state == WorkshopState.PUBLISHED and workshop.ends_at > clock.now():
            outbox.queue_for_each(
                _people(workshop), kind="changed", version=workshop.schedule_version
            )
            _tell_hosts(workshop, "host_changed")
        campaigns.content_changed(workshop.campaign_id)
    return workshop


def cancel(workshop_id: int, *, note: str = "") -> Workshop:
    """Cancel a workshop and return it; doing it twice changes nothing, the note neither.

    Who has a seat, waits for one or is kept one is told; the waiting ends. Seats stay booked, since
    what was given for them is a question of its own; who is paying at this moment is told as soon
    as the money arrives (confirmations.queue). A draft is told to nobody.
    """
    with transaction.atomic():
        workshop = _locked(workshop_id)
        if workshop.state == WorkshopState.CANCELLED:
            return workshop
        Workshop.objects.filter(pk=workshop_id).update(
            state=WorkshopState.CANCELLED,
            cancelled_at=clock.now(),
            cancel_note=note,
            schedule_version=F("schedule_version") + 1,
        )
        workshop.refresh_from_db()
        outbox.queue_for_each(_people(workshop), kind="cancelled")
        for booking in _absent_payers(workshop):
            key = f"cancelled:booking:{booking.pk}"
            outbox.queue(key=key, kind="cancelled", booking=booking)
        _tell_hosts(workshop, "host_cancelled")
        waiting_list.end(workshop)
        campaigns.content_changed(workshop.campaign_id)
    return workshop


def _locked(workshop_id: int) -> Workshop:
    rows = Workshop.objects.select_for_update(of=("self",)).select_related("campaign")
    return rows.get(pk=workshop_id)


def _tell_hosts(workshop: Workshop, kind: str) -> None:
    version = workshop.schedule_version
    for host in workshop.hosts.all():
        key = f"{kind}:{host.pk}:{version}"
        outbox.queue(key=key, kind=kind, workshop=workshop, host=host.pk, version=version)


def _absent_payers(workshop: Workshop) -> QuerySet[Booking]:
    """Return the bookings whose payer handed the seat over: the gift is still theirs."""
    own = Q(registrations__email__iexact=F("email"))
    unnamed = Q(registrations__position=1, registrations__email="")
    seated = Booking.objects.filter(workshop=workshop, state=BookingState.CONFIRMED)
    return seated.exclude(own | unnamed)


def _people(workshop: Workshop) -> QuerySet[Registration]:
    """Return who counts on a workshop and can be written to: seated, waiting, or kept a seat.

    A person without an address of their own is told by the payer.
    """
    counts = Q(booking__state__in=[BookingState.CONFIRMED, BookingState.WAITING])
    kept = Q(booking__state=BookingState.HELD, booking__offered_at__isnull=False)
    people = Registration.objects.filter(counts | kept, booking__workshop=workshop)
    reachable = ~Q(email="") | Q(position=1)
    return people.filter(reachable).select_related("booking").order_by("pk")
