"""Files in spreadsheet programs: types, accents, days, zeros in front, cents that were taken back.

openpyxl reads them always; LibreOffice itself where SOFFICE names its program (docs/exports.md).
"""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import reconcile, settlement
from events.models import Workshop
from tests.support.exports import export, paid
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db

NAME = "Éloïse Œuvrard-Ñandú 李"
#: A cell as a program has it: ("number", 20.5), ("text", "0042"), ("moment", "2026-07-02T…").
Cell = tuple[str, Any]
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def by_openpyxl(path: Path) -> list[dict[str, Cell]]:
    """Return the rows of the first sheet, by their headings."""
    book = openpyxl.load_workbook(path)
    heading, *rows = book.worksheets[0].iter_rows()
    names = [str(cell.value) for cell in heading]
    return [
        {name: _cell(one.value) for name, one in zip(names, row, strict=True)}
        for row in rows
        if any(one.value is not None for one in row)
    ]


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "flag", value
    if isinstance(value, datetime):
        return "moment", value.isoformat()
    return ("number", float(value)) if isinstance(value, int | float) else ("text", value or "")


def by_libreoffice(path: Path) -> list[dict[str, Cell]]:
    """Let LibreOffice open a file (a CSV as UTF-8 with commas) and return its rows."""
    command = [os.environ["SOFFICE"], f"-env:UserInstallation=file://{path.parent}/profile"]
    command += ["--headless", "--convert-to", "fods", "--outdir", str(path.parent)]
    if path.suffix == ".csv":
        # wiki.documentfoundation.org/Documentation/DevGuide/Spreadsheet_Documents, filter options:
        # comma, double quote, UTF-8, from row 1, US English, quoted cells too, known numbers.
        command.append("--infilter=CSV:44,34,76,1,,1033,false,true")
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    tree = ET.parse(path.with_suffix(".fods"))
    table = next(tree.iter(f"{_TABLE}table"))
    rows = [_of_row(row) for row in table.iter(f"{_TABLE}table-row")]
    names = [str(value) for _type, value in rows[0] if value]
    return [dict(zip(names, row, strict=False)) for row in rows[1:] if any(one[1] for one in row)]


def _of_row(row: ET.Element) -> list[Cell]:
    found: list[Cell] = []
    for cell in row.iter(f"{_TABLE}table-cell"):
        times = min(int(cell.get(f"{_TABLE}number-columns-repeated", "1")), 100)
        found += [_of_cell(cell)] * times
    return found


def _of_cell(cell: ET.Element) -> Cell:
    kind = cell.get(f"{_OFFICE}value-type", "string")
    if kind == "date":
        return "moment", cell.get(f"{_OFFICE}date-value", "")
    if kind == "boolean":
        return "flag", cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind != "string":
        return "number", float(cell.get(f"{_OFFICE}value", "nan"))
    return "text", "\n".join("".join(one.itertext()) for one in cell.iter(f"{_TEXT}p"))


READERS = [
    by_openpyxl,
    pytest.param(
        by_libreoffice,
        marks=pytest.mark.skipif("SOFFICE" not in os.environ, reason="SOFFICE is not set"),
    ),
]


@pytest.fixture
def given(workshop: Workshop, sandbox: SandboxControl) -> Donation:
    """A gift of 20.50 by Éloïse, 4.07 of it given back, and one by somebody called 0042."""
    first = paid(workshop, sandbox, 2050, name=NAME)
    paid(workshop, sandbox, 1000, name="0042")
    sandbox.refund(charge=first.charge_id, amount=407)
    settlement.apply(first.pk, gateway=for_workers())
    Donation.objects.update(paid_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    return first


@pytest.mark.parametrize("read", READERS)
def test_xlsx_has_numbers_moments_and_text_as_they_are(
    tmp_path: Path, given: Donation, sandbox: SandboxControl, read: Callable[..., Any]
) -> None:
    first, second = read(export(tmp_path, "donations", "xlsx", zone="Europe/Paris"))
    assert first["name"] == ("text", NAME)
    assert second["name"] == ("text", "0042")
    assert first["amount"] == ("number", 20.5)
    assert first["left"] == ("number", 16.43)
    assert first["paid_at (Europe/Paris)"] == ("moment", "2026-07-02T00:30:00")
    assert first["name_hidden"] == ("flag", False)
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    rows = read(export(tmp_path, "payouts", "xlsx"))
    assert ("number", -4.07) in [row["gross"] for row in rows]
    assert {row["arrival_on" if "arrival_on" in row else "arrived_on"][0] for row in rows} == {
        "moment"
    }


@pytest.mark.skipif("SOFFICE" not in os.environ, reason="SOFFICE is not set")
def test_csv_opens_with_numbers_and_accents(tmp_path: Path, given: Donation) -> None:
    first, second = by_libreoffice(export(tmp_path, "donations", zone="Europe/Paris"))
    assert first["name"] == ("text", NAME)
    assert first["amount"] == ("number", 20.5)
    # A CSV has no types: text of digits alone becomes a number, unless one says otherwise.
    assert second["name"] == ("number", 42.0)
