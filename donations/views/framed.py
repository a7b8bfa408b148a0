"""Mails shown inside a page: in a frame that may run nothing, send nothing and leave nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from csp.constants import NONE, SELF
from csp.decorators import csp_replace, csp_update
from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin

_View = TypeVar("_View", bound=Callable[..., HttpResponse])

#: A mail's own styles are inline, as mail programs want them; everything else is forbidden.
_FRAMED = {
    "default-src": [NONE],
    "script-src": [NONE],
    "connect-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
    "sandbox": [True],
}


def with_frame(view: _View) -> _View:
    """Let a view's page hold a frame of this site; nothing else of its policy changes."""
    decorated: Any = csp_update({"frame-src": [SELF]})(view)
    return decorated  # type: ignore[no-any-return]


def framed(view: _View) -> _View:
    """Let a view's answer be shown in a frame of this site, sandboxed."""
    decorated: Any = xframe_options_sameorigin(csp_replace(_FRAMED)(view))
    return decorated  # type: ignore[no-any-return]


def plain_text(text: str) -> HttpResponse:
    """Return text as text."""
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Language"] = get_language() or "en"
    return answer
