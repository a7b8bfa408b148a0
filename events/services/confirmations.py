"""Who is told that seats are confirmed, or given back: the payer, and each further person."""

from __future__ import annotations

from collections.abc import Iterable

from events.models import Booking, Registration
from events.services import outbox
from events.states import WorkshopState


def queue(booking: Booking) -> None:
    """Queue the confirmations of a booking that has just been confirmed, once for ever.

    Within the caller's transaction. Persons without an address of their own are on the payer's.
    Money may arrive for a workshop that was cancelled meanwhile: then that is told instead.
    """
    if booking.workshop.state == WorkshopState.CANCELLED:
        queue_cancelled(booking.registrations.order_by("position"))
        return
    outbox.queue(key=f"confirmation:{booking.pk}", kind="confirmation", booking=booking)
    if booking.seats == 1:
        return
    for person in _others(booking):
        outbox.queue(
            key=f"confirmation:{booking.pk}:{person.pk}:{person.link_version}",
            kind="confirmation",
            booking=booking,
            registration=person,
        )


def queue_cancelled(people: Iterable[Registration]) -> None:
    """Tell persons that their workshop is cancelled, each once for ever."""
    for person in people:
        outbox.queue(key=f"cancelled:{person.pk}", kind="cancelled", registration=person)


def queue_given_back(booking: Booking) -> None:
    """Tell everybody of a booking that its confirmed seats were given back, once for ever."""
    outbox.queue(key=f"seat_given_back:{booking.pk}", kind="seat_given_back", booking=booking)
    for person in _others(booking):
        outbox.queue(
            key=f"seat_given_back:{booking.pk}:{person.pk}",
            kind="seat_given_back",
            booking=booking,
            registration=person,
        )


def _others(booking: Booking) -> Iterable[Registration]:
    """Return the persons who get mails of their own beside the payer."""
    people = booking.registrations.exclude(email="").order_by("position")
    return (one for one in people if one.position > 1 or one.email.lower() != booking.email.lower())
