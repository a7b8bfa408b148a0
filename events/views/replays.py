"""A replay behind a person's own link: GET shows a button, POST leads to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.services import access
from events.services.room import replays
from events.views.scene import leads_on, scene, sent_on


@never_cache
@csrf_exempt
@leads_on
@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever had a seat. Checked again at the click."""
    registration = access.registration_for_link(token, access.REGISTRATION_LINK)
    workshop = registration.booking.workshop
    allowed = replays.may_watch(registration)
    if request.method == "POST":
        return sent_on(workshop.replay_url) if allowed else redirect("replay", token=token)
    context = {**scene(workshop, own_zone=registration.lives_in), "allowed": allowed}
    response = render(request, "rooms/replay.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
