"""A person's confirmation, sent once more because an organizer asks for it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from events.models import Booking, Message, Registration
from events.services.attendees import attendee, is_payer
from events.services.mails import outbox
from events.states import BookingState, MessageState
from fundraiser.core.errors import ServiceError


class NothingToSendError(ServiceError):
    """The person has no seat, or no address."""

    code = "nothing_to_send"


class OnItsWayError(ServiceError):
    """The last one has not left yet: a second would only double it."""

    code = "on_its_way"
    retryable = True


def confirmation(registration: Registration) -> None:
    """Queue the person's confirmation again, under a key with a counter.

    Raises NothingToSendError or OnItsWayError. The booking is locked, so that of two clicks at
    once the second sees the first one's mail.
    """
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(pk=registration.booking_id)
        registration.booking = booking
        if booking.state != BookingState.CONFIRMED or not attendee(registration).email:
            raise NothingToSendError(str(registration.pk))
        mine = Q(registration=registration)
        if payer := is_payer(registration):
            mine |= Q(registration=None, booking=booking)
        sent = Message.objects.filter(mine, kind="confirmation")
        if sent.filter(state__in=[MessageState.QUEUED, MessageState.SENDING]).exists():
            raise OnItsWayError(str(registration.pk))
        outbox.queue(
            key=f"confirmation:{booking.pk}:{registration.pk}:again:{sent.count()}",
            kind="confirmation",
            booking=booking,
            registration=None if payer else registration,
        )
