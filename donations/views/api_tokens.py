"""A team's tokens of the API: its owners make them, see when each was used, and revoke them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.services import api_tokens
from donations.token_forms import TokenForm, scope_words
from events.models import Team
from events.services import access_teams
from fundraiser.core import clock


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_tokens(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The tokens and the form; a POST makes one and shows it, this once and never again."""
    team = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        secret, _row = api_tokens.make(team=team, user=request.user, **form.cleaned_data)
        return _page(request, team, TokenForm(), secret=secret, status=201)
    return _page(request, team, form, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, team: Team, form: TokenForm, *, secret: str = "", status: int
) -> HttpResponse:
    now = clock.now()
    rows = [
        {
            "row": one,
            "words": scope_words(one.scopes),
            "is_over": one.revoked_at is not None or one.expires_at <= now,
        }
        for one in api_tokens.of_team(team)
    ]
    context = {"team": team, "form": form, "tokens": rows, "secret": secret}
    return render(request, "teams/tokens.html", context, status=status)


@login_required
@require_POST
def token_revoke(request: HttpRequest, public_id: UUID, token_id: UUID) -> HttpResponse:
    """End a token at once."""
    team = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    api_tokens.revoke(team=team, public_id=token_id)
    messages.success(request, _("The token is revoked: it opens nothing any more."))
    return redirect("team_tokens", public_id=public_id)
