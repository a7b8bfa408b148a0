"""A draft of a workshop at its own address: its team sees the page, anybody else a 404."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from donations.forms import GiveForm, WaitForm
from donations.services import fees, pages, series_pages
from donations.views.language import language
from events.models import Workshop
from events.services import access_workshops


def page(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """The page as visitors will see it, with a banner. Http404 for who is not of the team."""
    found = _draft(request, slug, workshop_slug)
    shown = pages.workshop_page(found, language())
    campaign = found.campaign
    context = {
        "campaign": pages.campaign_page(campaign, language()),
        "accent_url": pages.accent_url(campaign),
        "fee_estimate": fees.estimate(campaign.currency),
        "workshop": shown,
        "status": "by_request" if found.moderated else "open",
        "preview_of": found.public_id,
        **series_pages.other_dates(found, language()),
    }
    if found.moderated:
        context["wait_form"] = WaitForm(workshop=found)
    else:
        context["form"] = GiveForm(campaign=campaign, workshop=found)
    response = render(request, "workshops/workshop.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


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
