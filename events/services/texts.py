"""Mails in an organizer's own words: texts with named placeholders, for each workshop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from events.models import MailText, Workshop
from events.services import content

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A mail's words as the organizer wrote them, filled in for one person."""

    subject: str
    html: SafeString
    text: str


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return ``template`` with its {placeholders} filled in; an unknown one stays as it stands."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def own_words(
    workshop: Workshop, kind: str, language: str, values: Mapping[str, str]
) -> OwnWords | None:
    """Return the organizer's words for a kind of mail in a language, or None: ours are used."""
    row = MailText.objects.filter(workshop=workshop, kind=kind, language=language[:2]).first()
    if row is None:
        return None
    # Values are people's own texts: in Markdown they must stay what they are.
    escaped = {name: content.escaped(value) for name, value in values.items()}
    return OwnWords(
        subject=filled(row.subject, values),
        html=content.markdown(filled(row.body, escaped)),
        text=filled(row.body, values),
    )
