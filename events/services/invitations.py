"""Invitations to a team: mailed, replaced, withdrawn, accepted once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from events.models import Invitation, Membership, Team
from events.services import teams
from events.services.mails import outbox
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

#: How long an invitation can be accepted.
LASTS: Final = timedelta(days=14)
#: Where a session keeps the number of the invitation that its visitor is about to accept: it
#: opens the way to an account where sign-up is closed (fundraiser/accounts.py).
SESSION_KEY: Final = "invitation"


class MemberAlreadyError(ServiceError):
    """Somebody with this address is on the team."""

    code = "member_already"


class OverError(ServiceError):
    """The invitation was accepted or withdrawn a moment ago."""

    code = "over"


def invite(*, team: Team, email: str, role: str, language: str, by: Any) -> Invitation:
    """Mail a place in a team to an address; an earlier invitation of it is replaced.

    Raises MemberAlreadyError.
    """
    if Membership.objects.filter(team=team, user__email__iexact=email).exists():
        raise MemberAlreadyError(email)
    now = clock.now()
    given = {"role": role, "language": language, "invited_by": by, "expires_at": now + LASTS}
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        found = Invitation.objects.filter(team=team, email__iexact=email).first()
        if found is None:
            found = Invitation.objects.create(team=team, email=email, created_at=now, **given)
        else:
            rows = Invitation.objects.filter(pk=found.pk)
            rows.update(**given, created_at=now, link_version=F("link_version") + 1)
            found.refresh_from_db()
        outbox.queue(
            key=f"invitation:{found.pk}:{found.link_version}",
            kind="invitation",
            invitation=found.pk,
            version=found.link_version,
        )
    return found


def withdraw(invitation: Invitation) -> None:
    """End an invitation: its link is worth nothing, and a mail that waits is not sent."""
    invitation.delete()


def accept(*, invitation: Invitation, user: Any, language: str) -> Membership:
    """Put a person on the team with the role of the invitation, once. Raises OverError.

    1. Whoever deletes the row of this version takes the place; a second click finds none.
    2. The membership is written in the same transaction.
    """
    with transaction.atomic():
        rows = Invitation.objects.filter(pk=invitation.pk, link_version=invitation.link_version)
        if not rows.filter(expires_at__gt=clock.now()).delete()[0]:
            raise OverError(str(invitation.pk))
        return teams.join(team=invitation.team, user=user, role=invitation.role, language=language)


def address_of(public_id: UUID) -> str:
    """Return the address of an invitation that can be accepted still, or nothing."""
    rows = Invitation.objects.filter(public_id=public_id, expires_at__gt=clock.now())
    return rows.values_list("email", flat=True).first() or ""
