"""What mail providers tell of addresses: bounces, rejections and complaints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.db.models.lookups import In

from events.models import DeliveryProblem, Message, Workshop
from events.states import ProblemKind
from fundraiser.core import clock


def record(
    *,
    event_id: str,
    kind: ProblemKind,
    email: str,
    permanent: bool,
    detail: str,
    happened_at: datetime,
    message_id: UUID | None,
) -> None:
    """Store what a provider told, once for each ``event_id`` (its own id of the event)."""
    message = Message.objects.filter(message_id=message_id).first() if message_id else None
    DeliveryProblem.objects.bulk_create(
        [
            DeliveryProblem(
                message=message,
                email=email,
                kind=kind,
                permanent=permanent,
                detail=detail[:300],
                event_id=event_id[:120],
                happened_at=happened_at,
            )
        ],
        ignore_conflicts=True,
    )


def _standing(emails: Iterable[str]) -> QuerySet[DeliveryProblem]:
    """Return what stands against these addresses, whatever the letter case."""
    wanted = {email.upper() for email in emails if email}
    return DeliveryProblem.objects.filter(In(Upper("email"), wanted), forgiven_at=None)


def of(emails: Iterable[str]) -> dict[str, list[DeliveryProblem]]:
    """Return the standing problems of each address (in small letters), the latest first."""
    found: dict[str, list[DeliveryProblem]] = defaultdict(list)
    for one in _standing(emails).order_by("-happened_at", "-pk"):
        found[one.email.lower()].append(one)
    return dict(found)


def told(
    workshop: Workshop, emails: Sequence[str]
) -> tuple[dict[str, list[DeliveryProblem]], set[str]]:
    """Return what the team of a workshop may know of addresses (all in small letters).

    That is the standing problems of its own mails by address, and those addresses that mails of
    somebody else have shown to take none.
    """
    own: dict[str, list[DeliveryProblem]] = {}
    foreign: set[str] = set()
    mine = set(_of_team(_standing(emails), workshop).values_list("pk", flat=True))
    for email, some in of(emails).items():
        own[email] = [one for one in some if one.pk in mine]
        if any(one.pk not in mine and one.stops for one in some):
            foreign.add(email)
    return own, foreign


def _of_team(rows: QuerySet[DeliveryProblem], workshop: Workshop) -> QuerySet[DeliveryProblem]:
    return rows.filter(message__workshop__campaign__team=workshop.campaign.team_id)


def stopped(emails: Iterable[str]) -> set[str]:
    """Return those addresses (in small letters) that get neither reminders nor news any more.

    That is after a bounce or rejection for good, and after a complaint, until it is forgiven.
    """
    for_good = Q(permanent=True) | Q(kind=ProblemKind.COMPLAINED)
    rows = _standing(emails).filter(for_good)
    return {email.lower() for email in rows.values_list("email", flat=True)}


def forgive(email: str, *, workshop: Workshop | None = None) -> int:
    """Let reminders and news go to an address again; return how many problems that ended.

    With ``workshop`` those of its team's own mails: others' problems are not its to end.
    """
    rows = DeliveryProblem.objects.filter(email__iexact=email, forgiven_at=None)
    if workshop is not None:
        rows = _of_team(rows, workshop)
    return rows.update(forgiven_at=clock.now())
