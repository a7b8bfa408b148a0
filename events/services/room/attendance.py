"""Who was there: by the click into the room, by hand, or by a provider's report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from events.models import Registration, Workshop
from events.services.attendees import attendee
from events.services.room.attendance_reports import Participant
from events.states import AttendanceSource, BookingState


@dataclass(frozen=True, slots=True)
class Counts:
    """How many have a seat, came by their link, and are known to have been there."""

    registered: int
    joined: int
    attended: int

    @property
    def missing(self) -> int:
        """Those with a seat who have not come by their link so far."""
        return self.registered - self.joined


@dataclass(frozen=True, slots=True)
class Matches:
    """A report held against the people with a seat. Nothing of it is stored."""

    #: By e-mail address, or by the number that we gave the provider.
    sure: list[Registration] = field(default_factory=list)
    #: One person with a seat has this name, but the report says nothing, or another address.
    by_name: list[tuple[Participant, Registration]] = field(default_factory=list)
    #: Several people with a seat could be meant.
    ambiguous: list[Participant] = field(default_factory=list)
    unknown: list[Participant] = field(default_factory=list)


def people(workshop: Workshop) -> QuerySet[Registration]:
    """Return everybody with a confirmed seat, by name."""
    rows = Registration.objects.filter(
        booking__workshop=workshop, booking__state=BookingState.CONFIRMED
    )
    return rows.select_related("booking__workshop").order_by(
        "booking__name", "booking_id", "position"
    )


def counts(workshop: Workshop) -> Counts:
    """Return how many have a seat, and how many of them came: one query."""
    found = people(workshop).aggregate(
        registered=Count("pk"),
        joined=Count("pk", filter=Q(joined_at__isnull=False)),
        attended=Count("pk", filter=Q(attended=True)),
    )
    return Counts(**found)


def match(workshop: Workshop, participants: Iterable[Participant]) -> Matches:
    """Hold a report against the people with a seat; change nothing."""
    by_address: dict[str, list[Registration]] = defaultdict(list)
    by_name: dict[str, list[Registration]] = defaultdict(list)
    by_number: dict[str, Registration] = {}
    for one in people(workshop):
        person = attendee(one)
        by_address[person.email.casefold()].append(one)
        by_name[_folded(person.name)].append(one)
        by_number[one.public_id.hex] = one
    hosts = {host.casefold() for host in workshop.hosts.values_list("email", flat=True)}
    found = Matches()
    seen: set[int] = set()
    named: list[tuple[Participant, Registration]] = []
    for participant in participants:
        if participant.email and participant.email.casefold() in hosts:
            continue
        same = by_address.get(participant.email.casefold(), []) if participant.email else []
        # Several seats of one address: the name says whose of them it was.
        same = same if len(same) < 2 else _of_name(same, participant.name) or same
        numbered = by_number.get(participant.number) if participant.number else None
        if numbered is not None or len(same) == 1:
            one = numbered or same[0]
            if one.pk not in seen:
                seen.add(one.pk)
                found.sure.append(one)
            continue
        like = same or by_name.get(_folded(participant.name), [])
        if len(like) == 1:
            named.append((participant, like[0]))
        else:
            (found.ambiguous if like else found.unknown).append(participant)
    for participant, one in named:
        if one.pk not in seen:
            seen.add(one.pk)
            found.by_name.append((participant, one))
    return found


def _folded(name: str) -> str:
    """Return a name for comparing; of Zoom's "Shown (Original)" the shown one."""
    return " ".join(name.partition("(")[0].split()).casefold()


def _of_name(registrations: list[Registration], name: str) -> list[Registration]:
    return [one for one in registrations if _folded(attendee(one).name) == _folded(name)]


def mark_present(workshop: Workshop, ids: Collection[int], source: AttendanceSource) -> int:
    """Record that these people of the workshop were there; return for how many that is new.

    Whoever is known to have been there already keeps the source from which that is known.
    """
    rows = people(workshop).filter(pk__in=ids).exclude(attended=True)
    return Registration.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        attended=True, attendance_source=source
    )


def mark_absent(workshop: Workshop, ids: Collection[int]) -> int:
    """Record by hand that these were not there; return for how many that is new.

    Only for those of whom the organizer saw the tick and took it away.
    """
    rows = people(workshop).filter(pk__in=ids, attended=True)
    return Registration.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        attended=False, attendance_source=AttendanceSource.HAND
    )
