"""Exports: every kind as CSV, XLSX and JSON lines, from the command line and from the browser."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import ColumnPreset, Donation, Export, LedgerEntry
from donations.services import totals
from donations.services.exports import jobs, writing
from donations.services.exports.kinds import KINDS
from donations.services.paying_out import payouts
from donations.states import ExportState
from events.models import Campaign, Membership, Workshop
from events.states import Role
from fundraiser.core import clock
from tests.access import money_rows
from tests.support.cast import make_campaign, make_workshop
from tests.support.exports import HOSTILE, cells, export, paid
from tests.support.sandbox import SandboxControl


def test_the_gifts_are_told_to_the_cent_and_their_sum_is_the_total(
    tmp_path: Path, given_twice: list[Donation], campaign: Campaign
) -> None:
    rows = cells(export(tmp_path, "donations", campaign=campaign.slug))
    assert [row["amount"] for row in rows] == ["20.50", "10.00"]
    assert {row["currency"] for row in rows} == {"USD"}
    assert rows[0]["name"] == HOSTILE
    (total,) = cells(export(tmp_path, "totals", campaign=campaign.slug))
    raised = totals.of_campaign(campaign).raised
    assert Decimal(total["raised"]) == sum(Decimal(row["left"]) for row in rows) == raised.major


def test_a_formula_is_no_formula_in_any_file(tmp_path: Path, given_twice: list[Donation]) -> None:
    raw = export(tmp_path, "donations").read_text(encoding="utf-8-sig")
    assert f"'{HOSTILE[:10]}" in raw
    book = openpyxl.load_workbook(export(tmp_path, "donations", "xlsx"))
    heading, *rows = book["donations"].iter_rows()
    column = [cell.value for cell in heading].index("name")
    assert (rows[0][column].value, rows[0][column].data_type) == (HOSTILE, "s")


@pytest.mark.parametrize("what", sorted({*KINDS} - {"fec"}))
def test_every_kind_has_the_same_rows_in_every_format(
    tmp_path: Path, what: str, given_twice: list[Donation], sandbox: SandboxControl
) -> None:
    money_rows.make_for(given_twice[0].campaign)
    [payout] = sandbox.payout()["payouts"]
    payouts.refresh(payout["id"], account="", gateway=for_workers())
    in_csv = cells(export(tmp_path, what))
    lines = export(tmp_path, what, "jsonl").read_text().splitlines()
    book = openpyxl.load_workbook(export(tmp_path, what, "xlsx"))
    sheet = book[what]
    assert len(in_csv) == len(lines)
    names = [one.removesuffix(" (UTC)") for one in in_csv[0]] if in_csv else []
    assert names == list(json.loads(lines[0])) if in_csv else True
    filled = [row for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)]
    assert len(filled) == len(lines)
    assert sheet.freeze_panes == "A2"
    assert ("sums" in book.sheetnames) == (what != "totals")
    assert in_csv or what in {"refunds", "declared"}


def test_cells_have_types_and_times_are_those_of_the_zone(
    tmp_path: Path, given_twice: list[Donation]
) -> None:
    Donation.objects.update(paid_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    book = openpyxl.load_workbook(export(tmp_path, "donations", "xlsx", zone="Europe/Paris"))
    heading, first, *_more = book["donations"].iter_rows(values_only=True)
    row = dict(zip(heading, first, strict=True))
    assert row["paid_at (Europe/Paris)"] == datetime(2026, 7, 2, 0, 30)  # noqa: DTZ001 -- a cell
    assert row["amount"] == 20.5
    assert row["name_hidden"] is False
    told = cells(export(tmp_path, "donations", zone="Europe/Paris"))[0]
    assert told["paid_at (Europe/Paris)"] == "2026-07-02T00:30:00"
    line = export(tmp_path, "donations", "jsonl", zone="Europe/Paris").read_text().splitlines()[0]
    assert json.loads(line)["paid_at"] == "2026-07-02T00:30:00+02:00"
    # 22:30 in UTC is the next day in Paris.
    assert len(cells(export(tmp_path, "donations", since="2026-07-02", zone="Europe/Paris"))) == 2
    assert cells(export(tmp_path, "donations", since="2026-07-02")) == []
    assert len(cells(export(tmp_path, "donations", until="2026-07-01"))) == 2


def test_currencies_have_rows_of_their_own_and_decimals_of_their_own(
    tmp_path: Path, sandbox: SandboxControl, given_twice: list[Donation]
) -> None:
    yen = make_campaign(currency="JPY", suggested_minor=[1000])
    paid(make_workshop(yen, suggested_minor=[1000]), sandbox, 1500)
    rows = cells(export(tmp_path, "totals"))
    assert {(row["currency"], row["gifts"]) for row in rows} == {("USD", "30.50"), ("JPY", "1500")}
    assert [row["currency"] for row in cells(export(tmp_path, "totals", currency="JPY"))] == ["JPY"]


def test_each_narrowing_holds_and_what_is_not_there_is_said(
    tmp_path: Path, sandbox: SandboxControl, given_twice: list[Donation], workshop: Workshop
) -> None:
    other = make_workshop(workshop.campaign)
    paid(other, sandbox)
    foreign = paid(make_workshop(make_campaign(title="Another")), sandbox)
    slugs = {"campaign": workshop.campaign.slug, "workshop": other.slug}
    assert len(cells(export(tmp_path, "registrations", **slugs))) == 1
    assert len(cells(export(tmp_path, "ledger", **slugs))) == len(
        LedgerEntry.objects.filter(donation__workshop=other)
    )
    team = foreign.campaign.team.slug
    (only,) = cells(export(tmp_path, "donations", team=team))
    assert only["donation"] == str(foreign.public_id)
    for wrong in (
        {"campaign": "none"},
        {"team": "none"},
        {"workshop": other.slug},
        {"zone": "Mars/Base"},
        {"since": "31.1.2026"},
        {"campaign": workshop.campaign.slug, "workshop": "none"},
    ):
        with pytest.raises(CommandError):
            export(tmp_path, "donations", **wrong)


def test_a_teams_columns_stand_in_its_order_in_every_place(
    client: Client, tmp_path: Path, given_twice: list[Donation], campaign: Campaign, alice: User
) -> None:
    client.force_login(alice)
    page = f"/organize/teams/{campaign.team.public_id}/columns/?kind=donations"
    form = {"name": "For Anna", "column_currency": "2", "column_amount": "1", "column_paid_at": ""}
    nothing = client.post(page, {"name": "Nothing"})
    assert nothing.status_code == 422
    assert 'value="Nothing"' in nothing.content.decode()
    assert client.post(page, {**form, "column_amount": "first"}).status_code == 422
    assert not ColumnPreset.objects.exists()
    assert client.post(page, form).status_code == 302
    saved = ColumnPreset.objects.get()
    assert (saved.kind, saved.columns) == ("donations", ["amount", "currency"])
    options = {"preset": "For Anna", "campaign": campaign.slug}
    assert list(cells(export(tmp_path, "donations", **options))[0]) == ["amount", "currency"]
    book = openpyxl.load_workbook(export(tmp_path, "donations", "xlsx", **options))
    assert [cell.value for cell in book["donations"][1]] == ["amount", "currency"]
    assert client.post(page, {**form, "column_amount": "3"}).status_code == 302  # replaced
    preset = str(saved.public_id)
    assert asked(client, campaign, kind="ledger", preset=preset).status_code == 422
    assert asked(client, campaign, preset=preset).status_code == 302
    one = jobs.write(Export.objects.get().pk)
    assert one is not None
    heading = jobs.path_of(one).read_text(encoding="utf-8-sig").splitlines()[0]
    assert heading == "currency,amount"
    for wrong in ({"preset": "None"}, {"preset": "For Anna"}, {"preset": "x", "team": "none"}):
        with pytest.raises(CommandError):
            export(tmp_path, "donations", **wrong)
    foreign = make_campaign()
    there = f"/organize/teams/{foreign.team.public_id}/columns/{preset}/remove/"
    assert client.post(there).status_code == 404
    assert client.post(page.partition("?")[0] + f"{preset}/remove/").status_code == 302
    assert not ColumnPreset.objects.exists()


# --- from the browser ---------------------------------------------------------------------------


def asked(client: Client, campaign: Campaign, **values: str) -> Any:
    form = {"kind": "donations", "format": "csv", "time_zone": "UTC", **values}
    return client.post(f"/organize/campaigns/{campaign.public_id}/exports/", form)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_asked_for_written_and_fetched_by_its_owner_alone(
    client: Client, given_twice: list[Donation], campaign: Campaign, alice: User
) -> None:
    client.force_login(alice)
    answer = asked(client, campaign)
    page = answer.headers["Location"]
    one = Export.objects.get()
    assert "Waiting for a worker" in client.get(page).content.decode()
    assert client.get(f"{page}file/").status_code == 404
    assert jobs.write_due() == 1
    assert "Ready, 2 rows" in client.get(page).content.decode()
    got = client.get(f"{page}file/")
    assert got.headers["Content-Disposition"].endswith(f'{campaign.slug}-donations.csv"')
    told = b"".join(got.streaming_content).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(told)))) == 2
    # A colleague has exports of their own, and a member who left has none at all.
    colleague = User.objects.create_user("carol", "carol@example.org")
    Membership.objects.create(team=campaign.team, user=colleague, role=Role.ORGANIZER)
    client.force_login(colleague)
    assert client.get(f"{page}file/").status_code == 404
    client.force_login(alice)
    Membership.objects.filter(user=alice).update(role=Role.VIEWER)
    assert client.get(f"{page}file/").status_code == 403
    Membership.objects.filter(user=alice).delete()
    assert client.get(f"{page}file/").status_code == 404
    # Kept for three days.
    path = jobs.path_of(Export.objects.get())
    Export.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert jobs.throw_away() == 1
    assert not path.exists()
    one.refresh_from_db()
    assert (one.state, one.file) == (ExportState.EXPIRED, "")


def test_bad_days_and_zones_are_said_at_their_fields(
    client: Client, campaign: Campaign, alice: User
) -> None:
    client.force_login(alice)
    answer = asked(
        client, campaign, first_day="2026-02-02", last_day="2026-02-01", time_zone="Mars/Base"
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_last_day_error"' in page
    assert 'id="id_time_zone_error"' in page
    assert 'value="2026-02-02"' in page
    assert not Export.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_died_over_is_written_by_the_next(
    given_twice: list[Donation], campaign: Campaign, alice: User
) -> None:
    one = jobs.ask(Export(owner=alice, campaign=campaign, kind="donations", format="jsonl"))
    working = {"state": ExportState.RUNNING, "attempts": 1}
    Export.objects.update(**working, lease_until=clock.now() + timedelta(minutes=1))
    assert jobs.write_due() == 0
    Export.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert jobs.write_due() == 1
    one.refresh_from_db()
    assert (one.state, one.rows_written, one.attempts) == (ExportState.DONE, 2, 2)
    # One that kills each of its writers is given up.
    Export.objects.update(**{**working, "attempts": 3}, lease_until=clock.now())
    jobs.write_due()
    one.refresh_from_db()
    assert (one.state, one.attempts) == (ExportState.FAILED, 3)


@pytest.mark.django_db(transaction=True)
def test_cancelled_while_it_is_written_it_leaves_no_file(
    given_twice: list[Donation], campaign: Campaign, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = jobs.ask(Export(owner=alice, campaign=campaign, kind="donations", format="jsonl"))
    monkeypatch.setattr(writing, "_BATCH", 1)

    def cancelling(export: Export, name: str, rows: int) -> None:
        raise AssertionError("it was finished")

    real = writing.write

    def write(*args: Any, **kwargs: Any) -> int:
        jobs.cancel(Export.objects.get())
        return real(*args, **kwargs)

    monkeypatch.setattr(writing, "write", write)
    monkeypatch.setattr(jobs, "_finish", cancelling)
    jobs.write(one.pk)
    one.refresh_from_db()
    assert one.state == ExportState.CANCELLED
    assert not list(jobs._folder().glob(f"{one.public_id}*"))
