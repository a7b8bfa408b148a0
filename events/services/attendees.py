"""Attendees: the person behind a registration, as mails and calendar files name them."""

from __future__ import annotations

from dataclasses import dataclass

from events.models import Booking, Registration


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person as mails and calendar files name them. ``time_zone`` may be empty: unknown."""

    name: str
    email: str
    language: str
    time_zone: str = ""


def attendee(registration: Registration) -> Attendee:
    """Return the person of a registration; ``email`` is empty where the payer named none."""
    booking = registration.booking
    payer = is_payer(registration)
    return Attendee(
        name=registration.name or (booking.name if payer else ""),
        email=registration.email or (booking.email if payer else ""),
        language=registration.speaks,
        time_zone=registration.lives_in,
    )


def payer(booking: Booking) -> Attendee:
    """Return who booked, whether or not they come themselves."""
    return Attendee(booking.name, booking.email, booking.language, booking.time_zone)


def is_payer(registration: Registration) -> bool:
    """Whether the person is the one who booked: the first seat, unless it was handed over."""
    own = (registration.email or registration.booking.email).lower()
    return registration.position == 1 and own == registration.booking.email.lower()
