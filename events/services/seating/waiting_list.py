"""The waiting list: who joins, who is offered a freed seat, and when the line ends.

A waiting booking holds nothing. An offer makes it a hold with an end; paying for it is the
ordinary way (docs/adr/0017-the-line.md).
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from events.models import Booking, Workshop
from events.services.mails import outbox
from events.services.seating import holds, seats
from events.states import BOOKING_TABLE, BookingState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.failpoints import reached
from fundraiser.core.transitions import advance


class NotFullError(ServiceError):
    """There are seats for everybody: register instead."""

    code = "not_full"


class _KnownError(Exception):
    """The address has a place: what was written is undone.

    It was written all the same, so that nobody can tell by the time (PROMISES.md 40).
    """


def is_open(workshop: Workshop) -> bool:
    """Whether somebody may join the line of a full workshop, or ask to come, now."""
    status = seats.registration_status(workshop, clock.now())
    joins = (workshop.waiting_list and status == "full") or status == "by_request"
    return joins and clock.now() < holds.last_moment(workshop)


def join(*, workshop: Workshop, payer: seats.Payer, nonce: UUID) -> Booking | None:
    """Put somebody at the end of the line and mail the place in it; one address joins once.

    At a moderated workshop that is a request, which is in no line until it is approved.

    None where the address waits already, was offered a seat, or has one: nothing changes, and the
    visitor is told the same. Raises seats.ClosedError, or NotFullError.
    """
    with transaction.atomic():
        # One after the other: an address cannot join twice at the same moment.
        locked = Workshop.objects.visible().select_for_update(no_key=True).get(pk=workshop.pk)
        locked.campaign = workshop.campaign
        if not is_open(locked):
            status = seats.registration_status(locked, clock.now())
            raise NotFullError(status) if status == "open" else seats.ClosedError(status)
        known = _is_known(locked, payer.email, nonce)
        try:
            with transaction.atomic():
                booking = _stand(locked, payer, uuid4() if known else nonce)
                _undo_if(known)
        except (IntegrityError, _KnownError):  # or the number was sent to another workshop
            return None
    return booking


def _undo_if(known: bool) -> None:  # noqa: FBT001 -- raises within the savepoint
    if known:
        raise _KnownError


def _stand(workshop: Workshop, payer: seats.Payer, nonce: UUID) -> Booking:
    """Write the place in the line, and its mail."""
    booking = seats.book(
        workshop=workshop,
        payer=payer,
        nonce=nonce,
        state=BookingState.WAITING,
        awaits_approval=workshop.moderated,
    )
    kind = "request_received" if booking.awaits_approval else "waiting_joined"
    outbox.queue(key=f"{kind}:{booking.pk}", kind=kind, booking=booking)
    return booking


def _is_known(workshop: Workshop, email: str, nonce: UUID) -> bool:
    states = (BookingState.WAITING, BookingState.HELD, BookingState.CONFIRMED)
    mine = Q(email__iexact=email) & Q(state__in=states)
    return Booking.objects.filter(mine | Q(nonce=nonce), workshop=workshop).exists()


def place(booking: Booking) -> int:
    """Return how many stand in the line up to a waiting booking, itself included."""
    line = Booking.objects.in_line(booking.workshop_id)
    since = booking.approved_at or booking.created_at
    earlier = Q(in_line_since__lt=since)
    same_moment = Q(in_line_since=since, pk__lte=booking.pk)
    return line.filter(earlier | same_moment).count()


def offer(workshop_id: int) -> int:
    """Offer what is free at a workshop to who waits for it, in order; return how many offers.

    Safe at any time, several at once: each offer is one transaction of its own.
    """
    made = 0
    while _offer_once(workshop_id):
        reached("offer:committed")
        made += 1
    return made


def _offer_once(workshop_id: int) -> bool:
    """Make one offer; return whether there was a free seat, and somebody whom it was enough for.

    1. Read how many seats are free, and whether there is time.
    2. Lock the first in the line who fits. Whoever else offers wants the same row and waits.
    3. Count the seats as taken by the conditional UPDATE; somebody else may have been quicker.
    4. Waiting becomes held until the offer's end, and the mail is queued.
    """
    now = clock.now()
    rows = Workshop.objects.select_related("campaign")
    workshop = rows.get(pk=workshop_id)
    free, last = workshop.seats_left, holds.last_moment(workshop)
    if free == 0 or now >= last or seats.registration_status(workshop, now) not in seats.REGISTERS:
        return False
    with transaction.atomic():
        line = Booking.objects.in_line(workshop_id).select_for_update(no_key=True)
        booking = (line if free is None else line.filter(seats__lte=free)).first()
        if booking is None or not seats.take(workshop_id, booking.seats, from_line=True):
            return False
        advance(
            booking,
            BookingState.HELD,
            BOOKING_TABLE,
            offered_at=now,
            hold_expires_at=min(now + timedelta(minutes=workshop.offer_minutes), last),
        )
        outbox.queue(key=f"waiting_offer:{booking.pk}", kind="waiting_offer", booking=booking)
        reached("offer:taken")
    return True


def offer_everywhere() -> int:
    """End the lines that are over and offer what is free at every other; return how many offers.

    The sweeper's round: it finds what a lost wake-up would have told.
    """
    waiting = Booking.objects.filter(state=BookingState.WAITING).values("workshop")  # asking, too
    workshops = Workshop.objects.filter(pk__in=waiting).select_related("campaign")
    for workshop in workshops:
        if workshop.state == WorkshopState.CANCELLED or clock.now() >= holds.last_moment(workshop):
            end(workshop)
    room = Q(capacity__isnull=True) | Q(capacity__gt=F("seats_taken"))
    return sum(offer(pk) for pk in workshops.filter(room).values_list("pk", flat=True))


def end(workshop: Workshop) -> int:
    """End the line of a workshop, offers that nobody is paying for included; return how many.

    May be called with the workshop locked, so it waits for nobody: a row that somebody else holds
    at this moment is ended by the sweeper's next round, or at its own end.
    """
    waiting = Q(state=BookingState.WAITING)
    offered = Q(state=BookingState.HELD, offered_at__isnull=False, hold_expires_at__isnull=False)
    with transaction.atomic():
        rows = Booking.objects.filter(waiting | offered, workshop=workshop)
        ended = list(rows.select_for_update(no_key=True, skip_locked=True))
        for booking in ended:
            seats.release(booking, BookingState.EXPIRED)
    return len(ended)
