"""A team's webhooks: endpoints added, tested and stopped; deliveries seen and sent again.

For owners and organizers. A new secret is shown by the answer that makes it, and never again.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.forms.webhooks import KIND_WORDS, AgainForm, EndpointForm
from events.models import Team, WebhookEndpoint
from events.services import access, access_teams
from events.services.webhooks import deliveries, endpoints, outbox
from events.states import StoppedBecause
from fundraiser.core import clock

_SHOWN: Final = 50


def _team(request: HttpRequest, public_id: UUID) -> Team:
    return access_teams.team_for_member(request.user, public_id, access.EDITORS)


def _endpoint(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> WebhookEndpoint:
    return endpoints.endpoint_of(_team(request, public_id), endpoint_id)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_webhooks(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The endpoints and the form; a POST adds one and shows its secret, this once."""
    team = _team(request, public_id)
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            secret, row = endpoints.add(team=team, **form.cleaned_data)
        except endpoints.TooManyError:
            words = _("A team can have %(n)d of them: remove one first.") % {"n": endpoints.MOST}
            form.add_error(None, words)
        else:
            return _page(request, team, row, secret=secret, status=201)
    context = {
        "team": team,
        "form": form,
        "endpoints": [
            {"row": one, "words": [KIND_WORDS[kind] for kind in one.kinds]}
            for one in endpoints.of_team(team)
        ],
    }
    return render(request, "teams/webhooks.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def webhook(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """One endpoint, with the log of what it was sent."""
    row = _endpoint(request, public_id, endpoint_id)
    return _page(request, row.team, row)


def _page(
    request: HttpRequest, team: Team, row: WebhookEndpoint, *, secret: str = "", status: int = 200
) -> HttpResponse:
    page = Paginator(deliveries.of_endpoint(row), _SHOWN).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "team": team,
        "endpoint": row,
        "words": [KIND_WORDS[kind] for kind in row.kinds],
        "secret": secret,
        "old_signs": row.former_until is not None and clock.now() < row.former_until,
        "page_obj": page,
        "deliveries": [{"row": one, "word": KIND_WORDS[one.kind]} for one in page],
        "again": AgainForm(),
    }
    return render(request, "teams/webhook.html", context, status=status)


@never_cache
@login_required
@require_POST
def webhook_rotate(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Make a new secret and show it, this once."""
    row = _endpoint(request, public_id, endpoint_id)
    return _page(request, row.team, row, secret=endpoints.rotate(row), status=201)


@login_required
@require_POST
def webhook_test(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Send a test event."""
    row = _endpoint(request, public_id, endpoint_id)
    if row.is_on:
        outbox.tell_test(row)
        messages.success(request, _("A test is on its way: its line below says how it went."))
    else:
        _say_stopped(request)
    return _back(row)


@login_required
@require_POST
def webhook_stop(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Tell it nothing for now."""
    row = _endpoint(request, public_id, endpoint_id)
    endpoints.stop(row, StoppedBecause.PERSON)
    messages.success(request, _("It is told nothing any more until you begin again."))
    return _back(row)


@login_required
@require_POST
def webhook_start(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Tell it again what happens from now on."""
    row = _endpoint(request, public_id, endpoint_id)
    endpoints.start(row)
    messages.success(request, _("It is told again what happens from now on."))
    return _back(row)


@login_required
@require_POST
def webhook_remove(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Take it away."""
    row = _endpoint(request, public_id, endpoint_id)
    endpoints.remove(row)
    messages.success(request, _("The address is removed."))
    return redirect("team_webhooks", public_id=public_id)


@login_required
@require_POST
def webhook_replay(
    request: HttpRequest, public_id: UUID, endpoint_id: UUID, message_id: UUID
) -> HttpResponse:
    """Send one delivery again."""
    row = _endpoint(request, public_id, endpoint_id)
    delivery = deliveries.delivery_of(row, message_id)
    try:
        deliveries.replay(row, delivery)
        messages.success(request, _("It is sent again, with the same number."))
    except deliveries.StoppedError:
        _say_stopped(request)
    return _back(row)


@login_required
@require_POST
def webhook_replay_failed(request: HttpRequest, public_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """Send again what failed since a time."""
    row = _endpoint(request, public_id, endpoint_id)
    try:
        count = deliveries.replay_failed(row, clock.now() - AgainForm(request.POST).age)
        said = ngettext("%(n)d delivery is sent again.", "%(n)d deliveries are sent again.", count)
        messages.success(request, said % {"n": count})
    except deliveries.StoppedError:
        _say_stopped(request)
    return _back(row)


def _say_stopped(request: HttpRequest) -> None:
    messages.error(request, _("It is stopped: begin again first."))


def _back(row: WebhookEndpoint) -> HttpResponse:
    return redirect("webhook", public_id=row.team.public_id, endpoint_id=row.public_id)
