"""A workshop is cancelled, and each payer chooses: refund, gift, or another date.

1. Write what is offered (Cancellation), then cancel the workshop (events). Dying in between leaves
   the workshop as it was: what is offered takes effect with the cancellation only.
2. Write an open choice for each payer and queue the mail that asks. The periodic job does so again
   for whoever is missing: a crash, or money that arrived late.
3. A choice may be changed until the deadline, or until it is being done (refund_run.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from donations.models import Cancellation, CancellationChoice, Donation
from donations.services import locking, moving
from donations.states import Choice, DonationState, Purpose
from events.models import Booking, Workshop
from events.services import workshops
from events.services.mails import outbox
from events.services.seating.moving import Date, dates
from events.states import BookingState, WorkshopState
from fundraiser.core import clock, jobs
from fundraiser.core.errors import ServiceError
from fundraiser.core.money import Money

#: Until when people choose, unless the organizer says otherwise.
USUAL_TIME: Final = timedelta(days=14)
#: Money that is there, or on its way.
_GIVEN: Final = (DonationState.PAID, DonationState.PROCESSING)


class TooLateError(ServiceError):
    """The deadline has passed, or what was chosen is being done."""

    code = "too_late"


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom a cancellation concerns: people with a seat, payers, and what they gave."""

    people: int
    payers: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the choices of a cancelled workshop are, derived from their rows."""

    asked: int
    unanswered: int
    refunds: int
    refunded: int
    kept: int
    moved: int
    stuck: int
    amount_back: Money

    @property
    def is_running(self) -> bool:
        """Whether refunds are on their way at this moment."""
        return self.refunded + self.stuck < self.refunds


def affected(workshop: Workshop) -> Affected:
    """Return how many people have a seat, and how much money their payers gave for it."""
    seated = Booking.objects.filter(workshop=workshop, state=BookingState.CONFIRMED)
    given = _money_of(seated).aggregate(n=Sum("net_minor"))
    payers = seated.filter(_has_given()).count()
    people = seated.aggregate(n=Sum("seats"))["n"] or 0
    return Affected(people, payers, Money(given["n"] or 0, workshop.campaign.currency))


def _money_of(bookings: QuerySet[Booking]) -> QuerySet[Donation]:
    return Donation.objects.filter(
        booking__in=bookings, purpose=Purpose.SEAT, state=DonationState.PAID, net_minor__gt=0
    )


def _has_given() -> Exists:
    """Whether the booking of the outer query has money that came, or that is on its way."""
    rows = Donation.objects.filter(booking=OuterRef("pk"), purpose=Purpose.SEAT, state__in=_GIVEN)
    return Exists(rows.exclude(state=DonationState.PAID, net_minor__lte=0))


def cancel(
    workshop: Workshop,
    *,
    note: str,
    default: Choice,
    deadline: datetime,
    offered: Iterable[Workshop],
) -> Cancellation:
    """Cancel a workshop, tell everybody, and ask each payer; doing it twice changes nothing.

    Of a workshop that was cancelled without asking, only the question is put.
    """
    with transaction.atomic():
        Workshop.objects.select_for_update(no_key=True).get(pk=workshop.pk)
        values = {"default": default, "deadline": deadline}
        found, made = Cancellation.objects.get_or_create(workshop=workshop, defaults=values)
        if made or not is_asked(found):
            Cancellation.objects.filter(pk=found.pk).update(**values)
            found.dates.set(offered)
    workshops.cancel(workshop.pk, note=note)
    ask(found.pk)
    found.refresh_from_db()
    return found


def is_asked(cancellation: Cancellation) -> bool:
    """Return whether its people have been asked: then nothing about it changes any more."""
    cancelled = cancellation.workshop.state == WorkshopState.CANCELLED
    return cancelled or cancellation.choices.exists()


def ask(cancellation_id: int) -> int:
    """Write the choices that are missing and queue their mails; return how many. Safe any time.

    Who gave nothing is asked only where there is another date to go to.
    """
    with transaction.atomic():
        rows = Cancellation.objects.select_for_update(no_key=True, of=("self",))
        found = rows.select_related("workshop").get(pk=cancellation_id)
        if found.workshop.state != WorkshopState.CANCELLED:
            return 0
        missing = list(_missing(found).order_by("pk"))
        CancellationChoice.objects.bulk_create(
            [CancellationChoice(cancellation=found, booking=one) for one in missing]
        )
        for one in missing:
            key = f"cancellation_choice:{found.pk}:{one.pk}"
            outbox.queue(key=key, kind="cancellation_choice", booking=one)
    return len(missing)


def _missing(found: Cancellation) -> QuerySet[Booking]:
    seated = Booking.objects.filter(workshop=found.workshop_id, state=BookingState.CONFIRMED)
    asked = CancellationChoice.objects.filter(cancellation=found, booking=OuterRef("pk"))
    rows = seated.exclude(Exists(asked))
    return rows if found.dates.exists() else rows.filter(_has_given())


def ask_everywhere() -> int:
    """Ask whoever is missing of all cancelled workshops; return how many were."""
    seated = Booking.objects.filter(workshop=OuterRef("workshop"), state=BookingState.CONFIRMED)
    asked = CancellationChoice.objects.filter(booking=OuterRef("pk"))
    missing = seated.exclude(Exists(asked))
    due = Cancellation.objects.filter(
        Q(Exists(missing.filter(_has_given()))) | Q(Exists(missing), dates__isnull=False),
        workshop__state=WorkshopState.CANCELLED,
    )
    return sum(ask(pk) for pk in due.order_by("pk").values_list("pk", flat=True).distinct()[:100])


def of_booking(booking: Booking) -> CancellationChoice | None:
    """Return the choice of a booking of a cancelled workshop, if its payer is asked."""
    rows = CancellationChoice.objects.select_related("cancellation__workshop", "moved_to")
    return rows.filter(booking=booking).order_by("-pk").first()


def can_choose(found: CancellationChoice) -> bool:
    """Return whether something can still be chosen."""
    waits = found.started_at is None and found.done_at is None
    return waits and clock.now() < found.cancellation.deadline


def money_of(booking: Booking) -> Donation | None:
    """Return the payment for a booking's seat that is there, or on its way."""
    rows = booking.donations.filter(purpose=Purpose.SEAT, state__in=_GIVEN)
    return rows.exclude(state=DonationState.PAID, net_minor__lte=0).first()


