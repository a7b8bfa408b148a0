"""The way into the room for a person with a seat: GET shows, POST goes in."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events.models import Registration
from events.services import access
from events.services.attendees import attendee
from events.services.room import devices, joining, replays, rooms
from events.services.room.devices import Answer, Visitor
from events.services.room.joining import Stage
from events.views.scene import leads_on, scene, sent_on
from fundraiser.core import clock
from fundraiser.core.http import client_hash

#: The cookie that tells one browser from another, for the pages under /j/ alone.
DEVICE_COOKIE: Final = "device"
_A_WEEK: Final = 7 * 24 * 3600


@never_cache
@csrf_exempt
@leads_on
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """One person's way in: a countdown, a button, or what comes next; POST goes in."""
    registration, version = access.registration_for_joining(token)
    if request.method == "POST":
        return _go_in(request, registration, version, token)
    number = _number(request.COOKIES.get(DEVICE_COOKIE, ""), registration)
    answer = devices.look(registration, version, number)
    return _show(request, registration, token, answer)


def _number(cookie: str, registration: Registration) -> uuid.UUID | None:
    """Return the browser's number for one person: another for each, so that none can be linked."""
    try:
        return uuid.uuid5(uuid.UUID(cookie), str(registration.public_id))
    except ValueError:
        return None


def _show(
    request: HttpRequest,
    registration: Registration,
    token: str,
    answer: Answer,
    *,
    unreachable: bool = False,
) -> HttpResponse:
    context = _context(registration, token)
    template, status = "rooms/join.html", 200
    if unreachable:
        context["ready"], status = False, 503
    elif answer == Answer.ELSEWHERE and context["stage"] in {Stage.EARLY, Stage.OPEN}:
        context["address"] = devices.masked(attendee(registration).email)
        template, status = "rooms/elsewhere.html", 409
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _context(registration: Registration, token: str) -> dict[str, Any]:
    workshop = registration.booking.workshop
    now = clock.now()
    seconds = joining.seconds_left(workshop, now)
    return {
        **scene(workshop, own_zone=registration.lives_in),
        "stage": joining.stage(registration, now),
        "ready": rooms.is_set(workshop),
        # A script reads it: never with a decimal comma.
        "seconds": f"{seconds:.0f}",
        "waiting": _waiting(seconds),
        "status_url": reverse("join_status", args=[token]),
        "replay_url": replays.page_of(registration),
    }


def _waiting(seconds: float) -> str:
    """Return a time as the script counts it: "3:07:05", and before it days as days."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    text = f"{hours}:{minutes:02}:{rest:02}" if hours or days else f"{minutes}:{rest:02}"
    if not days:
        return text
    counted = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return f"{counted} {text}"


def _go_in(
    request: HttpRequest, registration: Registration, version: int, token: str
) -> HttpResponse:
    """Check everything again, and send the person on to the room as it is now."""
    workshop = registration.booking.workshop
    if joining.stage(registration, clock.now()) != Stage.OPEN or not rooms.is_set(workshop):
        return redirect("join", token=token)
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    number = _number(cookie, registration)
    if number is None:
        cookie = str(uuid.uuid4())
        number = uuid.uuid5(uuid.UUID(cookie), str(registration.public_id))
    answer = devices.admit(registration, version, Visitor(number, client_hash(request)))
    if answer == Answer.ELSEWHERE:
        return _show(request, registration, token, answer)
    try:
        address = rooms.address(
            workshop,
            person=attendee(registration).name or registration.booking.name,
            person_id=registration.public_id.hex,
            language=registration.speaks,
            host=False,
        )
    except rooms.NoRoomError:
        return _show(request, registration, token, answer, unreachable=True)
    joining.record_click(registration)
    response = sent_on(address)
    response.set_cookie(
        DEVICE_COOKIE,
        cookie,
        max_age=_A_WEEK,
        path="/j/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_safe
def join_status(request: HttpRequest, token: str) -> HttpResponse:
    """What the countdown asks for: the stage, and the seconds until the room opens."""
    registration, version = access.registration_for_joining(token)
    number = _number(request.COOKIES.get(DEVICE_COOKIE, ""), registration)
    answer = devices.look(registration, version, number)
    workshop = registration.booking.workshop
    now = clock.now()
    return JsonResponse(
        {
            "stage": joining.stage(registration, now),
            "ready": rooms.is_set(workshop),
            "elsewhere": answer == Answer.ELSEWHERE,
            "seconds": joining.seconds_left(workshop, now),
        }
    )
