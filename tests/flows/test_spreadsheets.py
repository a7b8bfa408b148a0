"""Files in spreadsheet programs: types, accents, days, zeros in front, cents that were taken back.

The last one opens both in LibreOffice itself, where that is installed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from donations.gateway.stripe import for_workers
from donations.models import Donation, LedgerEntry
from donations.services import reconcile, settlement
from donations.services.exports import writing
from events.models import Workshop
from tests.support.exports import HOSTILE, export, paid
from tests.support.office import needs_office, opened
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db

NAME = "Éloïse Œuvrard-Ñandú 李"
#: A cell as a program has it: ("number", 20.5), ("text", "0042"), ("moment", "2026-07-02T…").
Cell = tuple[str, Any]


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


@pytest.fixture
def given(workshop: Workshop, sandbox: SandboxControl) -> Donation:
    """A gift of 20.50 by Éloïse, 4.07 of it given back, and one by somebody called 0042."""
    first = paid(workshop, sandbox, 2050, name=NAME)
    paid(workshop, sandbox, 1000, name="0042")
    sandbox.refund(charge=first.charge_id, amount=407)
    settlement.apply(first.pk, gateway=for_workers())
    Donation.objects.update(paid_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    return first


def test_xlsx_has_numbers_moments_and_text_as_they_are(
    tmp_path: Path, given: Donation, sandbox: SandboxControl
) -> None:
    first, second = by_openpyxl(export(tmp_path, "donations", "xlsx", zone="Europe/Paris"))
    assert first["name"] == ("text", NAME)
    assert second["name"] == ("text", "0042")
    assert first["amount"] == ("number", 20.5)
    assert first["left"] == ("number", 16.43)
    assert first["paid_at (Europe/Paris)"] == ("moment", "2026-07-02T00:30:00")
    assert first["name_hidden"] == ("flag", False)
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    rows = by_openpyxl(export(tmp_path, "payouts", "xlsx"))
    assert ("number", -4.07) in [row["gross"] for row in rows]
    assert {row["arrival_on"][0] for row in rows} == {"moment"}


def test_a_sheet_shows_what_is_in_it(
    tmp_path: Path, given: Donation, sandbox: SandboxControl
) -> None:
    """Not "###" for what is wider than its column, no midnight at a day, each amount its cents."""
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    sheets = [*openpyxl.load_workbook(export(tmp_path, "payouts", "xlsx"))]
    sheets += openpyxl.load_workbook(export(tmp_path, "donations", "xlsx", zone="Europe/Paris"))
    for sheet in sheets:
        heading, first, *_more = sheet.iter_rows()
        pairs = list(zip(heading, first, strict=True))
        formats = {str(name.value): cell.number_format for name, cell in pairs}
        for name, cell in pairs:
            told = _width(sheet, name.column)
            assert told >= len(str(name.value)), name.value
            assert (
                told >= 19 or not isinstance(cell.value, datetime) or "hh" not in cell.number_format
            )
        wanted = {"arrival_on": "yyyy-mm-dd", "amount": "#,##0.00#", "raised": "#,##0.00#"}
        assert formats == {**formats, **{k: v for k, v in wanted.items() if k in formats}}


def _width(sheet: Any, column: int) -> float:
    """Return a column's width; neighbours of the same one are kept as one range."""
    ranges = sheet.column_dimensions.values()
    return next((float(one.width) for one in ranges if one.min <= column <= one.max), 0.0)


def test_what_is_too_much_for_a_sheet_goes_on_in_another_and_none_is_lost(
    tmp_path: Path, given: Donation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_FILLED", 2)
    book = openpyxl.load_workbook(export(tmp_path, "ledger", "xlsx"))
    assert book.sheetnames == ["ledger", "ledger 2", "ledger 3", "sums"]
    found = []
    for sheet in book.worksheets[:-1]:
        heading, *rows = sheet.iter_rows(values_only=True)
        assert (heading[0], sheet.freeze_panes) == ("entry", "A2")
        assert _width(sheet, 2) > 20
        found += [row[0] for row in rows]
    assert found == list(LedgerEntry.objects.order_by("pk").values_list("pk", flat=True))
    assert len(found) == 5


@needs_office
def test_libreoffice_opens_both_with_right_types_and_accents(
    tmp_path: Path, given: Donation, sandbox: SandboxControl
) -> None:
    Donation.objects.exclude(pk=given.pk).update(message=HOSTILE)
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    zone = {"zone": "Europe/Paris"}
    for form in ("xlsx", "csv"):
        files = [export(tmp_path, what, form, **zone) for what in ("donations", "payouts")]
        (first, second), moved = opened(tmp_path, *files)
        assert first["name"] == ("string", NAME)
        assert first["amount"] == ("float", "20.5")
        assert first["left"] == ("float", "16.43")
        assert first["paid_at (Europe/Paris)"] == ("date", "2026-07-02T00:30:00")
        # A CSV has no types: digits alone are a number, and what would be run is a text.
        assert second["name"] == (("string", "0042") if form == "xlsx" else ("float", "42"))
        assert second["message"] == ("string", HOSTILE if form == "xlsx" else f"'{HOSTILE}")
        assert ("float", "-4.07") in [row["gross"] for row in moved]
        assert {row["arrival_on"][0] for row in moved} == {"date"}
