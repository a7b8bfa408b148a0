"""Compiling the translations with Babel, so that no machine needs gettext.

``python -m fundraiser.local.messages`` compiles what is stale; ``manage.py up``, the tests and the
image's build do so before Django starts.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from fundraiser.local.places import ROOT


def compile_stale(locale: Path) -> list[Path]:
    """Write each .mo that is missing or older than its .po; return those written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            _compile(source, target)
            written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parent.parent.name)
    # Moved into place in one step: another process may be reading the old one.
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    with draft.open("wb") as compiled:
        write_mo(compiled, catalog)
    draft.replace(target)


if __name__ == "__main__":
    for path in compile_stale(ROOT / "locale"):
        sys.stdout.write(f"compiled {path.relative_to(ROOT)}\n")
