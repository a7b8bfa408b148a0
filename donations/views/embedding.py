"""What other sites may show: the meter and the forms in a frame, and the picture of a shared link.

The frames set no cookie and need none. Their policy lets any site frame them, and nothing else:
what is sent from there opens in the whole window, where the address says whose page it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from donations.services import pages, social_cards, totals
from donations.views import giving, shared
from donations.views.addresses import at_old_addresses
from donations.views.language import language
from events.services import access

#: The key of a shared page tells the language already.
_TOLD = frozenset({"language"})
_View = TypeVar("_View", bound=Callable[..., HttpResponse])


def embeddable(view: _View) -> _View:
    """Let a view's page stand in a frame of any site; it goes by ``?language=`` where given."""

    def in_its_language(request: HttpRequest, **values: Any) -> HttpResponse:
        asked = request.GET.get("language", "")
        chosen = asked if asked in dict(settings.LANGUAGES) else language()
        with translation.override(chosen):
            answer = view(request, **values)
            answer["Content-Language"] = chosen
            return answer

    decorated: Any = xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(in_its_language))
    return decorated  # type: ignore[no-any-return]


@at_old_addresses
@require_safe
@embeddable
def embed_meter(request: HttpRequest, slug: str) -> HttpResponse:
    """A campaign's total and meter, with a link to its page."""
    key = ("embed-meter", slug, pages.campaign_version(slug), language())

    def made() -> HttpResponse:
        found = access.campaign_for_visitor(slug)
        context = {
            "campaign": pages.campaign_page(found, language()),
            "total": totals.of_campaign(found),
            "accent_url": pages.accent_url(found),
            "give_url": reverse("give", args=[slug]) if pages.takes_gifts(found) else "",
        }
        return render(request, "embed/meter.html", context)

    return shared.page(request, key, made, told=_TOLD)


@at_old_addresses
@require_safe
@embeddable
def embed_give(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for a gift without a workshop."""
    found = access.campaign_for_visitor(slug)
    context = {**giving.page_context(found), "own_url": reverse("campaign", args=[slug])}
    if pages.takes_gifts(found):
        context["form"] = giving.blank(request, found, None)
        context["form_action"] = reverse("give", args=[slug])
    key = ("embed-give", slug, pages.campaign_version(slug), language())
    return shared.page(
        request, key, lambda: render(request, "embed/form.html", context), told=_TOLD
    )


@at_old_addresses
@require_safe
@embeddable
def embed_form(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """The form to register for a workshop."""
    version = pages.workshop_version(slug, workshop_slug)

    def made() -> HttpResponse:
        found = access.workshop_for_visitor(slug, workshop_slug)
        context = giving.workshop_context(found)
        context["own_url"] = reverse("workshop", args=[slug, workshop_slug])
        if context["status"] == "open" and pages.takes_gifts(found.campaign):
            context["form"] = giving.blank(request, found.campaign, found)
            context["form_action"] = context["own_url"]
        return render(request, "embed/form.html", context)

    key = ("embed-form", slug, workshop_slug, version, language())
    return shared.page(request, key, made, told=_TOLD)


@at_old_addresses
@require_safe
def social_card(request: HttpRequest, slug: str, language: str, version: str) -> HttpResponse:
    """The picture of a shared link; another version than the present one leads to that."""
    del request
    if language not in dict(settings.LANGUAGES):
        raise Http404
    found = access.campaign_for_visitor(slug)
    total = totals.of_campaign(found)
    present = social_cards.version(found, total.together)
    if version != present:
        answer: HttpResponse = redirect("social_card", slug, language, present)
        answer["Cache-Control"] = "no-cache"
        return answer
    answer = HttpResponse(social_cards.drawn(found, total, language), content_type="image/png")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
