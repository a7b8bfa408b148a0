"""What attendees may change: answers, language and zone of mails, and who sits on a seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from events.models import Booking, Registration, Workshop
from events.services import attendees
from events.services.seating import confirmations, seats
from events.services.webhooks import outbox as webhooks
from events.states import BookingState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.retrying import tried_again

#: A seat that wanders on more often is no seat but a way to send mails to strangers.
MOST_HAND_OVERS: Final = 20


class NotNowError(ServiceError):
    """The workshop is over or cancelled, or the seat is not confirmed: nothing to change."""

    code = "not_now"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who takes a seat over."""

    name: str
    email: str
    language: str


def can_change(booking: Booking) -> bool:
    """Return whether its people may still be changed: until the workshop ends."""
    workshop: Workshop = booking.workshop
    return (
        booking.state == BookingState.CONFIRMED
        and workshop.state == WorkshopState.PUBLISHED
        and workshop.ends_at > clock.now()
    )


def save_answers(registration: Registration, answers: Mapping[str, Any]) -> None:
    """Replace a person's answers, by question id. Raises NotNowError."""
    with transaction.atomic():
        locked = _locked(registration)
        locked.answers = dict(answers)
        locked.save(update_fields=["answers"])


def choose_mails(row: Booking | Registration, *, language: str, time_zone: str) -> None:
    """Set the language of a person's mails and their zone of the tz database ("": not known)."""
    rows = type(row).objects.filter(pk=row.pk)  # none where the seat was given back meanwhile
    rows.update(language=language, time_zone=time_zone)


def hand_over(registration: Registration, person: NewPerson) -> Registration:
    """Give one seat to somebody else, and return its row.

    Links of the former holder die, and so do their answers, which were about them. The payer keeps
    the booking's own page and its receipts. The new holder gets a confirmation, the former one
    a note.
    Raises NotNowError. Sent twice it is done once.
    """
    with transaction.atomic():
        locked = _locked(registration)
        holder = attendees.attendee(locked)
        if (holder.name, holder.email.lower()) == (person.name, person.email.lower()):
            return locked
        if locked.link_version > MOST_HAND_OVERS:
            raise NotNowError(str(locked.pk))
        locked.devices.all().delete()
        # What organizers wrote down, and whom they chose, was about the former holder.
        locked.notes.all().delete()
        locked.announcements.clear()
        locked.marked_at = None
        locked.name, locked.email, locked.language = person.name, person.email, person.language
        locked.answers, locked.time_zone, locked.wants_reminders = {}, "", True
        locked.attended, locked.attendance_source, locked.joined_at = None, "", None
        locked.link_version += 1
        locked.save()
        confirmations.queue_new_holder(locked)
        confirmations.queue_former_holder(locked, holder)
    return locked


def _locked(registration: Registration) -> Registration:
    booking = (
        Booking.objects.select_for_update(no_key=True, of=("self",))
        .select_related("workshop")
        .get(pk=registration.booking_id)
    )
    if not can_change(booking):
        raise NotNowError(str(booking.pk))
    locked = Registration.objects.select_for_update(no_key=True).filter(pk=registration.pk).first()
    if locked is None:  # That seat was given back meanwhile.
        raise NotNowError(str(registration.pk))
    locked.booking = booking
    return locked


@tried_again
def give_one_back(registration: Registration) -> bool:
    """Take one person out of a booking of several, and free that seat; return whether it was one.

    The person is told. Doing it twice is doing it once. The only seat of a booking stays: it ends
    with the booking.
    """
    with transaction.atomic():
        rows = Booking.objects.select_for_update(no_key=True, of=("self",))
        booking = rows.select_related("workshop").get(pk=registration.booking_id)
        person = booking.registrations.filter(pk=registration.pk).first()
        if person is None:
            return True
        if booking.state != BookingState.CONFIRMED or booking.seats < 2:
            return False
        person.booking = booking
        confirmations.queue_taken_out(person)
        webhooks.tell_of_booking("registration.cancelled", booking, person)
        person.delete()
        booking.seats -= 1
        booking.save(update_fields=["seats"])
        seats.give_back(booking.workshop_id, 1)
    return True
