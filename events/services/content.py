"""Text that organizers write: Markdown without HTML, cleaned."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = set(
    "p h2 h3 h4 ul ol li strong em a blockquote code pre br hr table thead tbody tr th td".split()
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def escaped(text: str) -> str:
    """Return text that Markdown shows as it stands (CommonMark 2.4, backslash escapes)."""
    return _SPECIAL.sub(r"\\\1", text)


@lru_cache(maxsize=512)
def markdown(text: str) -> SafeString:
    """Return safe HTML of Markdown; headings start at the third level of a page."""
    html = _MARKDOWN.render(text)
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 1}>").replace(
            f"</h{level}>", f"</h{level + 1}>"
        )
    cleaned = nh3.clean(html, tags=_TAGS, url_schemes={"http", "https", "mailto"})
    return mark_safe(cleaned)  # noqa: S308 -- cleaned by nh3 just above
