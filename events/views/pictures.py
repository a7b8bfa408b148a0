"""Pictures of campaigns, by names that change whenever they do."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from events.services import pictures


@require_safe
def picture(request: HttpRequest, name: str, width: str) -> FileResponse:
    """A campaign's picture; its address never shows another one, so it is kept for a year."""
    del request
    if int(width) not in pictures.WIDTHS:
        raise Http404
    try:
        file = default_storage.open(pictures.path(name, int(width)))
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, content_type="image/jpeg")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
