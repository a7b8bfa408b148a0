"""The site's own pages, and the links to them in every footer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from events.services import site_pages


@require_safe
def site_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Privacy, terms or imprint, in the reader's language where there is one."""
    found = site_pages.page(kind, (get_language() or "en")[:2])
    return render(request, "pages/site_page.html", {"page": found})


def footer_links(request: HttpRequest) -> dict[str, Any]:
    """Give every template the pages that have a text; asked for only where they are shown."""
    del request
    return {"site_pages": SimpleLazyObject(site_pages.written)}
