"""Our own words for a kind of mail, as an organizer gets them to start from.

They are taken from the mail's own templates, with placeholders in place of a person's values: so
they are never other words than those that are sent.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final

from django.template.context import Context
from django.template.loader import get_template
from django.template.loader_tags import BlockNode
from django.utils import translation

_PARAGRAPH_END: Final = re.compile(r"</(?:p|h[1-6]|li|div)>|<br>")
_TIME: Final = re.compile(r"<time\b.*?</time>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_STRONG: Final = re.compile(r"</?(?:strong|b)>")


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's subject and body (Markdown), with {placeholders}."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class _Money:
    """Stands for an amount of money: is written as the placeholder."""

    placeholder: str
    minor: int = 1

    def format(self, language: str, *, short: bool = False) -> str:
        del language, short
        return self.placeholder


def _context() -> dict[str, Any]:
    total = SimpleNamespace(raised=_Money("{total}"), donors=2)
    return {
        "name": "{name}",
        "organizer": "{organizer}",
        "link": "{link}",
        "soon": "{when}",
        "amount": _Money("{amount}"),
        "total": total,
        "campaign": SimpleNamespace(charity_name="{charity}", organizer_name="{organizer}"),
        "workshop": SimpleNamespace(
            title="{workshop}", starts_at=datetime(2026, 1, 1, tzinfo=UTC), time_zone="UTC"
        ),
    }


def default_words(kind: str, language: str) -> Words:
    """Return our words for ``kind`` in ``language``; the body is empty where there are none."""
    with translation.override(language):
        subject = get_template(f"emails/{kind}/subject.txt").render(_context())
        return Words(subject=" ".join(subject.split()), body=_prose(kind))


def _prose(kind: str) -> str:
    """Return the block "words" of the mail's HTML as Markdown."""
    loaded: Any = get_template(f"emails/{kind}/body.html")  # The engine's, with its nodes within.
    template = loaded.template
    blocks = template.nodelist.get_nodes_by_type(BlockNode)
    words = next((block for block in blocks if block.name == "words"), None)
    if words is None:
        return ""
    context = Context(_context())
    with context.bind_template(template):
        written = words.nodelist.render(context)
    written = _STRONG.sub("**", _TIME.sub("{when}", written))
    pieces = _PARAGRAPH_END.sub("\n\n", written).split("\n\n")
    paragraphs = (" ".join(html.unescape(_TAG.sub("", one)).split()) for one in pieces)
    return "\n\n".join(one for one in paragraphs if one)
