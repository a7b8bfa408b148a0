"""The translations: ``make messages`` brings locale/*.po up to date; ``make check`` proves them.

Texts are found in Python by Babel, and in templates by Django's own ``templatize`` followed by
Babel, so that every key is exactly the one that Django looks up. No gettext program is needed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
#: Texts that are rightly the same in both languages, one a line.
SAME = LOCALE / "same.txt"
_PACKAGES = ("fundraiser", "events", "donations")
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_WIDTH = 100


def main() -> None:
    """Write the texts of the sources into every language's file, keeping the translations."""
    template = extracted()
    for language in languages():
        file = LOCALE / language / "LC_MESSAGES" / "django.po"
        catalog = _read(file, language)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        with file.open("wb") as target:
            # Places without their lines, which move with every change.
            write_po(target, catalog, width=_WIDTH, sort_output=True, include_lineno=False)
        missing = sum(1 for message in catalog if message.id and not _translated(message))
        print(f"{file.relative_to(ROOT)}: {len(catalog)} texts, {missing} without translation")


def languages() -> list[str]:
    """Return the languages that have a folder."""
    return sorted(path.name for path in LOCALE.iterdir() if (path / "LC_MESSAGES").is_dir())


def extracted() -> Catalog:
    """Return every text of the sources."""
    catalog = Catalog(project="Fundraiser", charset="utf-8", fuzzy=False)
    for file, method in _sources():
        with file.open("rb") as source:
            found = extract(method, source, keywords=_KEYWORDS, comment_tags=["Translators:"])
            for line, text, comments, context in found:
                place = [(str(file.relative_to(ROOT)), line)]
                catalog.add(text, None, place, auto_comments=comments, context=context)
    return catalog


def problems() -> Iterator[str]:
    """Say what is wrong with the translations, one sentence each."""
    template = extracted()
    same = set(SAME.read_text().splitlines()) if SAME.exists() else set()
    for language in languages():
        file = LOCALE / language / "LC_MESSAGES" / "django.po"
        catalog = _read(file, language)
        for message in template:
            if message.id:
                known = catalog.get(message.id, message.context)
                for problem in _problems_of(message, known, same):
                    yield f"{file.relative_to(ROOT)}: {problem}: {_key(message)!r}"
        for message in catalog:
            if message.id and template.get(message.id, message.context) is None:
                yield f"{file.relative_to(ROOT)}: no longer in the sources: {_key(message)!r}"
    if "fr" not in languages():
        yield "locale/fr: there is no French"


def _problems_of(message: Message, known: Message | None, same: set[str]) -> Iterator[str]:
    if known is None:
        yield "missing, run make messages"
        return
    if known.fuzzy:
        yield "fuzzy"
    if not _translated(known):
        yield "not translated"
        return
    if known.string == message.id and message.id not in same:
        yield f"equal to the English and not in {SAME.relative_to(ROOT)}"
    wanted = _placeholders(message.id)
    for text in _texts(known):
        found = _placeholders(text)
        # A plural form may leave its number out; no text may have a name of its own invention.
        if found - wanted or (isinstance(message.id, str) and wanted - found):
            yield "placeholders differ"


def _placeholders(text: str | Sequence[str]) -> set[str]:
    joined = text if isinstance(text, str) else " ".join(text)
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", joined))


def _translated(message: Message) -> bool:
    texts = _texts(message)
    return bool(texts) and all(texts)


def _texts(message: Message) -> list[str]:
    """Return the translation: one text, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _read(file: Path, language: str) -> Catalog:
    if not file.exists():
        return Catalog(locale=language, project="Fundraiser", charset="utf-8", fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def _sources() -> Iterator[tuple[Path, str | Callable[..., Any]]]:
    for package in _PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file, "python"
    for pattern in ("*.html", "*.txt"):
        for file in sorted((ROOT / "templates").rglob(pattern)):
            yield file, _extract_template


def _extract_template(
    source: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Sequence[str],
    options: Mapping[str, Any],  # noqa: ARG001 -- Babel gives it
) -> Iterator[Any]:
    """Yield the texts of a Django template (a method for ``extract``)."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 -- needs settings

    # templatize leaves Python calls among placeholders; their indentation would mean something.
    lines = (line.lstrip() for line in templatize(source.read().decode()).splitlines())
    pseudo_source = io.BytesIO("\n".join(lines).encode())
    yield from extract_python(pseudo_source, keywords, comment_tags, {})


if __name__ == "__main__":
    from django.conf import settings

    settings.configure()
    main()
