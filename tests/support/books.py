"""The books of a team in France, with gifts in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.gateway.stripe import for_workers
from donations.models import Books, Donation, Export, LedgerEntry, PeriodLock
from donations.services import settlement
from donations.services.accounting import books, periods
from donations.services.exports import jobs
from donations.states import Account, Kind, SourceType
from events.models import Campaign, Membership
from events.states import Role
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.exports import paid
from tests.support.sandbox import SandboxControl

SIREN = "732829320"  # INSEE's own example


@pytest.fixture
def euros(alice: User) -> Campaign:
    """A campaign in euros of a team in France, whose name no separator survives."""
    found = make_campaign(currency="EUR", title="L’eau\tpure | \\ pour tous")
    found.team.time_zone = "Europe/Paris"
    found.team.save()
    Membership.objects.create(team=found.team, user=alice, role=Role.OWNER)
    Books.objects.create(
        team=found.team, country="FR", siren=SIREN, chart=books.first_chart("team", "FR")
    )
    return found


@pytest.fixture
def gifts(euros: Campaign, sandbox: SandboxControl) -> list[Donation]:
    """Two gifts in euros, one of them refunded in part, and a transfer to the charity."""
    workshop = make_workshop(euros)
    found = [paid(workshop, sandbox, 2050), paid(workshop, sandbox, 1000)]
    sandbox.refund(charge=found[1].charge_id, amount=400)
    settlement.apply(found[1].pk, gateway=for_workers())
    return found


def post(campaign: Campaign, **values: Any) -> LedgerEntry:
    """Put a row of one euro into the ledger."""
    defaults = {
        "campaign": campaign,
        "kind": Kind.GIFT,
        "debit": Account.HELD,
        "credit": Account.GIFTS,
        "amount_minor": 100,
        "currency": "EUR",
        "source_type": SourceType.CHARGE,
        "source_id": "ch_by_hand",
        "occurred_at": campaign.created_at,
    }
    return LedgerEntry.objects.create(**{**defaults, **values})


def of_team(campaign: Campaign, owner: User, kind: str = "journal", **values: Any) -> Export:
    """Return an export of all the team's campaigns until today, written by a worker."""
    defaults = {
        "owner": owner,
        "team": campaign.team,
        "kind": kind,
        "format": "csv",
        "time_zone": campaign.team.time_zone,
    }
    asked = Export.objects.create(**{**defaults, **values})
    jobs.write(asked.pk)
    asked.refresh_from_db()
    return asked


def today(entry: LedgerEntry) -> date:
    assert entry.booked_on is not None
    return entry.booked_on


@pytest.fixture
def closed(euros: Campaign, gifts: list[Donation], alice: User, clock: Clock) -> PeriodLock:
    """The books until the day of the gifts are closed, forty days later."""
    day = today(LedgerEntry.objects.latest("booked_on"))
    clock.advance(days=40)
    one = of_team(euros, alice, last_day=day)
    return periods.lock(team=euros.team, export=one, file_name="j.csv", user=alice)
