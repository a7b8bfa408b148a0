"""Inviting people by a list: looked at first, and sent when it is confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations.services import invited
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed
from events.forms.invitees import InviteForm
from events.services import access, invitation_lists, list_invitations
from events.services.list_invitations import Judged, Place, Words
from events.states import CampaignState

_ON_A_PAGE = 50


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A list; POST shows who would get a mail, and sends only with the field ``send``."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = InviteForm(typed(request), request.FILES or None, campaign=campaign)
    context = campaign_context(request, campaign, "invite")
    context["is_published"] = campaign.state == CampaignState.PUBLISHED
    if request.method == "POST" and context["is_published"] and form.is_valid():
        data = form.cleaned_data
        place = Place(campaign, form.workshops.get(data["workshop"]))
        if "send" in request.POST and _sent(request, place, data):
            return redirect("campaign_invite", public_id=public_id)
        context |= _checked(place, list_invitations.judge(place, data["lines"]), data)
        return render(request, "organize/invite_check.html", context)
    rows = invited.of_campaign(campaign)
    context |= {
        "form": form,
        "left": list_invitations.left_today(campaign.team_id),
        "numbers": invited.numbers(campaign),
        "page": Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page")),
    }
    status = 422 if form.errors else 200
    return render(request, "organize/invite.html", context, status=status)


def _sent(request: HttpRequest, place: Place, data: dict[str, Any]) -> bool:
    words = Words(data["language"], data["words"])
    try:
        count = list_invitations.send(place, data["lines"], author=request.user, words=words)
    except list_invitations.TooManyError as error:
        told = ngettext(
            "Your team may invite %(n)d more person today. Nobody was invited.",
            "Your team may invite %(n)d more people today. Nobody was invited.",
            error.left,
        )
        messages.error(request, told % {"n": error.left})
        return False
    told = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", count)
    messages.success(request, told % {"n": count})
    return True


def _checked(place: Place, judged: list[Judged], data: dict[str, Any]) -> dict[str, Any]:
    good = [one.line for one in judged if not one.problem]
    return {
        "good": good,
        "bad": [
            {"line": one.line, "reason": _reason(one.problem)} for one in judged if one.problem
        ],
        "left": list_invitations.left_today(place.campaign.team_id),
        "carried": {
            "people": invitation_lists.as_text(good),
            "workshop": data["workshop"],
            "language": data["language"],
            "words": data["words"],
        },
    }


def _reason(problem: str) -> str:
    return {
        "invalid": _("No e-mail address was found."),
        "duplicate": _("The address stands further up already."),
        "registered": _("Has a seat already, or is about to."),
        "invited": _("Was invited already: nobody is invited twice."),
        "unwanted": _("Wants no invitations, or the address takes no mail."),
    }[problem]
