"""The people of a workshop as its organizers see them: seats, answers, and each one's mails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from events.models import Booking, DeliveryProblem, Host, Message, Registration, Workshop
from events.services import asked
from events.services.attendees import attendee
from events.services.mails import problems
from events.states import BookingState, MessageState

#: Who has a seat stands first, who gave it back last; an attempt that expired is nobody.
_ORDER = (
    BookingState.NEEDS_ATTENTION,
    BookingState.CONFIRMED,
    BookingState.HELD,
    BookingState.WAITING,
    BookingState.CANCELLED,
)


#: Mails that whoever has a seat can get, paid or not: they tell nothing of a gift.
OF_EVERY_SEAT: Final = (
    "confirmation",
    "reminder",
    "changed",
    "cancelled",
    "moved",
    "seat_handed_over",
    "fresh_link",
    "thank_you",
    "replay",
    "announcement",
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A workshop in figures, which say nothing about anybody."""

    seats: int
    capacity: int | None
    people: int
    attended: int
    waiting: int
    mails_sent: int
    mails_on_their_way: int
    mails_stuck: int


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a booking, as the list shows them. ``mails`` are the newest first.

    ``problems`` are those of the team's own mails; ``refuses``: the address takes no reminders and
    news, as other mails have shown, whose details are nobody's business here.
    """

    registration: Registration
    booking: Booking
    name: str
    email: str
    answers: Sequence[tuple[str, str]]
    mails: Sequence[Message]
    problems: Sequence[DeliveryProblem]
    refuses: bool


def numbers(workshop: Workshop) -> Numbers:
    """Return the workshop's figures: three queries."""
    people = Registration.objects.filter(booking__workshop=workshop).aggregate(
        confirmed=Count("pk", filter=Q(booking__state=BookingState.CONFIRMED)),
        attended=Count("pk", filter=Q(booking__state=BookingState.CONFIRMED, attended=True)),
        waiting=Count("pk", filter=Q(booking__state=BookingState.WAITING)),
    )
    coming = [MessageState.QUEUED, MessageState.SENDING]
    stuck = [MessageState.HELD, MessageState.SET_ASIDE]
    mails = Message.objects.filter(workshop=workshop).aggregate(
        sent=Count("pk", filter=Q(state=MessageState.SENT)),
        coming=Count("pk", filter=Q(state__in=coming)),
        stuck=Count("pk", filter=Q(state__in=stuck)),
    )
    return Numbers(
        seats=workshop.seats_taken,
        capacity=workshop.capacity,
        people=people["confirmed"],
        attended=people["attended"],
        waiting=people["waiting"],
        mails_sent=mails["sent"],
        mails_on_their_way=mails["coming"],
        mails_stuck=mails["stuck"],
    )


def found(workshop: Workshop, search: str = "") -> QuerySet[Registration]:
    """Return the people of a workshop whose name or address holds ``search``, with bookings."""
    order = Case(
        *[When(booking__state=state, then=Value(n)) for n, state in enumerate(_ORDER)],
        default=Value(len(_ORDER)),
        output_field=IntegerField(),
    )
    rows = (
        Registration.objects.filter(booking__workshop=workshop, booking__state__in=_ORDER)
        .select_related("booking")
        .order_by(order, Lower("booking__name"), "booking_id", "position")
    )
    text = search.strip()
    if not text:
        return rows
    return rows.filter(
        Q(name__icontains=text)
        | Q(email__icontains=text)
        | Q(booking__name__icontains=text)
        | Q(booking__email__icontains=text)
    )


def rows_of(workshop: Workshop, rows: Sequence[Registration], language: str) -> Sequence[Row]:
    """Return people with their answers in ``language``, mails and problems: two queries more."""
    mails = _mails(rows, hides_carried=workshop.hides_carried)
    persons = [attendee(row) for row in rows]
    own, foreign = problems.told(workshop, [person.email for person in persons])
    return [
        Row(
            registration=row,
            booking=row.booking,
            name=person.name,
            email=person.email,
            answers=_answers(workshop, row.answers, language),
            mails=mails[row.pk],
            problems=own.get(person.email.lower(), []),
            refuses=person.email.lower() in foreign,
        )
        for row, person in zip(rows, persons, strict=True)
    ]


def asking(workshop: Workshop, language: str) -> Sequence[Row]:
    """Return who asks to come and has no answer, the first one first: a few queries."""
    waiting = Booking.objects.requests(workshop.pk).values("pk")
    rows = Registration.objects.filter(booking__in=waiting, position=1)
    ordered = rows.select_related("booking").order_by("booking__created_at", "booking_id")
    return rows_of(workshop, list(ordered), language)


def _mails(rows: Sequence[Registration], *, hides_carried: bool) -> dict[int, list[Message]]:
    """Return each person's mails; those of a booking itself went to its first person.

    ``hides_carried``: without those that only who gave gets, or only who did not.
    """
    first = {row.booking_id: row.pk for row in rows if row.position == 1}
    of_booking = Q(registration=None, booking_id__in=first)
    mine = Message.objects.filter(of_booking | Q(registration__in=[row.pk for row in rows]))
    if hides_carried:
        mine = mine.filter(kind__in=OF_EVERY_SEAT)
    grouped: dict[int, list[Message]] = defaultdict(list)
    for mail in mine.order_by("-created_at", "-pk"):
        grouped[mail.registration_id or first[mail.booking_id or 0]].append(mail)
    return grouped


def _answers(
    workshop: Workshop, answers: dict[str, Any], language: str
) -> Sequence[tuple[str, str]]:
    told = []
    for question in asked.questions(workshop, language):
        value = answers.get(question["id"])
        if value in {None, ""}:
            continue
        if isinstance(value, bool):
            value = _("Yes") if value else _("No")
        if question["kind"] == "choice":
            value = asked.shown_answer(question, str(value))
        told.append((str(question["shown_label"]), str(value)))
    return told


def hosts(workshop: Workshop) -> list[tuple[Host, list[Message]]]:
    """Return a workshop's speakers by name, each with their mails, the newest first."""
    mails = Message.objects.filter(workshop=workshop, kind__startswith="host_")
    grouped: dict[int, list[Message]] = defaultdict(list)
    for mail in mails.order_by("-created_at", "-pk"):
        grouped[mail.ids["host"]].append(mail)
    return [(host, grouped[host.pk]) for host in workshop.hosts.order_by(Lower("name"))]
