"""Teams: opened, described, and who is on them. A team never loses its last owner."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from events.models import Campaign, Membership, Team
from events.states import Role, TeamState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class ClosedError(ServiceError):
    """The site lets nobody open a team."""

    code = "closed"


class LastOwnerError(ServiceError):
    """The team would have no owner any more: somebody else has to become one first."""

    code = "last_owner"


def may_open(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Return whether a signed-in person may open a team: by TEAM_OPENING, or as an admin."""
    return settings.TEAM_OPENING != "closed" or bool(getattr(user, "is_superuser", False))


def open_team(*, user: Any, name: str, reply_to: str, time_zone: str, language: str) -> Team:
    """Open a team with ``user`` as its owner; pending where TEAM_OPENING is approval.

    Raises ClosedError.
    """
    if not may_open(user):
        raise ClosedError(settings.TEAM_OPENING)
    waits = settings.TEAM_OPENING == "approval" and not user.is_superuser
    with transaction.atomic():
        team = Team.objects.create(
            name=name,
            slug=_free_slug(name),
            reply_to=reply_to,
            time_zone=time_zone,
            state=TeamState.PENDING if waits else TeamState.ACTIVE,
            created_at=clock.now(),
        )
        join(team=team, user=user, role=Role.OWNER, language=language)
    return team


def _free_slug(name: str) -> str:
    """Return an address for a team that no other team has; what is random cannot be guessed."""
    return f"{slugify(name)[:50] or 'team'}-{uuid.uuid4().hex[:8]}"


def join(*, team: Team, user: Any, role: str, language: str) -> Membership:
    """Put a person on a team; who is on it already keeps the role."""
    found, _made = Membership.objects.get_or_create(
        team=team,
        user=user,
        defaults={"role": role, "language": language, "created_at": clock.now()},
    )
    return found


def describe(*, team: Team, name: str, reply_to: str, time_zone: str) -> None:
    """Write a team's name, the address that answers go to, and its zone."""
    Team.objects.filter(pk=team.pk).update(name=name, reply_to=reply_to, time_zone=time_zone)


def members(team: Team) -> Sequence[Membership]:
    """Return who is on a team, owners first."""
    order = list(Role.values)
    rows = Membership.objects.filter(team=team).select_related("user")
    return sorted(rows, key=lambda one: (order.index(one.role), one.user.email.lower(), one.pk))


def change_role(*, team: Team, user_id: int, role: str) -> None:
    """Give a member another role. Raises LastOwnerError."""
    with transaction.atomic():
        _lock(team)
        if role != Role.OWNER:
            _keep_an_owner(team, user_id)
        Membership.objects.filter(team=team, user_id=user_id).update(role=role)


def remove(*, team: Team, user_id: int) -> None:
    """Take a member off the team: their rights are gone with the next request.

    Also how a member leaves. Raises LastOwnerError.
    """
    with transaction.atomic():
        _lock(team)
        _keep_an_owner(team, user_id)
        Membership.objects.filter(team=team, user_id=user_id).delete()


def hand_over(*, team: Team, owner_id: int, heir_id: int) -> None:
    """Make another member an owner, and the owner an organizer.

    Changes nothing where either is not on the team any more, or is the same person.
    """
    with transaction.atomic():
        _lock(team)
        rows = Membership.objects.filter(team=team)
        owner = rows.filter(user_id=owner_id, role=Role.OWNER)
        heir = rows.filter(user_id=heir_id)
        if owner_id == heir_id or not owner.exists() or not heir.update(role=Role.OWNER):
            return
        owner.update(role=Role.ORGANIZER)


def _lock(team: Team) -> None:
    """Let changes of one team's members happen one after the other."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def _keep_an_owner(team: Team, but: int) -> None:
    """Raise LastOwnerError where nobody but ``but`` owns the team, and ``but`` does."""
    owners = Membership.objects.filter(team=team, role=Role.OWNER)
    if owners.filter(user_id=but).exists() and not owners.exclude(user_id=but).exists():
        raise LastOwnerError(team.slug)


def approve(team_id: int) -> bool:
    """Let a pending team publish; return whether it was pending."""
    with transaction.atomic():
        rows = Team.objects.filter(pk=team_id, state=TeamState.PENDING)
        return rows.update(state=TeamState.ACTIVE) == 1


def campaigns(team: Team) -> Sequence[Campaign]:
    """Return a team's campaigns, the newest first."""
    return list(Campaign.objects.filter(team=team).order_by("-created_at"))
