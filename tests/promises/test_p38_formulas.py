"""Promise 38. Exported cells that a spreadsheet would run as formulas are neutralised, and parse
back equal."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
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


_TABLES = {"donation": "donations_donation", "entry": "donations_ledgerentry"}


def _unsafe_codes() -> list[str]:
    """Return the columns that are written as they are though the database takes any word there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'c'"
        )
        rules = cursor.fetchall()
    return [
        f"{kind.name}: {one.sql}"
        for kind in KINDS.values()
        for one in kind.columns
        if one.shape is columns.Shape.CODE and not _is_closed(*one.sql.split("."), rules)
    ]


def _is_closed(alias: str, name: str, rules: list[tuple[str, str]]) -> bool:
    """Whether a column is a UUID, or one of words that begin with a letter or a digit."""
    if name == "public_id":
        return True
    listed = re.compile(rf"\({name}\)::text = ANY \(+ARRAY\[(.+?)\]")
    found = [
        hit for table, rule in rules if table == _TABLES[alias] for hit in listed.findall(rule)
    ]
    words = [word for hit in found for word in re.findall(r"'([^']*)'", hit)]
    return bool(words) and all(re.match(r"[A-Za-z0-9]", word) for word in words)


def test_only_words_of_a_closed_list_are_written_as_they_are() -> None:
    assert _unsafe_codes() == []


def test_control_a_column_of_any_words_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["donations"]
    opened = tuple(
        replace(one, shape=columns.Shape.CODE) if one.name == "charge" else one
        for one in kind.columns
    )
    monkeypatch.setitem(KINDS, "donations", replace(kind, columns=opened))
    assert _unsafe_codes() == ["donations: donation.charge_id"]
