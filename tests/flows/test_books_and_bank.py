"""Transfers to the bank in a team's books, and what the books cover once a period is closed."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import BankEntry, Books, Donation, LedgerEntry, PeriodLock
from donations.services import invariants, reconcile
from donations.services.accounting import books, periods
from donations.services.paying_out import payouts
from donations.states import Account, Kind, SourceType
from events.models import Campaign
from tests.support.books import SIREN, of_team, post, today
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.exports import cells, export, paid
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db

ZERO = Decimal(0)


# --- transfers to the bank ----------------------------------------------------------------------


def balance(rows: list[dict[str, str]], label: str) -> Decimal:
    """Return what an account of the journal holds, in its one currency."""
    mine = [row for row in rows if row["account_label"] == label]
    assert len({row["currency"] for row in mine}) <= 1
    return sum((Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0) for row in mine), ZERO)


def held_by_stripe(sandbox: SandboxControl) -> Decimal:
    """Return what Stripe's own balance says, in euros."""
    told = httpx.get(f"{sandbox.base}/v1/balance", auth=(settings.STRIPE_SECRET_KEY, "")).json()
    parts = [*told["available"], *told["pending"]]
    return sum((Decimal(one["amount"]) / 100 for one in parts if one["currency"] == "eur"), ZERO)


def journal(tmp_path: Path, campaign: Campaign) -> list[dict[str, str]]:
    """Return the team's journal, each entry balanced."""
    rows = cells(export(tmp_path, "journal", team=campaign.team.slug, zone="Europe/Paris"))
    entries: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        entries[row["entry"]] += Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
    assert set(entries.values()) <= {ZERO}
    return rows


def test_the_journal_leaves_at_stripe_what_stripe_says_it_holds(
    tmp_path: Path, euros: Campaign, gifts: list[Donation], sandbox: SandboxControl
) -> None:
    before = journal(tmp_path, euros)
    assert balance(before, "Stripe") == held_by_stripe(sandbox) > 0
    net = held_by_stripe(sandbox)
    [made] = sandbox.payout()["payouts"]
    # Control: as long as nobody booked the transfer, the two differ by it.
    assert held_by_stripe(sandbox) == 0 != balance(journal(tmp_path, euros), "Stripe")
    reconcile.run(gateway=for_workers())
    rows = journal(tmp_path, euros)
    assert (balance(rows, "Stripe"), balance(rows, "Banque")) == (0, net)
    [booked] = [row for row in rows if row["reference"] == made["id"] and row["debit"]]
    assert (booked["account"], booked["campaign"]) == ("512000", euros.slug)
    # More comes in; running again books nothing twice, and the two agree still.
    paid(make_workshop(euros), sandbox, 500)
    reconcile.run(gateway=for_workers())
    rows = journal(tmp_path, euros)
    assert balance(rows, "Stripe") == held_by_stripe(sandbox) > 0
    # The bank sends it back, and the next one holds it all again.
    sandbox.post("fail_payout", payout=made["id"])
    reconcile.run(gateway=for_workers())
    rows = journal(tmp_path, euros)
    assert balance(rows, "Stripe") == held_by_stripe(sandbox)
    assert balance(rows, "Banque") == 0
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    rows = journal(tmp_path, euros)
    assert balance(rows, "Stripe") == held_by_stripe(sandbox) == 0
    assert not list(invariants.broken())
    # What goes on to the charity leaves from the bank.
    sent = {"kind": Kind.REMITTANCE, "debit": Account.SENT, "credit": Account.HELD}
    post(euros, **sent, source_type=SourceType.REMITTANCE)
    after = journal(tmp_path, euros)
    assert balance(after, "Stripe") == 0
    assert balance(after, "Banque") == balance(rows, "Banque") - 1
    year = {"since": "2000-01-01", "until": "2999-12-31"}
    path = export(tmp_path, "fec", "txt", team=euros.team.slug, zone="Europe/Paris", **year)
    assert path.read_text("iso8859-15").count("Virement de Stripe") == 6


def test_what_is_booked_of_a_transfer_stands_and_a_lost_cent_is_named(
    gifts: list[Donation], sandbox: SandboxControl
) -> None:
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    row = BankEntry.objects.get()
    for change in (
        lambda: BankEntry.objects.update(minor=1),
        lambda: BankEntry.objects.all().delete(),
        lambda: BankEntry.objects.create(
            payout=row.payout,
            campaign=row.campaign,
            cash=row.cash,
            minor=0,
            currency="EUR",
            happened_on=row.happened_on,
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert not list(invariants.broken())
    row.pk, row.minor = None, 1
    row.save(force_insert=True)
    assert "what a transfer to the bank moved is booked" in {
        one.promise for one in invariants.broken()
    }


def test_a_transfer_in_a_closed_period_is_booked_on_the_first_open_day(
    closed: PeriodLock, sandbox: SandboxControl
) -> None:
    [made] = sandbox.payout()["payouts"]
    payouts.refresh(made["id"], account="", gateway=for_workers())
    row = BankEntry.objects.get()
    assert row.happened_on <= closed.until
    assert row.booked_on == closed.until + timedelta(days=1)


# --- what the books cover -----------------------------------------------------------------------


def test_what_the_books_cover_stands_once_a_period_is_closed(
    client: Client, closed: PeriodLock, alice: User
) -> None:
    client.force_login(alice)
    address = f"/organize/teams/{closed.team.public_id}/accounting/"
    form = {"covers": "charity", "country": "FR", "siren": SIREN}
    form |= {"journal_code": "VE", "journal_label": "Ventes"}
    form |= {
        f"{part}_{account}": told[part]
        for account, told in books.first_chart("team", "FR").items()
        for part in ("code", "label")
    }
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert 'id="id_covers_error"' in answer.content.decode()
    for change in (
        lambda: Books.objects.update(covers="charity"),
        lambda: Books.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="what the books cover stays"), transaction.atomic():
            change()
    # Numbers and names are the team's to change all the same.
    assert client.post(address, {**form, "covers": "team"}).status_code == 302
    assert Books.objects.get().journal_code == "VE"


def test_control_as_long_as_nothing_is_closed_it_can_change(euros: Campaign) -> None:
    Books.objects.update(covers="charity")
    assert Books.objects.get().covers == "charity"


def test_books_that_were_never_saved_are_not_closed(
    gifts: list[Donation], euros: Campaign, alice: User, clock: Clock
) -> None:
    Books.objects.all().delete()
    day = today(LedgerEntry.objects.latest("booked_on"))
    clock.advance(days=3)
    one = of_team(euros, alice, last_day=day)
    with pytest.raises(periods.NoBooksError):
        periods.lock(team=euros.team, export=one, file_name="j.csv", user=alice)
    assert not PeriodLock.objects.exists()
