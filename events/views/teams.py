"""Teams: a person's own, one team with its members, and what its owners do there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.forms.teams import InvitationForm, RoleForm, TeamForm
from events.models import Team
from events.services import access, access_teams, invitations, teams
from events.states import Role


def _language() -> str:
    return (get_language() or "en")[:2]


@never_cache
@login_required
@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    """The person's teams, and the way to open one where the site lets them."""
    context = {
        "memberships": access.memberships_of(request.user),
        "may_open": teams.may_open(request.user),
    }
    return render(request, "teams/list.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_open(request: HttpRequest) -> HttpResponse:
    """The form for a new team; POST opens it."""
    if not teams.may_open(request.user):
        raise PermissionDenied
    typed = request.POST if request.method == "POST" else None
    form = TeamForm(typed, initial={"reply_to": getattr(request.user, "email", "")})
    if form.is_valid():
        made = teams.open_team(user=request.user, language=_language(), **form.cleaned_data)
        messages.success(request, _("The team is there."))
        return redirect("team", public_id=made.public_id)
    status = 422 if form.errors else 200
    return render(request, "teams/open.html", {"form": form}, status=status)


@never_cache
@login_required
@require_safe
def team(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A team: who is on it and who is invited."""
    found = access_teams.team_for_member(request.user, public_id)
    return _page(request, found, InvitationForm())


def _page(
    request: HttpRequest, found: Team, form: InvitationForm, status: int = 200
) -> HttpResponse:
    role = access_teams.role_in(request.user, found)
    context: dict[str, Any] = {
        "team": found,
        "role": role,
        "is_owner": role == Role.OWNER,
        "sees_addresses": role in access.EDITORS,
        "members": [
            {"row": one, "form": RoleForm(initial={"role": one.role}, auto_id=f"id_{one.pk}_%s")}
            for one in teams.members(found)
        ],
        "invitations": found.invitations.order_by("email"),
        "campaigns": teams.campaigns(found),
        "form": form,
    }
    return render(request, "teams/team.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The team's name, address for answers and zone; POST keeps them."""
    found = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    initial = {"name": found.name, "reply_to": found.reply_to, "time_zone": found.time_zone}
    form = TeamForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        teams.describe(team=found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("team", public_id=public_id)
    status = 422 if form.errors else 200
    return render(request, "teams/edit.html", {"team": found, "form": form}, status=status)


@login_required
@require_POST
def team_invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mail somebody a place in the team."""
    found = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            invitations.invite(team=found, by=request.user, **form.cleaned_data)
        except invitations.MemberAlreadyError:
            form.add_error("email", _("Somebody with this address is on the team already."))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("team", public_id=public_id)
    return _page(request, found, form, status=422)


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """End an invitation before it is accepted."""
    found = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    invitations.withdraw(access_teams.invitation_of(found, invitation_id))
    messages.success(request, _("The invitation opens nothing any more."))
    return redirect("team", public_id=public_id)


@login_required
@require_POST
def member_role(request: HttpRequest, public_id: UUID, user_id: int) -> HttpResponse:
    """Give a member another role."""
    found = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    member = access_teams.member_of(found, user_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, found, InvitationForm(), status=422)
    try:
        teams.change_role(team=found, user_id=member.user_id, role=form.cleaned_data["role"])
    except teams.LastOwnerError:
        return _last_owner(request, found)
    messages.success(request, _("The role is changed; it counts from the next click on."))
    return redirect("team", public_id=public_id)


@login_required
@require_POST
def member_remove(request: HttpRequest, public_id: UUID, user_id: int) -> HttpResponse:
    """Take a member off the team."""
    found = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    member = access_teams.member_of(found, user_id)
    try:
        teams.remove(team=found, user_id=member.user_id)
    except teams.LastOwnerError:
        return _last_owner(request, found)
    messages.success(request, _("This person is off the team, from the next click on."))
    return redirect("team", public_id=public_id)


@login_required
@require_POST
def member_hand_over(request: HttpRequest, public_id: UUID, user_id: int) -> HttpResponse:
    """Make somebody else the owner, and oneself an organizer."""
    found = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    mine = access_teams.member_of(found, request.user.pk or 0)
    heir = access_teams.member_of(found, user_id)
    teams.hand_over(team=found, owner_id=mine.user_id, heir_id=heir.user_id)
    messages.success(request, _("The team is handed over; you are an organizer of it now."))
    return redirect("team", public_id=public_id)


@login_required
@require_POST
def team_leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Leave a team oneself."""
    found = access_teams.team_for_member(request.user, public_id)
    mine = access_teams.member_of(found, request.user.pk or 0)
    try:
        teams.remove(team=found, user_id=mine.user_id)
    except teams.LastOwnerError:
        return _last_owner(request, found)
    messages.success(request, _("You have left the team."))
    return redirect("teams")


def _last_owner(request: HttpRequest, found: Team) -> HttpResponse:
    told = _("The team would have no owner: make somebody else an owner first.")
    messages.error(request, told)
    return _page(request, found, InvitationForm(), status=409)
