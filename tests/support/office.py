"""Files as LibreOffice opens them: each cell with the type that it has in there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

_PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
#: Comma, quotes, UTF-8 (76), from the first line on; "detect special numbers" is ticked.
_CSV = "CSV:44,34,76,1,,0,false,true,false"
#: Where the value of each type stands; a text's is its paragraphs.
_VALUES = {"float": "value", "date": "date-value", "boolean": "boolean-value"}

#: LibreOffice writes a flag as one of these.
_FLAGS = {"", "of:=TRUE()", "of:=FALSE()"}

needs_office = pytest.mark.skipif(
    _PROGRAM is None,
    reason="LibreOffice is not installed: Debian has it as libreoffice-calc, without a screen",
)

#: ("float", "20.5"), ("date", "2026-07-02T00:30:00"), ("string", "0042"), or ("", "") if empty.
Cell = tuple[str, str]


def opened(home: Path, *paths: Path) -> list[list[dict[str, Cell]]]:
    """Return each file's first sheet: its rows by their headings.

    All of one suffix, since the program is begun once; it keeps its own in ``home``.
    """
    assert _PROGRAM is not None
    told = [_PROGRAM, f"-env:UserInstallation={(home / 'office').as_uri()}", "--headless"]
    if paths[0].suffix == ".csv":
        told.append(f"--infilter={_CSV}")
    told += ["--convert-to", "fods", "--outdir", str(home), *map(str, paths)]
    subprocess.run(told, check=True, capture_output=True, timeout=120)
    return [_rows(home / f"{one.stem}.fods") for one in paths]


def _rows(path: Path) -> list[dict[str, Cell]]:
    sheet = ET.parse(path).find(".//table:table", _SPACES)
    assert sheet is not None
    heading, *rows = [_cells(row) for row in sheet.iterfind(".//table:table-row", _SPACES)]
    names = [value for _kind, value in heading if value]
    found = [dict(zip(names, row, strict=False)) for row in rows]
    return [row for row in found if any(kind for kind, _value in row.values())]


def _cells(row: ET.Element) -> list[Cell]:
    found: list[Cell] = []
    for cell in row.iterfind("table:table-cell", _SPACES):
        times = int(cell.get(f"{{{_SPACES['table']}}}number-columns-repeated", "1"))
        found += [_cell(cell)] * min(times, 50)
    return found


def _cell(cell: ET.Element) -> Cell:
    kind = cell.get(f"{{{_SPACES['office']}}}value-type", "")
    formula = cell.get(f"{{{_SPACES['table']}}}formula", "")
    assert formula in _FLAGS, "a formula that is run"
    if attribute := _VALUES.get(kind):
        return kind, str(cell.get(f"{{{_SPACES['office']}}}{attribute}"))
    lines = ["".join(one.itertext()) for one in cell.iterfind("text:p", _SPACES)]
    return kind, "\n".join(lines)
