"""Old addresses of campaigns: they lead to the present one, with all that stands behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from events.services import access_campaigns
from fundraiser.core.http import TellingError

View = Callable[..., HttpResponseBase]


class _KeepsMethod(HttpResponsePermanentRedirect):
    """308: a form that is sent to an old address arrives whole (RFC 9110, 15.4.9)."""

    status_code = 308


def at_old_addresses(view: View) -> View:
    """Let a page of a campaign (``slug``) answer at every address that the campaign once had.

    Costs nothing where the address is the present one: only what is not found is looked for.
    """

    @wraps(view)
    def at_any_address(request: HttpRequest, slug: str, **more: Any) -> HttpResponseBase:
        try:
            return view(request, slug=slug, **more)
        except TellingError:
            raise
        except Http404:
            present = access_campaigns.present_slug(slug)
            if present is None:
                raise
            return _redirect(request, present)

    return at_any_address


def _redirect(request: HttpRequest, slug: str) -> HttpResponse:
    match = request.resolver_match
    assert match is not None  # noqa: S101 -- a view is only called for an address that matched
    target = reverse(match.view_name, kwargs={**match.kwargs, "slug": slug})
    if query := request.META.get("QUERY_STRING"):
        target = f"{target}?{query}"
    kind = HttpResponsePermanentRedirect if request.method in {"GET", "HEAD"} else _KeepsMethod
    answer = kind(target)
    # A campaign may go back to an address that it had: nobody may remember the way for ever.
    answer["Cache-Control"] = "no-cache"
    return answer
