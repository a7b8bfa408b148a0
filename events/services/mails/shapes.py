"""Mails of one batch that differ in a few strings alone: their templates are rendered once.

A shape is what the templates made of marks in place of a person's own strings (name, links). For
each person the marks are then replaced, escaped where it is HTML. A string's value is never looked
at again, so nobody's name can stand for another's link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import escape

from events.services.mails import batches

#: Two control characters that no template writes, with the name between them.
_MARK: Final = re.compile("\x02([a-z_]+)\x03")


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail's subject, text and HTML."""

    subject: str
    text: str
    html: str


class Alike(dict[str, Any]):
    """A mail's context that is the same as others' of its batch, but for the ``personal`` strings.

    ``alike`` must tell apart all that the templates depend on besides those; of a personal string
    it only counts whether it is empty.
    """

    def __init__(
        self, context: Mapping[str, Any], *, personal: Collection[str], alike: Hashable
    ) -> None:
        super().__init__(context)
        self.personal = personal
        self.alike = alike


def rendered(
    render: Callable[[Mapping[str, Any]], Parts],
    context: Mapping[str, Any],
    *,
    personal: Mapping[str, str],
    alike: Hashable,
) -> Parts:
    """Return ``render`` of the context with ``personal``, rendered once a batch (see Alike)."""
    empty = tuple(name for name, value in personal.items() if not value)
    marks = {name: f"\x02{name}\x03" if value else "" for name, value in personal.items()}
    shape = batches.once((alike, empty), lambda: render({**context, **marks}))
    return Parts(
        subject=_MARK.sub(lambda found: personal[found[1]], shape.subject),
        text=_MARK.sub(lambda found: personal[found[1]], shape.text),
        html=_MARK.sub(lambda found: escape(personal[found[1]]), shape.html),
    )
