"""Which of a workshop's people are meant: by words, by seat, by attendance, by mark, by mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf, Upper

from events.models import DeliveryProblem, Message, Registration, Workshop
from events.services import people
from events.states import BookingState, MessageState, ProblemKind

#: What each filter may be, as it stands in the address; "" everywhere: no matter.
STATES: Final = (
    BookingState.CONFIRMED,
    BookingState.WAITING,
    BookingState.HELD,
    BookingState.NEEDS_ATTENTION,
    BookingState.CANCELLED,
)
ATTENDED: Final = ("yes", "no", "unknown")
_ATTENDED: Final = {"yes": True, "no": False, "unknown": None}
#: "trouble": a mail did not arrive, or the address takes none.
MAIL: Final = ("trouble",)
MARKED: Final = ("yes",)
SORTS: Final = ("name", "newest")


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; each field is one of the values above, or empty."""

    search: str = ""
    state: str = ""
    attended: str = ""
    mail: str = ""
    marked: str = ""


def found(workshop: Workshop, wanted: Filter) -> QuerySet[Registration]:
    """Return the people of ``workshop``, and of no other, that the filter lets through."""
    rows = people.found(workshop, wanted.search)
    if wanted.state:
        rows = rows.filter(booking__state=wanted.state)
    if wanted.attended:
        attended = _ATTENDED[wanted.attended]
        rows = rows.filter(booking__state=BookingState.CONFIRMED, attended=attended)
    if wanted.marked:
        rows = rows.filter(marked_at__isnull=False)
    if wanted.mail:
        rows = rows.filter(_mail_trouble(workshop))
    return rows


def ordered(rows: QuerySet[Registration], sort: str) -> QuerySet[Registration]:
    """Return them by name, or the latest first; by seat, as the list stands, without ``sort``."""
    if sort == "name":
        payers = Case(When(position=1, then=F("booking__name")), default=Value(""))
        return rows.order_by(Lower(Coalesce(NullIf(F("name"), Value("")), payers)), "pk")
    if sort == "newest":
        return rows.order_by("-booking__created_at", "booking_id", "position")
    return rows


def _mail_trouble(workshop: Workshop) -> Q:
    """Whether the list shows "Mail problem" at a person (services/people.py, problems.told)."""
    address = Case(
        When(~Q(email=""), then=F("email")),
        When(position=1, then=F("booking__email")),
        default=Value(""),
        output_field=CharField(),
    )
    stops = Q(permanent=True) | Q(kind=ProblemKind.COMPLAINED)
    own = Q(message__workshop__campaign__team=workshop.campaign.team_id)
    problems = DeliveryProblem.objects.annotate(upper=Upper("email")).filter(
        own | stops, upper=Upper(OuterRef("address")), forgiven_at=None
    )
    stuck = Message.objects.filter(state__in=[MessageState.HELD, MessageState.SET_ASIDE])
    if workshop.hides_carried:
        stuck = stuck.filter(kind__in=people.OF_EVERY_SEAT)
    to_person = stuck.filter(registration=OuterRef("pk"))
    to_payer = stuck.filter(registration=None, booking=OuterRef("booking_id"))
    met = Registration.objects.filter(booking__workshop=workshop).annotate(address=address)
    met = met.filter(Exists(problems) | Exists(to_person) | (Q(position=1) & Exists(to_payer)))
    return Q(pk__in=met.values("pk"))
