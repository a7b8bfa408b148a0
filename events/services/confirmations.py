"""Who is told that seats are confirmed, or given back: the payer, and each further person."""

from __future__ import annotations

from collections.abc import Iterable

from events.models import Booking, Registration
from events.services import outbox
from events.services.attendees import Attendee
from events.states import WorkshopState


def queue(booking: Booking) -> None:
    """Queue the confirmations of a booking that has just been confirmed, once for ever.

    Within the caller's transaction. Persons without an address of their own are on the payer's.
    Money may arrive for a workshop that was cancelled meanwhile: then that is told instead.
    """
    if booking.workshop.state == WorkshopState.CANCELLED:
        people = booking.registrations.select_related("booking").order_by("position")
        outbox.queue_for_each(people, kind="cancelled")
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
