"""Papers as tagged PDF (PDF/UA-1), set by typst from donations/documents/sheet.typ."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    import typst

logger = logging.getLogger(__name__)

_FOLDER: Final = Path(settings.BASE_DIR) / "donations" / "documents"
#: No-break spaces that our fonts do not draw, and the one that they do.
_NARROW_SPACE, _SPACE = "\u202f", "\u00a0"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. ``kind``: "" for a plain one, "sum", or "aside" in a softer colour."""

    cells: Sequence[str]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of money. ``numbers``: the columns set to the right; ``wide``: the one that grows."""

    title: str
    head: Sequence[str]
    rows: Sequence[Row]
    numbers: Sequence[int]
    wide: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Some paragraphs, under a heading if there is one."""

    heading: str
    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that stands on a paper, in one language. ``accent`` is a colour, "#rrggbb"."""

    language: str
    title: str
    description: str
    author: str
    sender: str
    accent: str
    lead: Sequence[str]
    facts: Sequence[tuple[str, str]]
    table: Table
    sections: Sequence[Section]
    footer: str


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Return our own fonts, and what the machine has for letters that ours do not draw."""
    import typst  # noqa: PLC0415 -- seven megabytes, in each process that makes no papers

    return typst.Fonts(include_system_fonts=True, font_paths=[_FOLDER / "fonts"])


def pdf(sheet: Sheet, *, made_at: datetime) -> bytes:
    """Return the paper as PDF. The same sheet and ``made_at`` (aware) give the same bytes.

    PDF/UA-1 refuses letters that no font here can draw (a name in a rare script): then the paper
    comes without that mark, tagged all the same.
    """
    import typst  # noqa: PLC0415 -- as above

    data = json.dumps(asdict(sheet), ensure_ascii=False).replace(_NARROW_SPACE, _SPACE)
    try:
        return _compiled(data, made_at, ["ua-1"])
    except typst.TypstError as error:
        logger.warning("a paper does without PDF/UA-1: %s", error.message)
        return _compiled(data, made_at, [])


def _compiled(data: str, made_at: datetime, standards: list[typst.PDFStandard]) -> bytes:
    import typst  # noqa: PLC0415 -- as above

    made = typst.compile(
        _FOLDER / "sheet.typ",
        root=_FOLDER,
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=standards,
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made no PDF")
    return made
