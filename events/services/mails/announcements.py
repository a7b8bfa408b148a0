"""An organizer's own message to the people of a workshop: written, looked at, sent once to each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.db.models import Count, Q

from events.models import Announcement, Message, Registration, Workshop
from events.services import access
from events.services.attendees import attendee
from events.states import Audience, BookingState, MessageState
from fundraiser.core import clock, jobs
from fundraiser.core.errors import ServiceError
from fundraiser.core.retrying import tried_again

_BATCH: Final = 1000


class AlreadySentError(ServiceError):
    """It has been sent: what people have in their mailbox cannot be changed any more."""

    code = "already_sent"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sending is. ``stopped``: held back, set aside, or not wanted any more."""

    total: int
    sent: int
    stopped: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more will leave by itself."""
        return self.sent + self.stopped >= self.total


_CONFIRMED: Final = Q(booking__state=BookingState.CONFIRMED)
_WHO: Final = {
    Audience.EVERYBODY: _CONFIRMED,
    Audience.ATTENDED: _CONFIRMED & Q(attended=True),
    Audience.ABSENT: _CONFIRMED & (Q(attended=False) | Q(attended=None)),
    # Who was named by another is told once there is a seat.
    Audience.WAITING: Q(booking__state=BookingState.WAITING, position=1),
    Audience.CHOSEN: Q(booking__state__in=[BookingState.CONFIRMED, BookingState.WAITING]),
}


def audiences(workshop: Workshop) -> Sequence[Audience]:
    """Return to whom one can write now: who came is known once it has begun."""
    begun = workshop.starts_at <= clock.now()
    later = (Audience.ATTENDED, Audience.ABSENT) if begun else ()
    return [Audience.EVERYBODY, *later, Audience.WAITING]


def recipients(
    workshop: Workshop, audience: str, chosen: Iterable[Registration] = ()
) -> list[Registration]:
    """Return who would get a message: each address once, without those who want no news.

    ``chosen`` are those that were picked, where that is the audience: of them, who has a seat or
    waits for one.
    """
    rows = Registration.objects.filter(
        _WHO[Audience(audience)], booking__workshop=workshop, wants_news=True
    ).select_related("booking")
    if audience == Audience.CHOSEN:
        rows = rows.filter(pk__in=[one.pk for one in chosen])
    found: dict[str, Registration] = {}
    for row in rows.order_by("booking_id", "position"):
        if email := attendee(row).email.lower():
            found.setdefault(email, row)
    return list(found.values())


def addressees(announcement: Announcement) -> list[Registration]:
    """Return who would get a message that was written."""
    chosen = announcement.chosen.all() if announcement.audience == Audience.CHOSEN else ()
    return recipients(announcement.workshop, announcement.audience, chosen)


def draft(
    *,
    workshop: Workshop,
    author: AbstractBaseUser | AnonymousUser,
    audience: str,
    subject: str,
    body: str,
    chosen: Iterable[Registration] = (),
) -> Announcement:
    """Keep a message that nobody gets yet; ``chosen`` count where they are the audience."""
    with transaction.atomic():
        made = Announcement.objects.create(
            workshop=workshop,
            author_id=author.pk,
            audience=audience,
            subject=subject,
            body=body,
            created_at=clock.now(),
        )
        made.chosen.set(chosen if audience == Audience.CHOSEN else ())
    return made


def rewrite(
    announcement: Announcement,
    *,
    audience: str,
    subject: str,
    body: str,
    chosen: Iterable[Registration] = (),
) -> None:
    """Change a message that nobody got yet. Raises AlreadySentError."""
    with transaction.atomic():
        rows = Announcement.objects.filter(pk=announcement.pk, queued_at=None)
        if rows.update(audience=audience, subject=subject, body=body) != 1:
            raise AlreadySentError(str(announcement.pk))
        announcement.chosen.set(chosen if audience == Audience.CHOSEN else ())


def discard(announcement: Announcement) -> None:
    """Throw a message away that nobody got yet. Raises AlreadySentError."""
    deleted, _ = Announcement.objects.filter(pk=announcement.pk, queued_at=None).delete()
    if not deleted:
        raise AlreadySentError(str(announcement.pk))


@tried_again
def send(announcement: Announcement) -> bool:
    """Queue one mail for each person; return whether this call did it.

    The row is locked: of two clicks one queues, and the other finds it done. The keys would keep
    a third from doubling anything. Raises SuspendedError.
    """
    access.not_suspended(announcement.workshop.campaign)
    with transaction.atomic():
        locked = Announcement.objects.select_for_update(no_key=True).get(pk=announcement.pk)
        if locked.queued_at is not None:
            return False
        now = clock.now()
        rows = addressees(locked)
        mails = [
            Message(
                key=f"announcement:{locked.pk}:{row.pk}",
                kind="announcement",
                booking=row.booking,
                registration=row,
                workshop_id=locked.workshop_id,
                ids={"announcement": locked.pk},
                due_at=now,
                created_at=now,
            )
            for row in rows
        ]
        Message.objects.bulk_create(mails, batch_size=_BATCH, ignore_conflicts=True)
        Announcement.objects.filter(pk=locked.pk).update(queued_at=now)
        jobs.enqueue("events.send_due_messages")
    return True


def progress(announcement: Announcement) -> Progress:
    """Return how many of its mails there are, and how many have left: one query."""
    waits = [MessageState.QUEUED, MessageState.SENDING]
    counted = Message.objects.filter(key__startswith=f"announcement:{announcement.pk}:").aggregate(
        total=Count("pk"),
        sent=Count("pk", filter=Q(state=MessageState.SENT)),
        waiting=Count("pk", filter=Q(state__in=waits)),
    )
    stopped = counted["total"] - counted["sent"] - counted["waiting"]
    return Progress(total=counted["total"], sent=counted["sent"], stopped=stopped)
