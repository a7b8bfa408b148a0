"""Moving a booking to another date: another workshop of the same campaign.

It becomes a new booking, and the old one ends (docs/adr/0036-moved-bookings.md): whatever was
mailed, attended or chosen under the old date stays with it, and nothing of it can stand in the way
of what is due for the new one.
"""

from __future__ import annotations

from dataclasses import dataclass

from events.models import Booking, Registration, Workshop
from events.services.mails import outbox
from events.services.seating import confirmations, seats
from events.states import BookingState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError


class CannotMoveError(ServiceError):
    """It has no seat to move, or no seat can be had there. ``why``: booking, workshop or twin."""

    code = "cannot_move"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Date:
    """Another date with how many seats are left; None: there is no limit."""

    workshop: Workshop
    seats_left: int | None


def dates(workshop: Workshop, *, seats: int = 1) -> list[Date]:
    """Return the other dates of a workshop's campaign with so many seats, the soonest first.

    Where people wait for a seat, none is free for others.
    """
    rows = Workshop.objects.visible().filter(
        campaign=workshop.campaign_id, state=WorkshopState.PUBLISHED, starts_at__gt=clock.now()
    )
    found = rows.exclude(pk=workshop.pk).order_by("starts_at", "pk").select_related("campaign")
    return [
        Date(one, one.seats_left)
        for one in found
        if not one.has_line and (one.seats_left is None or one.seats_left >= seats)
    ]


def move(locked: Booking, target_id: int) -> Booking:
    """Give a booking, whose row the caller has locked, its seats on another date; return that one.

    1. Lock both workshops, by number: two that move in opposite directions wait in one line.
    2. Take the seats there as anybody does: if there is room, and nobody waits.
    3. Write the new booking with its people, end the old one, give its seats back.
    4. Queue the mails: the new calendar file, and the one that takes the old date out.

    Within the caller's transaction. Raises CannotMoveError, or seats.FullError.
    """
    pair = Workshop.objects.select_related("campaign").filter(
        pk__in=[locked.workshop_id, target_id]
    )
    ordered = pair.order_by("pk").select_for_update(of=("self",), no_key=True)
    known = {one.pk: one for one in ordered}
    source, target = known[locked.workshop_id], known.get(target_id)
    if target is None:
        raise CannotMoveError("workshop")
    _check(locked, source, target)
    if not seats.take(target.pk, locked.seats):
        raise seats.FullError(target.slug)
    _hide_alike(source, target)
    moved = _written(locked, target)
    locked.workshop = source
    seats.release(locked, BookingState.CANCELLED)
    _tell(moved, source)
    return moved


def _check(locked: Booking, source: Workshop, target: Workshop) -> None:
    if locked.state != BookingState.CONFIRMED or source.pk == target.pk:
        raise CannotMoveError("booking")
    runs = target.state == WorkshopState.PUBLISHED and target.starts_at > clock.now()
    if not runs or target.campaign_id != source.campaign_id:
        raise CannotMoveError("workshop")
    if locked.email and Booking.objects.confirmed_for(target.pk, locked.email).exists():
        raise CannotMoveError("twin")


def _hide_alike(source: Workshop, target: Workshop) -> None:
    """Let the new date hide who gave where the old one does; both rows are locked.

    Else its list would tell whether the seat of whoever comes was paid. No seat is carried by it:
    that stays off.
    """
    if source.hides_carried and not target.hides_carried:
        target.surplus_minimum_minor = source.surplus_minimum_minor
        target.save(update_fields=["surplus_minimum_minor"])


def _written(locked: Booking, target: Workshop) -> Booking:
    moved = Booking.objects.create(
        workshop=target,
        state=BookingState.CONFIRMED,
        seats=locked.seats,
        name=locked.name,
        email=locked.email,
        language=locked.language,
        time_zone=locked.time_zone,
        wants_news=locked.wants_news,
        moved_from=locked,
        referral_id=locked.referral_id,
        invitation_id=locked.invitation_id,
        utm=locked.utm,
        created_at=clock.now(),
        confirmed_at=clock.now(),
    )
    asked = {question["id"] for question in target.questions}
    Registration.objects.bulk_create(
        Registration(
            booking=moved,
            position=one.position,
            name=one.name,
            email=one.email,
            language=one.language,
            time_zone=one.time_zone,
            answers={key: value for key, value in one.answers.items() if key in asked},
            wants_reminders=one.wants_reminders,
            wants_news=one.wants_news,
            created_at=clock.now(),
        )
        for one in locked.registrations.order_by("position")
    )
    return moved


def _tell(moved: Booking, source: Workshop) -> None:
    key = f"moved:{moved.pk}"
    outbox.queue(key=key, kind="moved", booking=moved, source=source.pk)
    for person in confirmations.others(moved):
        outbox.queue(
            key=f"{key}:{person.pk}",
            kind="moved",
            booking=moved,
            registration=person,
            source=source.pk,
        )
