"""The hosts' way in: open at any time, with how many have come so far."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.models import Host
from events.services import access
from events.services.room import attendance, joining, rooms
from events.states import WorkshopState
from events.views.scene import leads_on, scene, sent_on


@never_cache
@csrf_exempt
@leads_on
@require_http_methods(["GET", "HEAD", "POST"])
def host_join(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows who has come, POST leads into the room, as a moderator where rooms know one."""
    host = access.host_for_link(token)
    if request.method == "POST" and host.workshop.state != WorkshopState.CANCELLED:
        try:
            return sent_on(_address(host))
        except rooms.NoRoomError:
            return _show(request, host, status=503)
    if request.method == "POST":
        return redirect("host_join", token=token)
    return _show(request, host)


def _address(host: Host) -> str:
    return rooms.address(
        host.workshop,
        person=host.name,
        person_id=host.public_id.hex,
        language=host.language,
        host=True,
    )


def _show(request: HttpRequest, host: Host, *, status: int = 200) -> HttpResponse:
    workshop = host.workshop
    context = {
        **scene(workshop, own_zone=host.time_zone),
        "host": host,
        "cancelled": workshop.state == WorkshopState.CANCELLED,
        "ready": rooms.is_set(workshop) and status == 200,
        "unreachable": status == 503 and rooms.is_set(workshop),
        "opens_at": joining.opens_at(workshop),
        "counts": attendance.counts(workshop),
    }
    response = render(request, "rooms/host.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response
