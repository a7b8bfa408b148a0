"""What the pages of a room share: their frame, and the way out to another site.

The address that a person is sent to leaves in the Location of the answer to their click alone.
Browsers check where a form leads against the policy of the page that it stands on, at every
redirect; which room there is, and where it sends people on (zoom.us does, and so does every short
address), is nobody's business before that click, so these pages let their form lead to any https
address (docs/adr/0019-rooms-are-left-by-post.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from events.models import Workshop

_View = TypeVar("_View", bound=Callable[..., HttpResponse])


def leads_on(view: _View) -> _View:
    """Let the forms of a view's pages lead to any https address."""
    decorate: Any = csp_replace({"form-action": [SELF, "https:"]})
    decorated: _View = decorate(view)
    return decorated


def scene(workshop: Workshop, *, own_zone: str = "") -> dict[str, Any]:
    """Return what templates/rooms/_scene.html shows; the workshop's campaign is loaded."""
    campaign = workshop.campaign
    language = get_language() or "en"
    return {
        "workshop": workshop,
        "title": workshop.text("title", language),
        "campaign_title": campaign.text("title", language),
        "campaign_url": reverse("campaign", args=[campaign.slug]),
        "organizer_name": campaign.organizer_name,
        "accent_url": reverse("accent", args=[campaign.accent]),
        "own_zone": own_zone,
    }


def sent_on(address: str) -> HttpResponse:
    """Return the answer to a click that leads to ``address``, which learns nothing of the link."""
    return HttpResponse(status=303, headers={"Location": address, "Referrer-Policy": "no-referrer"})
