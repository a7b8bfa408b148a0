"""Seats: held, confirmed and released, never more than there are.

The database decides: one conditional UPDATE takes seats, and a CHECK constraint stands behind it
(PROMISES.md 10 and 11). Whoever moves a booking and its workshop locks the booking first. Where
people wait for a seat, seats go to them alone (waiting_list.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from events.models import Booking, Registration, Workshop
from events.querysets import somebody_waits
from events.services.origins import Origin
from events.services.webhooks import outbox as webhooks
from events.states import BOOKING_TABLE, BookingState, CampaignState, WorkshopState
from fundraiser.core import clock, jobs
from fundraiser.core.errors import ServiceError
from fundraiser.core.prepared import Question
from fundraiser.core.transitions import advance


class FullError(ServiceError):
    """Not as many seats are left."""

    code = "full"
    retryable = True


class ClosedError(ServiceError):
    """Registration is not open: too early, too late, cancelled, or the campaign is closed."""

    code = "closed"


class OverError(ServiceError):
    """What was held for somebody is released, or passed on."""

    code = "over"


@dataclass(frozen=True, slots=True)
class Companion:
    """A further person of a booking. Without an address, that person's mails go to the payer."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who books: what the form knows of them. ``answers`` are those of the first person.

    ``companions`` are the further persons in the order of their seats; fewer than seats: the rest
    have no name yet.
    """

    name: str
    email: str
    language: str
    time_zone: str = ""
    wants_news: bool = False
    seats: int = 1
    answers: dict[str, Any] = field(default_factory=dict)
    companions: tuple[Companion, ...] = ()
    #: How they found the way, where no gift keeps it.
    origin: Origin = field(default_factory=Origin)


def registration_status(workshop: Workshop, now: datetime) -> str:
    """Return open, full, by_request, closed, not_open_yet, cancelled or past, at ``now`` (aware).

    Full for newcomers is also where people wait: what comes free goes to them. By request: nobody
    takes a seat of their own accord; an organizer's yes makes an offer.
    """
    campaign = workshop.campaign
    opens, closes = workshop.registration_opens_at, workshop.registration_closes_at
    if workshop.state == WorkshopState.CANCELLED:
        return "cancelled"
    if workshop.ends_at <= now:
        return "past"
    published = campaign.state == CampaignState.PUBLISHED and not campaign.is_suspended
    if not published or workshop.state != WorkshopState.PUBLISHED:
        return "closed"
    if opens is not None and opens > now:
        return "not_open_yet"
    ends = [moment for moment in (closes, campaign.closes_at) if moment is not None]
    if any(moment <= now for moment in ends):
        return "closed"
    if workshop.moderated:
        return "by_request"
    return "full" if workshop.seats_left == 0 or workshop.has_line else "open"


#: What registration_status says while seats are taken; who was offered one needs no free one.
REGISTERS: Final = frozenset({"open", "full", "by_request"})


def _deciding(pk: int) -> QuerySet[Workshop, tuple[Any, ...]]:
    told = ("state", "capacity", "seats_taken", "moderated")
    return Workshop.objects.filter(pk=pk).values_list(*told, somebody_waits())


_DECIDING: Final = Question(_deciding, pk=int)


def look_again(workshop: Workshop) -> None:
    """Bring what decides about a workshop's seats up to date: others were quicker."""
    found = _DECIDING.first(pk=workshop.pk)
    if found is None:
        raise Workshop.DoesNotExist
    workshop.state, workshop.capacity, workshop.seats_taken, workshop.moderated = found[:4]
    workshop.has_line = found[4]


def refuse_full(workshop: Workshop) -> None:
    """Raise FullError where no seat was left when the workshop was read, a moment ago.

    Of use before anything is locked: in a rush most come too late. Who may hold a seat of it is
    not asked here.
    """
    if registration_status(workshop, clock.now()) == "full":
        raise FullError(workshop.slug)


def take(workshop_id: int, seats: int, *, from_line: bool = False) -> bool:
    """Count ``seats`` more as taken if there is room; return whether there was.

    The conditional UPDATE is the whole race: of many at once PostgreSQL lets one after the other
    through, and each sees what the one before left. Only who comes ``from_line`` gets a seat while
    anybody waits. A newcomer's UPDATE may miss somebody who joined after it began: the newcomer
    was there first.
    """
    room = Q(capacity__isnull=True) | Q(capacity__gte=F("seats_taken") + seats)
    rows = Workshop.objects.filter(room, pk=workshop_id, state=WorkshopState.PUBLISHED)
    if not from_line:
        rows = rows.exclude(somebody_waits())
    return rows.update(seats_taken=F("seats_taken") + seats) == 1


def give_back(workshop_id: int, seats: int) -> None:
    """Count ``seats`` less as taken, and let them be offered to who waits."""
    Workshop.objects.filter(pk=workshop_id).update(seats_taken=F("seats_taken") - seats)
    jobs.enqueue("events.offer_seats", workshop=workshop_id)


