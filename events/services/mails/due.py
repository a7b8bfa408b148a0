"""Which mails of the outbox still go out: the rules of each class of mail, in one place.

A confirmation, receipt, refund or cancellation always goes out (transactional), and so does a
notice to the people who organise. Reminders and news go stale:

- for a workshop that has started, was cancelled or has another time: a reminder is dropped;
- for somebody who wants no more, or whose address is gone: both are dropped;
- over an hour late, which takes an outage: both are held until an operator decides.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from events.models import Message
from events.states import BookingState, MailClass, MessageState, WorkshopState

#: A reminder or news later than this is held for the operator.
TOO_LATE: Final = timedelta(hours=1)
#: These can go stale, and be unsubscribed from.
OPTIONAL: Final = (MailClass.REMINDER, MailClass.NEWS)
_ENDED: Final = (BookingState.CANCELLED, BookingState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a mail that is not sent: DROPPED or HELD, and why (no personal data)."""

    state: MessageState
    reason: str


def class_of(kind: str) -> str:
    """Return the class of a kind of mail (MailClass); an unknown kind is transactional."""
    known = settings.MAIL_KINDS.get(kind)
    return known.mail_class if known else MailClass.TRANSACTIONAL


def kinds_of(*classes: str) -> list[str]:
    """Return the kinds of mail of these classes."""
    return [kind for kind, known in settings.MAIL_KINDS.items() if known.mail_class in classes]


def verdict(message: Message, *, now: datetime, stopped: Container[str]) -> Verdict | None:
    """Return why a mail must not be sent at ``now`` (aware), or None: it goes out.

    ``stopped`` are the registrations' and hosts' addresses, in small letters, that get neither
    reminders nor news (services/mails/problems.py).
    """
    reason = _gone(message) or _unwanted(message, now, stopped)
    if reason:
        return Verdict(MessageState.DROPPED, reason)
    if class_of(message.kind) in OPTIONAL and now - message.due_at > TOO_LATE:
        return Verdict(MessageState.HELD, "over an hour late")
    return None


def _gone(message: Message) -> str:
    """Return why a mail that names a time names a wrong one; empty: it does not."""
    workshop = message.workshop
    if workshop is None or message.schedule_version is None:
        return ""
    return "" if message.schedule_version == workshop.schedule_version else "another time"


def _unwanted(message: Message, now: datetime, stopped: Container[str]) -> str:
    mail_class = class_of(message.kind)
    if mail_class not in OPTIONAL:
        return ""
    workshop, registration, booking = message.workshop, message.registration, message.booking
    if mail_class == MailClass.REMINDER and workshop is not None:
        if workshop.state != WorkshopState.PUBLISHED:
            return "the workshop is cancelled"
        if workshop.starts_at <= now:
            return "the workshop has started"
    if booking is not None and (
        booking.state in _ENDED
        or (mail_class == MailClass.REMINDER and booking.state != BookingState.CONFIRMED)
    ):
        return "no seat any more"
    if registration is not None and not (
        registration.wants_reminders
        if mail_class == MailClass.REMINDER
        else registration.wants_news
    ):
        return "unsubscribed"
    return "the address is gone" if address_of(message).lower() in stopped else ""


def address_of(message: Message) -> str:
    """Return the address that a reminder or news goes to, as far as it is known here."""
    if message.registration is not None and message.registration.email:
        return message.registration.email
    if message.booking is not None:
        return message.booking.email
    return str(getattr(message, "host_email", ""))
