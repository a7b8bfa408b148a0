"""A draft of a workshop at its own address: its team sees the page, anybody else a 404.

So is every workshop of a campaign that is a draft itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from donations.forms import GiveForm, WaitForm
from donations.services import previews
from events.models import Workshop
from events.services import access, access_workshops
from events.states import CampaignState


def page(
    request: HttpRequest,
    slug: str,
    workshop_slug: str,
    context_of: Callable[[Workshop], dict[str, Any]],
) -> HttpResponse:
    """The page as visitors will see it, with a banner. Http404 for who is not of the team.

    ``context_of`` makes what a visitor's page shows. Its forms are there even where the account
    that will take the money is not ready yet, and lead back here.
    """
    found = _draft(request, slug, workshop_slug)
    shown = previews.as_public(found)
    context = context_of(shown)
    if context["status"] == "open":
        context.setdefault("form", GiveForm(campaign=shown.campaign, workshop=shown))
    elif context["status"] == "by_request":
        context.setdefault("wait_form", WaitForm(workshop=shown))
    context |= {
        "is_preview": True,
        "in_draft": found.campaign.state == CampaignState.DRAFT,
        "form_action": reverse("workshop", args=[slug, workshop_slug]),
        "paused": False,
        **_back(request, found),
    }
    response = render(request, "workshops/workshop.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _back(request: HttpRequest, found: Workshop) -> dict[str, str]:
    """Return where its editors go on, or, for a viewer, where the campaign stands."""
    if access.may_edit(request.user, found.campaign):
        return {"edit_url": reverse("workshop_edit", args=[found.public_id])}
    return {"back_url": reverse("organize_campaign", args=[found.campaign.public_id])}


def refuse(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """Nothing can be sent from a preview: say so to the team. Http404 for anybody else."""
    _draft(request, slug, workshop_slug)
    messages.info(request, _("This is a preview: nothing was sent, and nobody registered."))
    return redirect("workshop", slug=slug, workshop_slug=workshop_slug)


def _draft(request: HttpRequest, slug: str, workshop_slug: str) -> Workshop:
    # Who has no session is nobody: no query is made for them.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        raise Http404
    return access_workshops.draft_for_member(request.user, slug, workshop_slug)