def hold(
    *, workshop: Workshop, payer: Payer, nonce: UUID, hold_expires_at: datetime | None
) -> Booking:
    """Hold seats for a payer, within the caller's transaction. ``hold_expires_at`` None: by Stripe.

    Raises ClosedError, FullError, or IntegrityError where the nonce is known already.
    """
    status = registration_status(workshop, clock.now())
    if status not in {"open", "full"}:
        raise ClosedError(status)
    if not take(workshop.pk, payer.seats):
        raise FullError(workshop.slug)
    return book(
        workshop=workshop,
        payer=payer,
        nonce=nonce,
        state=BookingState.HELD,
        hold_expires_at=hold_expires_at,
    )


def book(
    *,
    workshop: Workshop,
    payer: Payer,
    nonce: UUID,
    state: BookingState,
    hold_expires_at: datetime | None = None,
    awaits_approval: bool = False,
) -> Booking:
    """Write a booking with a registration for each seat; whoever calls has counted its seats.

    Raises IntegrityError where the nonce is known already.
    """
    booking = Booking.objects.create(
        workshop=workshop,
        state=state,
        seats=payer.seats,
        name=payer.name,
        email=payer.email,
        language=payer.language,
        time_zone=payer.time_zone,
        wants_news=payer.wants_news,
        nonce=nonce,
        hold_expires_at=hold_expires_at,
        awaits_approval=awaits_approval,
        referral=payer.origin.referral,
        invitation=payer.origin.invitation,
        utm=dict(payer.origin.utm),
        created_at=clock.now(),
    )
    Registration.objects.bulk_create(_registrations(booking, payer))
    return booking


def _registrations(booking: Booking, payer: Payer) -> Sequence[Registration]:
    first = Registration(
        booking=booking, position=1, name=payer.name, email=payer.email, answers=payer.answers
    )
    known = dict(enumerate(payer.companions, start=2))
    nobody = Companion("")
    others = ((n, known.get(n, nobody)) for n in range(2, payer.seats + 1))
    return [
        first,
        *(
            Registration(booking=booking, position=n, name=one.name, email=one.email)
            for n, one in others
        ),
    ]


def fill_in(booking: Booking, payer: Payer) -> None:
    """Write what a payer typed into a booking that holds its seats already, row locked."""
    booking.name, booking.email, booking.language = payer.name, payer.email, payer.language
    booking.time_zone = payer.time_zone or booking.time_zone
    booking.wants_news = payer.wants_news
    fields = ["name", "email", "language", "time_zone", "wants_news", "hold_expires_at"]
    booking.save(update_fields=fields)
    known = dict(enumerate(payer.companions, start=2))
    for person in booking.registrations.order_by("position"):
        if person.position == 1:
            person.name, person.email = payer.name, payer.email
            person.answers = payer.answers
        elif one := known.get(person.position):
            person.name, person.email = one.name, one.email
        person.save(update_fields=["name", "email", "answers"])


def confirm(booking: Booking) -> None:
    """Make a held booking a confirmed one; its seats are counted already. The row is locked."""
    advance(booking, BookingState.CONFIRMED, BOOKING_TABLE, confirmed_at=clock.now())
    webhooks.tell_of_booking("registration.confirmed", booking)


def seat_again(booking: Booking, *, from_line: bool = False) -> bool:
    """Confirm a booking whose seats were released; return whether there was room, and time.

    Who waits comes before who was late (docs/adr/0017-the-line.md), unless ``from_line``.
    """
    if booking.workshop.ends_at <= clock.now():
        return False
    if not take(booking.workshop_id, booking.seats, from_line=from_line):
        return False
    advance(booking, BookingState.CONFIRMED, BOOKING_TABLE, confirmed_at=clock.now())
    webhooks.tell_of_booking("registration.confirmed", booking)
    return True


def release(booking: Booking, to: BookingState) -> None:
    """End a booking as expired or cancelled and give its seats back. The row is locked."""
    held, was_confirmed = booking.holds_seats, booking.state == BookingState.CONFIRMED
    advance(booking, to, BOOKING_TABLE)
    if was_confirmed:
        webhooks.tell_of_booking("registration.cancelled", booking)
    if held:
        give_back(booking.workshop_id, booking.seats)


def overdue_hold_ids(now: datetime) -> list[int]:
    """Return holds past their own end at ``now``: those that no Stripe session decides about."""
    rows = Booking.objects.filter(state=BookingState.HELD, hold_expires_at__lte=now)
    return list(rows.order_by("hold_expires_at").values_list("pk", flat=True)[:500])


def expire_hold(booking_id: int, now: datetime) -> bool:
    """Release one overdue hold; return whether it still was one. Safe to run several at once."""
    with transaction.atomic():
        booking = (
            Booking.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(pk=booking_id, state=BookingState.HELD, hold_expires_at__lte=now)
            .first()
        )
        if booking is None:
            return False
        release(booking, BookingState.EXPIRED)
        return True
