"""How a workshop's mails look, for its organizers: made by the renderers, for a person made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.core.mail import EmailMultiAlternatives

from donations.services import after_emails, attendee_emails, seat_end_emails, waiting_emails
from events.models import Booking, Registration, Workshop
from events.services.attendees import attendee
from events.states import BookingState
from fundraiser.core import clock

_PREVIEWS: Final[dict[str, Callable[[Registration], EmailMultiAlternatives]]] = {
    "confirmation": lambda person: attendee_emails.payers_confirmation(
        person.booking, [person], None, at=clock.now()
    ),
    "reminder": attendee_emails.reminder_mail,
    "changed": lambda person: attendee_emails.changed_mail(person, at=clock.now()),
    "cancelled": lambda person: seat_end_emails.cancelled_mail(
        person.booking, attendee(person), gave=True
    ),
    "waiting_offer": lambda person: waiting_emails.waiting_offer_mail(
        person, until=clock.now() + timedelta(minutes=person.booking.workshop.offer_minutes)
    ),
    "thank_you": after_emails.thank_you_mail,
    "replay": after_emails.replay_mail,
}

#: The kinds that can be shown before they are sent: all that a workshop may word itself.
KINDS: Final = tuple(_PREVIEWS)


def preview(
    kind: str, workshop: Workshop, language: str, *, name: str, email: str
) -> EmailMultiAlternatives:
    """Return the mail of one of KINDS as somebody called ``name`` would get it.

    Nobody is registered: its links lead nowhere.
    """
    now = clock.now()
    booking = Booking(
        workshop=workshop,
        state=BookingState.CONFIRMED,
        seats=1,
        name=name,
        email=email,
        language=language,
        created_at=now,
        confirmed_at=now,
    )
    return _PREVIEWS[kind](Registration(booking=booking, position=1, name=name, email=email))
