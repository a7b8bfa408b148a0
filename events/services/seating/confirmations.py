"""Who is told that seats are confirmed, or given back: the payer, and each further person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from events.models import Booking, Message, Registration
from events.services.attendees import Attendee, attendee
from events.services.mails import outbox
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
    turn = _again(_told(booking)) if again else ""
    outbox.queue(key=f"confirmation:{booking.pk}{turn}", kind="confirmation", booking=booking)
    if booking.seats == 1:
        return
    for person in others(booking):
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


def queue_given_back(booking: Booking, *, by_team: bool = False) -> None:
    """Tell everybody of a booking that its confirmed seats were given back, once each time.

    ``by_team``: not by its payer, but by an organizer.
    """
    key = f"seat_given_back:{booking.pk}{_again(_told(booking) - 1)}"
    ids: dict[str, Any] = {"by_team": 1} if by_team else {}
    outbox.queue(key=key, kind="seat_given_back", booking=booking, **ids)
    queue_lost(booking)


def queue_lost(booking: Booking) -> None:
    """Tell everybody but the payer that the seats which were booked for them are gone."""
    turn = _again(_told(booking) - 1)
    for person in others(booking):
        outbox.queue(
            key=f"seat_given_back:{booking.pk}:{person.pk}{turn}",
            kind="seat_given_back",
            booking=booking,
            registration=person,
        )


def queue_taken_out(registration: Registration) -> None:
    """Tell one person of a booking that it no longer has a seat for them; the others stay.

    Called before the row is deleted, and every mail that names it with it: so this one names the
    workshop alone, and the outbox keeps name and address until it has left.
    """
    person, booking = attendee(registration), registration.booking
    if person.email:
        outbox.queue(
            key=f"seat_taken_out:{registration.pk}",
            kind="seat_given_back",
            workshop=booking.workshop,
            of_booking=booking.pk,
            name=person.name,
            email=person.email,
            language=person.language,
            time_zone=person.time_zone,
        )


def _told(booking: Booking) -> int:
    """Return how often its payer was sent a confirmation; what comes after it is another time."""
    told = Message.objects.filter(booking=booking, registration=None, kind="confirmation")
    return told.count()


def _again(times: int) -> str:
    """Return what sets a mail's key apart from those of earlier times."""
    return f":again:{times}" if times > 0 else ""


def others(booking: Booking) -> Iterable[Registration]:
    """Return the persons who get mails of their own beside the payer."""
    people = booking.registrations.exclude(email="").order_by("position")
    return (one for one in people if one.position > 1 or one.email.lower() != booking.email.lower())
