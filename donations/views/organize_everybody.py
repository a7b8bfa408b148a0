"""Everybody of a campaign on one page: who gave and who came."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.services import campaign_people, people_list, totals
from donations.views import people_words
from donations.views.language import language
from donations.views.organize_campaign import campaign_context
from events.services import access

_ON_A_PAGE = 50


@never_cache
@login_required
@require_safe
def campaign_everybody(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who gave or came, found by words and filters; a viewer is shown numbers alone."""
    campaign = access.campaign_for_member(request.user, public_id, access.MEMBERS)
    context = campaign_context(request, campaign, "people")
    context["total"] = totals.of_campaign(campaign)
    if context["may_edit"]:
        choices = campaign_people.choices_of(campaign)
        asked = people_list.asked(request.GET, choices)
        everybody = campaign_people.of_campaign(campaign, language())
        rows = campaign_people.found(everybody, asked.search, asked.chosen)
        context |= {
            "search": asked.search,
            "hides_gifts": campaign_people.hides_gifts(campaign),
            "filters": people_words.filters(asked, choices),
            "is_narrow": asked.is_narrow,
            "page": Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page")),
            "attended": sum(bool(one.attended) for one in everybody),
            "consenting": sum(one.news for one in everybody),
            "everybody": len(everybody),
        }
    return render(request, "organize/everybody.html", context)
