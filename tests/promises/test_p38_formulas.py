"""Promise 38. Exported cells that a spreadsheet would run as formulas are neutralised, and parse
back equal."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations.models import Donation
from donations.services.exports import columns, writing
from donations.services.exports.kinds import KINDS
from donations.services.exports.query import Scope
from fundraiser.core.csv import read_cell, safe_cell
from tests.support.exports import HOSTILE, export

pytestmark = pytest.mark.django_db


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_harmless_and_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, given_twice: list[Donation], text: str
) -> None:
    Donation.objects.filter(pk=given_twice[0].pk).update(message=text)
    path = tmp_path_factory.mktemp("export") / "d.csv"
    writing.write(KINDS["donations"], Scope(), "csv", path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        raw = next(csv.DictReader(file))["message"]
    assert raw == safe_cell(text)
    assert not re.match(r"[=+\-@\t\r]", raw)
    assert read_cell(raw) == text


def test_control_a_cell_that_is_not_made_safe_is_seen(
    tmp_path: Path, given_twice: list[Donation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_safe", lambda sql: f"({sql})::text")
    raw = export(tmp_path, "donations").read_text(encoding="utf-8-sig")
    assert f"'{HOSTILE[:10]}" not in raw
    assert HOSTILE[:10] in raw