def undecided(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Return those of cancelled workshops whose money goes back, or may: all but what is kept."""
    kept = Q(choice=Choice.KEEP) | (Q(done_at__isnull=False) & ~Q(choice=Choice.REFUND))
    choices = CancellationChoice.objects.filter(kept, booking=OuterRef("pk"))
    return bookings.filter(
        _has_given(),
        ~Exists(choices),
        state=BookingState.CONFIRMED,
        workshop__state=WorkshopState.CANCELLED,
        workshop__cancellation__isnull=False,
    )


def offered_dates(found: CancellationChoice) -> list[Date]:
    """Return the offered dates on which a booking's seats can be had now."""
    offered = set(found.cancellation.dates.values_list("pk", flat=True))
    free = dates(found.cancellation.workshop, seats=found.booking.seats)
    return [one for one in free if one.workshop.pk in offered]


def choose(booking_id: int, choice: str, *, target: Workshop | None = None) -> None:
    """Write down what a payer chose; another date is taken at once, a refund begins at once.

    Locks go in the one order: donations, booking, choice. Sent twice it is done once.
    Raises TooLateError, moving.CannotMoveError or seats.FullError.
    """
    with transaction.atomic():
        locking.of_booking(booking_id)
        booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
        rows = CancellationChoice.objects.select_for_update(no_key=True, of=("self",))
        found = rows.select_related("cancellation").get(booking=booking)
        if choice == found.choice and (target is None or found.moved_to is not None):
            return
        if (
            choice not in Choice.values
            or not can_choose(found)
            or booking.state != BookingState.CONFIRMED
        ):
            raise TooLateError(str(found.pk))
        if choice != Choice.MOVE and money_of(booking) is None:
            raise TooLateError(str(found.pk))
        if choice == Choice.MOVE:
            if target is None or not found.cancellation.dates.filter(pk=target.pk).exists():
                raise TooLateError(str(found.pk))
            found.moved_to = moving.move_locked(booking_id, target.pk)
            found.done_at = clock.now()
        found.choice, found.chosen_at = choice, clock.now()
        found.save(update_fields=["choice", "chosen_at", "done_at", "moved_to"])
        jobs.enqueue("donations.run_cancellations")


def progress(found: Cancellation) -> Progress:
    """Return how far a cancellation is: counted from the choices and the ledger's sums."""
    rows = found.choices.select_related("booking")
    money = Donation.objects.filter(
        booking__cancellation_choices__in=rows.filter(choice=Choice.REFUND),
        purpose=Purpose.SEAT,
        state=DonationState.PAID,
    ).aggregate(given=Sum("amount_minor"), left=Sum("net_minor"))
    refunds = rows.filter(choice=Choice.REFUND)
    back = (money["given"] or 0) - (money["left"] or 0)
    return Progress(
        asked=rows.count(),
        unanswered=rows.filter(choice="", done_at=None).count(),
        refunds=refunds.count(),
        refunded=refunds.filter(done_at__isnull=False).count(),
        kept=rows.filter(choice=Choice.KEEP).count(),
        moved=rows.filter(choice=Choice.MOVE).count(),
        stuck=refunds.filter(set_aside_at__isnull=False, done_at=None).count(),
        amount_back=Money(max(back, 0), found.workshop.campaign.currency),
    )
