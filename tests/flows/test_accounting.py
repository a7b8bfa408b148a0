"""A team's books: a balanced journal, a FEC by the rules, and periods that stay closed."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Books, Donation, Export, LedgerEntry, PeriodLock
from donations.services import invariants, settlement
from donations.services.accounting import books, fec, periods
from donations.services.exports import jobs
from donations.states import Account, ExportState, Kind, SourceType
from events.models import Campaign, Membership
from events.states import Role
from tests.support.books import SIREN, of_team, post, today
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.exports import cells, export, paid
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db


def test_the_journal_balances_entry_by_entry_and_currency_by_currency(
    tmp_path: Path, gifts: list[Donation], sandbox: SandboxControl
) -> None:
    team = gifts[0].campaign.team
    paid(make_workshop(make_campaign(team=team)), sandbox, 3000)
    # What lands at the charity is in the charity's books, not in the team's.
    charity = make_campaign(team=team, destination="charity", stripe_account="acct_1charity")
    post(charity, currency="USD")
    rows = cells(export(tmp_path, "journal", team=team.slug, zone="Europe/Paris"))
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        assert bool(row["debit"]) != bool(row["credit"])
        side = Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
        sums[row["entry"], row["currency"]] += side
    assert set(sums.values()) == {0}
    assert {row["currency"] for row in rows} == {"EUR", "USD"}
    assert charity.slug not in {row["campaign"] for row in rows}
    first = rows[0]
    assert [first[one] for one in ("account", "account_label", "debit")] == [
        *("517000", "Stripe", "20.50")
    ]
    assert rows[1]["account"] == "467000"
    # What is in another currency is in the journal, and not in the FEC.
    year = {"since": "2000-01-01", "until": "2999-12-31"}
    path = export(tmp_path, "fec", "txt", team=team.slug, zone="Europe/Paris", **year)
    euros = [row for row in rows if row["currency"] == "EUR"]
    assert len(path.read_text(fec.ENCODING).splitlines()) == 1 + len(euros)


def test_the_fec_keeps_the_rules(
    client: Client, tmp_path: Path, gifts: list[Donation], alice: User
) -> None:
    campaign = gifts[0].campaign
    sent = {"kind": Kind.REMITTANCE, "debit": Account.SENT, "credit": Account.HELD}
    # A day that somebody typed: its midnight in UTC. Its entry is the last one of that day.
    day = today(LedgerEntry.objects.latest("booked_on"))
    typed = datetime.combine(day, time(), tzinfo=UTC)
    post(campaign, **sent, source_type=SourceType.REMITTANCE, occurred_at=typed)
    client.force_login(alice)
    address = f"/organize/teams/{campaign.team.public_id}/exports/"
    form = {"kind": "fec", "format": "csv", "time_zone": "Europe/Paris"}
    assert client.post(address, form).status_code == 422
    form |= {"first_day": f"{day.year - 1}-01-01", "last_day": f"{day.year}-12-31"}
    page = client.post(address, form).headers["Location"]
    one = Export.objects.get()
    jobs.write(one.pk)
    got = client.get(f"{page}file/")
    assert f'"{SIREN}FEC{day.year}1231.txt"' in got.headers["Content-Disposition"]
    lines = b"".join(got.streaming_content).decode(fec.ENCODING).splitlines(keepends=True)
    assert fec.problems(lines) == []
    assert len(lines[0].split("\t")) == 18
    assert len(lines) == 1 + 2 * LedgerEntry.objects.count()
    row = dict(zip(fec.COLUMNS, lines[1].rstrip("\n").split("\t"), strict=True))
    assert (row["EcritureNum"], row["CompteNum"], row["Debit"], row["Credit"]) == (
        "1",
        "517000",
        "20,50",
        "0,00",
    )
    assert row["EcritureLib"] == "Don - L'eau pure pour tous"


def test_a_file_that_breaks_a_rule_is_handed_to_nobody(
    tmp_path: Path, gifts: list[Donation], euros: Campaign, alice: User
) -> None:
    chart = {**books.first_chart("team", "FR"), "fees": {"code": "FEES", "label": "Frais"}}
    Books.objects.update(chart=chart)
    year = {"first_day": date(2000, 1, 1), "last_day": date(2999, 12, 31)}
    one = of_team(euros, alice, "fec", format="txt", **year)
    assert (one.state, one.file) == (ExportState.FAILED, "")
    assert "CompteNum is no account" in one.problem
    days = {"since": "2000-01-01", "until": "2999-12-31"}
    with pytest.raises(CommandError, match="CompteNum"):
        export(tmp_path, "fec", "txt", team=euros.team.slug, **days)
    assert not (tmp_path / "fec.txt").exists()
    for wrong in ({}, {"team": make_campaign().team.slug, **days}):
        with pytest.raises(CommandError):
            export(tmp_path, "fec", "txt", **wrong)


# --- closed periods -----------------------------------------------------------------------------


def test_what_comes_after_the_close_is_booked_on_the_first_open_day(
    tmp_path: Path,
    closed: PeriodLock,
    gifts: list[Donation],
    sandbox: SandboxControl,
) -> None:
    team, until = closed.team, {"until": closed.until.isoformat(), "zone": "Europe/Paris"}
    before = export(tmp_path, "journal", team=team.slug, **until).read_bytes()
    sandbox.refund(charge=gifts[0].charge_id, amount=300)
    settlement.apply(gifts[0].pk, gateway=for_workers())
    late = LedgerEntry.objects.get(kind=Kind.REFUND, amount_minor=300)
    assert late.occurred_at.date() <= closed.until
    assert late.booked_on == closed.until + timedelta(days=1)
    assert export(tmp_path, "journal", team=team.slug, **until).read_bytes() == before
    after = cells(export(tmp_path, "journal", team=team.slug, zone="Europe/Paris"))
    assert [row["date"] for row in after[-2:]] == [str(late.booked_on)] * 2
    assert not list(invariants.broken())


def test_control_without_the_close_it_is_booked_when_it_happened(
    gifts: list[Donation], sandbox: SandboxControl
) -> None:
    sandbox.refund(charge=gifts[0].charge_id, amount=300)
    settlement.apply(gifts[0].pk, gateway=for_workers())
    late = LedgerEntry.objects.get(kind=Kind.REFUND, amount_minor=300)
    assert late.booked_on == today(LedgerEntry.objects.get(kind=Kind.REFUND, amount_minor=400))


def test_the_database_refuses_rows_in_a_closed_period_and_lifts_no_lock(
    closed: PeriodLock, euros: Campaign
) -> None:
    entry = LedgerEntry.objects.latest("pk")
    entry.pk, entry.source_id, entry.booked_on = None, "again", closed.until
    with pytest.raises(DatabaseError, match="period is locked"), transaction.atomic():
        entry.save(force_insert=True)
    earlier = {"until": closed.until - timedelta(days=1), "file_name": "x", "rows": 0}
    for change in (
        lambda: PeriodLock.objects.create(team=euros.team, **earlier),
        lambda: PeriodLock.objects.update(until=earlier["until"]),
        lambda: PeriodLock.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
            change()
    # Another team's books are as open as before.
    post(make_campaign(currency="EUR"), booked_on=closed.until)


def test_nothing_is_closed_where_rows_came_since_the_file_was_written(
    euros: Campaign, gifts: list[Donation], alice: User, clock: Clock, sandbox: SandboxControl
) -> None:
    day = today(LedgerEntry.objects.latest("booked_on"))
    of_today = of_team(euros, alice, last_day=day)
    assert not periods.lockable(euros.team)  # the day is not over
    clock.advance(days=2)
    sandbox.refund(charge=gifts[0].charge_id, amount=300)
    settlement.apply(gifts[0].pk, gateway=for_workers())
    with pytest.raises(periods.RowsCameError):
        periods.lock(team=euros.team, export=of_today, file_name="j.csv", user=alice)
    assert not PeriodLock.objects.exists()
    foreign = of_team(make_campaign(), alice, last_day=day)
    with pytest.raises(periods.NotLockableError):
        periods.lock(team=euros.team, export=foreign, file_name="j.csv", user=alice)


def test_who_posts_and_who_closes_wait_for_each_other(euros: Campaign) -> None:
    with transaction.atomic():
        post(euros)
        beside = connection.copy()
        try:
            with beside.cursor() as other:
                other.execute("SELECT pg_try_advisory_xact_lock(7301, %s)", [euros.team_id])
                assert other.fetchone() == (False,)
                other.execute("SELECT pg_try_advisory_xact_lock(7301, 0)")
                assert other.fetchone() == (True,)
        finally:
            beside.close()


def test_owners_keep_the_books_and_others_do_not(
    client: Client, euros: Campaign, gifts: list[Donation], alice: User, clock: Clock
) -> None:
    address = f"/organize/teams/{euros.team.public_id}/accounting/"
    client.force_login(alice)
    assert client.get(address).status_code == 200
    chart = {
        f"{part}_{account}": told[name]
        for account, told in books.first_chart("charity", "FR").items()
        for part, name in (("code", "code"), ("label", "label"))
    }
    form = {"covers": "team", "country": "FR", "siren": "732 829 320", **chart}
    form |= {"journal_code": "VE", "journal_label": "Ventes"}
    wrong = {**form, "siren": "123", "code_fees": "abc", "label_sent_to_charity": "Another name"}
    answer = client.post(address, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    names = ("siren", "code_fees", "label_sent_to_charity")
    assert [one for one in names if f'id="id_{one}_error"' not in page] == []
    assert 'value="Another name"' in page
    assert client.post(address, form).status_code == 302
    kept = Books.objects.get()
    assert (kept.siren, kept.journal_code, kept.chart["gifts"]["code"]) == (SIREN, "VE", "754100")

    day = today(LedgerEntry.objects.latest("booked_on"))
    clock.advance(days=3)
    one = of_team(euros, alice, last_day=day)
    close = {"export": str(one.public_id)}
    assert client.post(f"{address}close/", close).status_code == 422
    assert not PeriodLock.objects.exists()
    assert client.post(f"{address}close/", {**close, "sure": "on"}).status_code == 302
    locked = PeriodLock.objects.get()
    assert (locked.until, locked.rows, locked.locked_by) == (day, one.rows_written, alice)
    assert locked.file_name in client.get(address).content.decode()
    assert client.post(f"{address}close/", {**close, "sure": "on"}).status_code == 422

    Membership.objects.filter(user=alice).update(role=Role.ORGANIZER)
    assert client.get(address).status_code == 403
    assert client.post(f"{address}close/", close).status_code == 403
