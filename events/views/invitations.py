"""An invitation to a team: looked at by its link, accepted by a button."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.models import Invitation
from events.services import access_teams, invitations


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what; POST joins, or leads to signing in or up with the invited address."""
    found = access_teams.invitation_for_link(token)
    if request.method != "POST":
        return render(request, "teams/invitation.html", {"invitation": found, "team": found.team})
    if not request.user.is_authenticated:
        return _to_account(request, found)
    language = (get_language() or "en")[:2]
    try:
        invitations.accept(invitation=found, user=request.user, language=language)
    except invitations.OverError as error:
        raise access_teams.InvitationOverError from error
    request.session.pop(invitations.SESSION_KEY, None)
    messages.success(request, _("Welcome to the team “%(team)s”.") % {"team": found.team.name})
    return redirect("team", public_id=found.team.public_id)


def _to_account(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Lead to signing in, or to a new account: the link proves the address, so no code is asked.

    allauth looks for a proven address under this key of the session (its adapter's
    is_email_verified, docs.allauth.org/en/latest/account/adapter.html).
    """
    request.session[invitations.SESSION_KEY] = str(found.public_id)
    request.session["account_verified_email"] = found.email
    known = get_user_model().objects.filter(email__iexact=found.email).exists()
    way = reverse("account_login" if known else "account_signup")
    return redirect(f"{way}?{urlencode({'next': request.path})}")
