"""Inviting people by mail: who of a list may be written to, and one mail each, once for ever."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.db.models.functions import Lower

from events.models import Campaign, Invitee, ListInvitation, Message, Registration, Team, Workshop
from events.services import access
from events.services.invitation_lists import Line
from events.services.mails import problems
from events.states import BookingState
from fundraiser.core import clock, jobs
from fundraiser.core.errors import ServiceError

_DAY: Final = timedelta(days=1)
_COMING: Final = (BookingState.CONFIRMED, BookingState.WAITING, BookingState.HELD)


class TooManyError(ServiceError):
    """The team may invite only ``left`` more people today."""

    code = "too_many"

    def __init__(self, left: int) -> None:
        super().__init__(str(left))
        self.left = left


@dataclass(frozen=True, slots=True)
class Place:
    """To what people are invited: a campaign, or one of its workshops."""

    campaign: Campaign
    workshop: Workshop | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A line and why it gets no mail; ``problem`` is empty where it does.

    "invalid", "duplicate", "registered", "invited", or "unwanted": unsubscribed, or an address
    that takes no mail. Which of the two, the team need not know.
    """

    line: Line
    problem: str


@dataclass(frozen=True, slots=True)
class Words:
    """In what language people are invited, and what the organizer adds to our words."""

    language: str
    text: str = ""


def fingerprint(email: str) -> str:
    """Return what stands for an address where the address itself may be gone."""
    text = f"invitee:{email.strip().lower()}"
    return hmac.new(settings.LINK_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def judge(place: Place, lines: Sequence[Line]) -> list[Judged]:
    """Return every line with what stands against it; nothing is written."""
    emails = {one.email.lower() for one in lines if one.email}
    registered = _registered(place, emails)
    unwanted = problems.stopped(emails)
    known = _known(place, emails)
    seen: set[str] = set()
    judged = []
    for line in lines:
        email = line.email.lower()
        invitee = known.get(fingerprint(email))
        checks = {
            "invalid": not email,
            "duplicate": email in seen,
            "registered": email in registered,
            "unwanted": email in unwanted or bool(invitee and invitee.unsubscribed_at),
            "invited": bool(invitee and invitee.is_invited),
        }
        seen.add(email)
        judged.append(Judged(line, next((name for name, met in checks.items() if met), "")))
    return judged


@dataclass(frozen=True, slots=True)
class _Known:
    unsubscribed_at: object
    is_invited: bool


def _known(place: Place, emails: set[str]) -> dict[str, _Known]:
    rows = Invitee.objects.filter(
        team=place.campaign.team_id, fingerprint__in=[fingerprint(one) for one in emails]
    )
    invited = ListInvitation.objects.filter(campaign=place.campaign, workshop=place.workshop)
    done = set(invited.filter(invitee__in=rows).values_list("invitee_id", flat=True))
    return {one.fingerprint: _Known(one.unsubscribed_at, one.pk in done) for one in rows}


def _registered(place: Place, emails: set[str]) -> set[str]:
    rows = Registration.objects.filter(booking__state__in=_COMING)
    if place.workshop is None:
        rows = rows.filter(booking__workshop__campaign=place.campaign)
    else:
        rows = rows.filter(booking__workshop=place.workshop)
    found: set[str] = set()
    for name in ("email", "booking__email"):
        lower = rows.annotate(lower=Lower(name)).filter(lower__in=emails)
        found |= set(lower.values_list("lower", flat=True))
    return found


def left_today(team_id: int) -> int:
    """Return how many people a team may still invite within these 24 hours."""
    since = clock.now() - _DAY
    done = ListInvitation.objects.filter(invitee__team=team_id, created_at__gt=since).count()
    most: int = settings.INVITATIONS_PER_DAY
    return max(most - done, 0)


def send(
    place: Place,
    lines: Sequence[Line],
    *,
    author: AbstractBaseUser | AnonymousUser,
    words: Words,
) -> int:
    """Queue one mail for each person who may be written to; return how many.

    1. Lock the team, so that two lists at once cannot pass its limit together.
    2. Judge the lines again: what was shown may be old by now.
    3. Write invitees, invitations and mails. A second click finds everybody invited.
    Raises TooManyError or SuspendedError: then nobody is invited.
    """
    access.not_suspended(place.campaign)
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=place.campaign.team_id)
        good = [one.line for one in judge(place, lines) if not one.problem]
        if len(good) > (left := left_today(place.campaign.team_id)):
            raise TooManyError(left)
        made = [_invitation(place, invitee, author, words) for invitee in _invitees(place, good)]
        ListInvitation.objects.bulk_create(made, batch_size=1000)
        _queue(made)
    return len(made)


def _invitees(place: Place, lines: Sequence[Line]) -> list[Invitee]:
    """Return the rows of these people, made where there is none yet."""
    now, team = clock.now(), place.campaign.team_id
    rows = [
        Invitee(
            team_id=team,
            fingerprint=fingerprint(one.email),
            email=one.email,
            name=one.name,
            created_at=now,
        )
        for one in lines
    ]
    Invitee.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    wanted = [one.fingerprint for one in rows]
    return list(Invitee.objects.filter(team=team, fingerprint__in=wanted).order_by("pk"))


def _invitation(
    place: Place, invitee: Invitee, author: AbstractBaseUser | AnonymousUser, words: Words
) -> ListInvitation:
    return ListInvitation(
        invitee=invitee,
        campaign=place.campaign,
        workshop=place.workshop,
        author_id=author.pk,
        language=words.language,
        words=words.text,
        created_at=clock.now(),
    )


def _queue(invitations: Sequence[ListInvitation]) -> None:
    now = clock.now()
    mails = [
        Message(
            key=f"list_invitation:{one.pk}",
            kind="list_invitation",
            workshop=one.workshop,
            ids={"list_invitation": one.pk},
            due_at=now,
            created_at=now,
        )
        for one in invitations
    ]
    Message.objects.bulk_create(mails, batch_size=1000, ignore_conflicts=True)
    jobs.enqueue("events.send_due_messages")


def set_wanted(invitee: Invitee, *, wanted: bool) -> None:
    """Write whether a team may invite an address; one that was erased stays left alone."""
    rows = Invitee.objects.filter(pk=invitee.pk).exclude(email="")
    rows.update(unsubscribed_at=None if wanted else clock.now())
    invitee.refresh_from_db()


def of_address(email: str) -> list[Invitee]:
    """Return the address on every team's list, its invitations loaded."""
    rows = Invitee.objects.filter(fingerprint=fingerprint(email)).exclude(email="")
    return list(rows.select_related("team").prefetch_related("invitations__campaign"))


def forget(email: str) -> None:
    """Erase an address from every team's list; what stays says only: do not write there again."""
    for invitee in Invitee.objects.filter(fingerprint=fingerprint(email)).order_by("pk"):
        numbers = list(invitee.invitations.values_list("pk", flat=True))
        Message.objects.filter(key__in=[f"list_invitation:{one}" for one in numbers]).delete()
        invitee.invitations.update(words="")
        Invitee.objects.filter(pk=invitee.pk).update(
            email="",
            name="",
            link_version=invitee.link_version + 1,
            unsubscribed_at=invitee.unsubscribed_at or clock.now(),
        )
