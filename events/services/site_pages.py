"""The site's own pages in the reader's language, or in the other one where that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import Http404
from django.utils.safestring import SafeString

from events.models import SitePage
from events.services import content
from events.states import PageKind
from fundraiser.core.prepared import Question


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as it is read; ``language`` is that of its text."""

    kind: str
    title: str
    body_html: SafeString
    language: str
    updated_at: datetime


def page(kind: str, language: str) -> ShownPage:
    """Return a page of a kind; Http404 where it has no text in any language."""
    rows = [one for one in SitePage.objects.filter(kind=kind) if one.body.strip()]
    if not rows:
        raise Http404
    found = min(rows, key=lambda one: (one.language != language, one.language))
    return ShownPage(
        kind=kind,
        title=str(PageKind(kind).label),
        body_html=content.markdown(found.body),
        language=found.language,
        updated_at=found.updated_at,
    )


_WRITTEN: Final = Question(
    lambda: SitePage.objects.exclude(body__regex=r"\A\s*\Z").values_list("kind")
)


def written() -> list[PageKind]:
    """Return the kinds of page that have a text, in their order: one query."""
    known = {kind for (kind,) in _WRITTEN.all()}
    return [kind for kind in PageKind if kind.value in known]
