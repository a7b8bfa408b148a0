"""The doors of teams: their pages, their members, and the links of invitations."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from events.models import Invitation, Membership, Team
from events.services.access import MEMBERS
from events.states import Role
from fundraiser.core import clock, links
from fundraiser.core.http import DeadLinkError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

INVITATION_LINK = "invitation"
#: These decide who is on the team.
OWNERS = (Role.OWNER,)


class InvitationOverError(DeadLinkError):
    """An invitation that was used, withdrawn or replaced, is too old, or was never made: 404."""

    template = "teams/invitation_over.html"


def role_in(user: AbstractBaseUser | AnonymousUser, team: Team) -> str:
    """Return a person's role in a team; "owner" for an admin of the site, nothing for others."""
    mine = Membership.objects.filter(team=team, user_id=user.pk or 0)
    role = mine.values_list("role", flat=True).first()
    return role or (str(Role.OWNER) if getattr(user, "is_superuser", False) else "")


def team_for_member(
    user: AbstractBaseUser | AnonymousUser, public_id: UUID, roles: Container[str] = MEMBERS
) -> Team:
    """Return one of the person's teams, or any for an admin of the site.

    Raises Http404 for another team, PermissionDenied where the role does not allow it.
    """
    team = get_object_or_404(Team, public_id=public_id)
    role = role_in(user, team)
    if not role:
        raise Http404
    if role not in roles and not getattr(user, "is_superuser", False):
        raise PermissionDenied
    return team


def member_of(team: Team, user_id: int) -> Membership:
    """Return a person's place in a team; Http404 where they have none."""
    rows = Membership.objects.select_related("user")
    return get_object_or_404(rows, team=team, user_id=user_id)


def invitation_of(team: Team, public_id: UUID) -> Invitation:
    """Return one of a team's invitations; Http404 for another team's."""
    return get_object_or_404(Invitation, team=team, public_id=public_id)


def invitation_link(invitation: Invitation) -> str:
    """Return the token that accepts an invitation."""
    return links.make(INVITATION_LINK, UUID(str(invitation.public_id)), invitation.link_version)


def invitation_for_link(token: str) -> Invitation:
    """Return the invitation that a link accepts; InvitationOverError for any other link."""
    try:
        link = links.read(INVITATION_LINK, token)
    except links.InvalidLinkError as error:
        raise InvitationOverError from error
    rows: QuerySet[Invitation] = Invitation.objects.select_related("team", "invited_by")
    found = rows.filter(public_id=link.public_id, link_version=link.version).first()
    if found is None or found.expires_at <= clock.now():
        raise InvitationOverError
    return found
