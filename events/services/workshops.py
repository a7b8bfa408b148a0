"""Workshops: moved to another time, or cancelled; whoever counts on one is told.

Locks go in the one order (docs/money.md), for all bookings that are told at once:

1. Lock these bookings, by number: a mail that is queued for one refers to its row.
2. Lock the workshop. Seats are confirmed and lines are joined under the same lock.
3. Somebody was seated between 1 and 2: let go of all, and begin again.
4. Change the workshop, queue the mails, commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from events.models import Booking, Registration, Workshop
from events.services import campaigns
from events.services.mails import outbox
from events.services.seating import waiting_list
from events.services.webhooks import outbox as webhooks
from events.states import BookingState, WorkshopState
from fundraiser.core import clock, zones
from fundraiser.core.errors import ServiceError

#: Changes a locked workshop and tells these persons.
_Change = Callable[[Workshop, Sequence[Registration]], None]


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
    past too. In no transaction of the caller's. Raises CancelledError or ZoneError.
    """
    if not zones.is_zone(time_zone):
        raise ZoneError(time_zone)
    wanted = {
        "starts_at": starts_at,
        "time_zone": time_zone,
        "duration_minutes": duration_minutes,
    }

    def move(workshop: Workshop, people: Sequence[Registration]) -> None:
        if workshop.state == WorkshopState.CANCELLED:
            raise CancelledError(str(workshop_id))
        if all(getattr(workshop, name) == value for name, value in wanted.items()):
            return
        _write(workshop, **wanted)
        if workshop.state == WorkshopState.PUBLISHED:
            _tell_programs("workshop.changed", workshop)
        if workshop.state == WorkshopState.PUBLISHED and workshop.ends_at > clock.now():
            version = workshop.schedule_version
            outbox.queue_for_each(people, kind="changed", version=version)
            _tell_hosts(workshop, "host_changed")

    return _with_everybody(workshop_id, move)


def told_of_moving(workshop: Workshop) -> int:
    """Return how many people and speakers are written to when a workshop moves to come."""
    if workshop.state != WorkshopState.PUBLISHED:
        return 0
    return _people(workshop).count() + workshop.hosts.count()


def cancel(workshop_id: int, *, note: str = "") -> Workshop:
    """Cancel a workshop and return it; doing it twice changes nothing, the note neither.

    Who has a seat, waits for one or is kept one is told; the waiting ends. Seats stay booked, since
    what was given for them is a question of its own; who is paying at this moment is told as soon
    as the money arrives (confirmations.queue). In no transaction of the caller's.
    """

    def call_off(workshop: Workshop, people: Sequence[Registration]) -> None:
        if workshop.state == WorkshopState.CANCELLED:
            return
        values = {"cancelled_at": clock.now(), "cancel_note": note}
        _write(workshop, state=WorkshopState.CANCELLED, **values)
        _tell_programs("workshop.cancelled", workshop)
        outbox.queue_for_each(people, kind="cancelled")
        outbox.queue_for_payers(_absent_payers(workshop), kind="cancelled")
        _tell_hosts(workshop, "host_cancelled")
        waiting_list.end(workshop)

    return _with_everybody(workshop_id, call_off)


def _with_everybody(workshop_id: int, change: _Change) -> Workshop:
    """Do ``change`` under the locks that the module tells of; return the workshop."""
    while True:
        with transaction.atomic():
            counting = Booking.objects.filter(_counts(), workshop=workshop_id).order_by("pk")
            locked = set(counting.select_for_update(no_key=True).values_list("pk", flat=True))
            workshop = _locked(workshop_id)
            people = list(_people(workshop))
            if locked.issuperset(one.booking_id for one in people):
                change(workshop, people)
                return workshop


def _locked(workshop_id: int) -> Workshop:
    rows = Workshop.objects.select_related("campaign")
    # Not its key: others may queue mails that refer to it, and wait for nobody.
    return rows.select_for_update(of=("self",), no_key=True).get(pk=workshop_id)


def _write(workshop: Workshop, **values: Any) -> None:
    """Change the locked workshop, and make its pages anew."""
    version = F("schedule_version") + 1
    Workshop.objects.filter(pk=workshop.pk).update(**values, schedule_version=version)
    workshop.refresh_from_db()
    campaigns.content_changed(workshop.campaign_id)


def _tell_programs(kind: str, workshop: Workshop) -> None:
    key = f"{workshop.pk}:{workshop.schedule_version}"
    webhooks.tell(kind, campaign_id=workshop.campaign_id, key=key, workshop=workshop.pk)


def _tell_hosts(workshop: Workshop, kind: str) -> None:
    version = workshop.schedule_version
    for host in workshop.hosts.all():
        key = f"{kind}:{host.pk}:{version}"
        outbox.queue(key=key, kind=kind, workshop=workshop, host=host.pk, version=version)


def _counts(prefix: str = "") -> Q:
    """Return who counts on a workshop: seated, waiting, or kept a seat for a while."""
    states = [BookingState.CONFIRMED, BookingState.WAITING]
    kept = {f"{prefix}state": BookingState.HELD, f"{prefix}offered_at__isnull": False}
    return Q(**{f"{prefix}state__in": states}) | Q(**kept)


def _absent_payers(workshop: Workshop) -> QuerySet[Booking]:
    """Return the bookings whose payer handed the seat over: the gift is still theirs.

    Without those whose payer was erased: nobody can be told.
    """
    own = Q(registrations__email__iexact=F("email"))
    unnamed = Q(registrations__position=1, registrations__email="")
    seated = Booking.objects.filter(workshop=workshop, state=BookingState.CONFIRMED)
    return seated.exclude(own | unnamed).exclude(email="")


def _people(workshop: Workshop) -> QuerySet[Registration]:
    """Return who counts on a workshop and can be written to; the payer tells the others.

    As long as no seat is theirs for sure that is the payer alone.
    """
    people = Registration.objects.filter(_counts("booking__"), booking__workshop=workshop)
    reachable = ~Q(email="") | Q(position=1) & ~Q(booking__email="")
    told = Q(booking__state=BookingState.CONFIRMED) | Q(position=1)
    return people.filter(reachable, told).select_related("booking").order_by("pk")
