"""Mails in an organizer's own words: texts with named placeholders, for each workshop."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString

from events.models import MailText, Workshop
from events.services import content
from fundraiser.core import clock

#: The names that organizers may use in their own words, as {name}.
PLACEHOLDERS: Final = ("name", "workshop", "when", "charity", "organizer", "total", "link")
#: One more, in the mails that are about an amount of money.
AMOUNT: Final = "amount"
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
#: What was meant as one, misspelt or not: braces around something short on one line.
_MEANT: Final = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A mail's words as the organizer wrote them, filled in for one person."""

    subject: str
    html: SafeString
    text: str


def placeholders(kind: str) -> tuple[str, ...]:
    """Return the names that own words of a kind of mail may use."""
    return (*PLACEHOLDERS, AMOUNT) if settings.MAIL_KINDS[kind].tells_amount else PLACEHOLDERS


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return ``template`` with its {placeholders} filled in; an unknown one stays as it stands."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def own_words(
    workshop: Workshop, kind: str, language: str, values: Mapping[str, str]
) -> OwnWords | None:
    """Return the organizer's words for a kind of mail in a language, or None: ours are used.

    They are read once for each ``Workshop`` object, so that many mails of one cost one query.
    """
    found = _known(workshop).get((kind, language[:2]))
    return worded(*found, values) if found else None


def _known(workshop: Workshop) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (subject, body) by kind and language; remembered as long as the object lives."""
    known: dict[tuple[str, str], tuple[str, str]] | None = workshop.__dict__.get("_own_words")
    if known is None:
        rows = written(workshop).items()
        known = workshop.__dict__["_own_words"] = {k: (row.subject, row.body) for k, row in rows}
    return known


def pretend(workshop: Workshop, kind: str, language: str, subject: str, body: str) -> None:
    """Let mails made with this object of the workshop use words that are not kept (a preview)."""
    _known(workshop)[kind, language] = (subject, body)


def worded(subject: str, body: str, values: Mapping[str, str]) -> OwnWords:
    """Return an organizer's subject and Markdown filled in for one person."""
    # Values are people's own texts: in Markdown they must stay what they are.
    escaped = {name: content.escaped(value) for name, value in values.items()}
    if link := values.get("link"):
        # An autolink, and also what a link's target may be (CommonMark 6.5 and 6.3).
        escaped["link"] = f"<{link}>"
    return OwnWords(
        subject=filled(subject, values),
        html=content.markdown(filled(body, escaped)),
        text=filled(body, values),
    )


def unknown(template: str, known: Collection[str]) -> list[str]:
    """Return what stands in braces in ``template`` and is not ``known``, each once, in order."""
    names = (found[1] for found in _MEANT.finditer(template))
    return list(dict.fromkeys(name for name in names if name not in known))


def write(*, workshop: Workshop, kind: str, language: str, subject: str, body: str) -> None:
    """Keep an organizer's words for a kind of mail in a language, in place of earlier ones."""
    MailText.objects.update_or_create(
        workshop=workshop,
        kind=kind,
        language=language,
        defaults={"subject": subject, "body": body, "updated_at": clock.now()},
    )


def forget(*, workshop: Workshop, kind: str, language: str) -> None:
    """Go back to our words for a kind of mail in a language."""
    MailText.objects.filter(workshop=workshop, kind=kind, language=language).delete()


def written(workshop: Workshop) -> dict[tuple[str, str], MailText]:
    """Return a workshop's own texts by kind and language: one query."""
    return {(row.kind, row.language): row for row in workshop.mail_texts.all()}
