"""An organizer's page of a workshop's room, its replay, and the page to show on stage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from donations.views.organize_workshop import workshop_context
from events.forms.rooms import RoomForm
from events.models import Workshop
from events.services import access
from events.services.mails.emails import absolute
from events.services.room import rooms
from events.states import RoomKind


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_room(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where people are sent when they join, and where the recording is."""
    found = access.workshop_for_member(request.user, public_id)
    if request.method == "POST":
        form = RoomForm(request.POST, workshop=found)
        if not form.is_valid():
            return render(request, "organize/room.html", _context(request, found, form), status=422)
        rooms.change(found, form.settings())
        messages.success(request, _("Saved. Whoever joins from now on is sent there."))
        return redirect("workshop_room", public_id=public_id)
    form = RoomForm(workshop=found)
    return render(request, "organize/room.html", _context(request, found, form))


def _context(request: HttpRequest, workshop: Workshop, form: RoomForm) -> dict[str, Any]:
    stage = reverse("stage", args=[access.stage_link(workshop.campaign)])
    return {
        **workshop_context(request, workshop, "room"),
        "form": form,
        "is_set": rooms.is_set(workshop),
        "made_by_itself": workshop.room_kind != RoomKind.ADDRESS,
        "stage_url": absolute(stage),
    }


@login_required
@require_POST
def workshop_room_rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a room that is made by itself another name."""
    rooms.rename(access.workshop_for_member(request.user, public_id))
    messages.success(request, _("The room has a new name. The old one leads nowhere from here."))
    return redirect("workshop_room", public_id=public_id)


@login_required
@require_POST
def workshop_stage_renew(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make the address of the on-stage page another one."""
    rooms.revoke_stage(access.workshop_for_member(request.user, public_id).campaign)
    messages.success(request, _("The page has a new address. The old one does not work any more."))
    return redirect("workshop_room", public_id=public_id)
