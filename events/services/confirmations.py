"""Who is told that seats are confirmed, or given back: the payer, and each further person."""

from __future__ import annotations

from collections.abc import Iterable

from events.models import Booking, Message, Registration
from events.services import outbox
from events.services.attendees import Attendee
from events.states import WorkshopState


def queue(booking: Booking, *, again: bool = False) -> None:
    """Queue the confirmations of a booking that has just been confirmed, once for ever.

    Within the caller's transaction. Persons without an address of their own are on the payer's.
    Money may arrive for a workshop that was cancelled meanwhile: then that is told instead.
    ``again``: it had been confirmed before and was given back, so everybody is told once more.
    """
    if booking.workshop.state == WorkshopState.CANCELLED:
        people = booking.registrations.select_related("booking").order_by("position")
        outbox.queue_for_each(people, kind="cancelled")
        return
    turn = _turn(booking) if again else ""
    outbox.queue(key=f"confirmation:{booking.pk}{turn}", kind="confirmation", booking=booking)
    if booking.seats == 1:
        return
    for person in _others(booking):
        outbox.queue(
            key=f"confirmation:{booking.pk}:{person.pk}:{person.link_version}{turn}",
            kind="confirmation",
            booking=booking,
            registration=person,
        )


def queue_new_holder(registration: Registration) -> None:
    """Queue the confirmation of who holds one seat now: handing it over raised its version."""
    outbox.queue(
        key=f"confirmation:{registration.booking_id}:{registration.pk}:{registration.link_version}",
        kind="confirmation",
        registration=registration,
        link_version=registration.link_version,
    )


def queue_former_holder(registration: Registration, former: Attendee) -> None:
    """Tell who held a seat that it is somebody else's now; nobody where there was no address.

    The former holder is in no other row any more, so the outbox keeps name and address.
    """
    if former.email:
        outbox.queue(
            key=f"seat_handed_over:{registration.pk}:{registration.link_version}",
            kind="seat_handed_over",
            registration=registration,
            name=former.name,
            email=former.email,
            language=former.language,
            time_zone=former.time_zone,
        )


def queue_given_back(booking: Booking) -> None:
    """Tell everybody of a booking that its confirmed seats were given back, once each time."""
    turn = _turn(booking)
    key = f"seat_given_back:{booking.pk}{turn}"
    outbox.queue(key=key, kind="seat_given_back", booking=booking)
    queue_lost(booking, turn)


def queue_lost(booking: Booking, turn: str = "") -> None:
    """Tell everybody but the payer that the seats which were booked for them are gone."""
    for person in _others(booking):
        outbox.queue(
            key=f"seat_given_back:{booking.pk}:{person.pk}{turn}",
            kind="seat_given_back",
            booking=booking,
            registration=person,
        )


def _turn(booking: Booking) -> str:
    """Return what sets this time apart from earlier ones: how often its payer was told before."""
    told = Message.objects.filter(booking=booking, registration=None, kind="seat_given_back")
    count = told.count()
    return f":again:{count}" if count else ""


def _others(booking: Booking) -> Iterable[Registration]:
    """Return the persons who get mails of their own beside the payer."""
    people = booking.registrations.exclude(email="").order_by("position")
    return (one for one in people if one.position > 1 or one.email.lower() != booking.email.lower())
