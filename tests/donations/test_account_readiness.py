"""Whether a campaign's account can take its money, and that a place cannot move under a giver."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from donations.gateway.stripe import for_visitors, for_workers
from donations.models import ConnectedAccount, Donation
from donations.services import account_readiness, attention, checkout, invariants, ledger, totals
from donations.services.connecting import accounts
from donations.states import Holder
from events.models import Campaign, Team
from tests.support.cast import make_campaign, make_gift
from tests.support.connecting import connected, draft, published
from tests.support.sandbox import SandboxControl
from tests.support.story import Story

pytestmark = pytest.mark.django_db


def give(campaign: Campaign, **values: Any) -> Donation:
    return checkout.start(
        campaign=campaign, workshop=None, gift=make_gift(**values), gateway=for_visitors()
    )


def test_what_stands_in_the_way_is_said_until_nothing_does(sandbox: SandboxControl) -> None:
    campaign = draft()
    (problem,) = account_readiness.problems(campaign)
    assert problem.startswith("Connect the charity’s Stripe account")
    account = accounts.connect(
        campaign=campaign, holder=Holder.CHARITY, country="US", gateway=for_workers()
    )
    campaign.stripe_account = str(account.stripe_account)
    (problem,) = account_readiness.problems(campaign)
    assert "has not finished" in problem
    connected(sandbox, campaign, currencies=["eur"])
    assert account_readiness.problems(campaign) == []
    campaign.currency = "CHF"
    (problem,) = account_readiness.problems(campaign)
    assert "settles in EUR, USD, not in CHF" in problem
    campaign.currency = "EUR"
    assert account_readiness.problems(campaign) == []
    sandbox.post("require", account=account.stripe_account, blocked="under_review")
    accounts.refresh(account.pk, gateway=for_workers())
    (problem,) = account_readiness.problems(campaign)
    assert "does not let the account of charity: water take payments" in problem


def test_teams_use_the_sites_account_by_approval_or_as_the_only_one() -> None:
    team = Team.objects.create(name="A", slug="a")
    campaign = make_campaign(team=team)
    assert account_readiness.problems(campaign) == []
    Team.objects.create(name="B", slug="b")
    (problem,) = account_readiness.problems(campaign)
    assert "not open to your team" in problem
    team.site_account_approved = True
    assert account_readiness.problems(campaign) == []


def test_another_mode_another_team_and_another_kind_are_problems(sandbox: SandboxControl) -> None:
    campaign = published(sandbox)
    assert not account_readiness.is_paused(campaign)
    rows = ConnectedAccount.objects.filter(stripe_account=campaign.stripe_account)
    for change in ({"livemode": True}, {"holder": "team"}, {"team": make_campaign().team}):
        old = rows.values(*change).get()
        rows.update(**change)
        assert account_readiness.is_paused(campaign), change
        rows.update(**old)


def test_a_stopped_account_starts_no_payment_and_holds_nothing(sandbox: SandboxControl) -> None:
    campaign = published(sandbox)
    assert give(campaign).session_id
    ConnectedAccount.objects.update(charges_enabled=False)
    with pytest.raises(account_readiness.PausedError):
        give(campaign)
    assert Donation.objects.count() == 1


def test_a_place_that_moved_meanwhile_takes_no_gift(sandbox: SandboxControl) -> None:
    campaign = make_campaign()
    Campaign.objects.filter(pk=campaign.pk).update(destination="external")
    with pytest.raises(account_readiness.PlaceMovedError):
        give(campaign)
    assert not Donation.objects.exists()


def test_control_without_holding_the_place_the_gift_would_go_astray(
    sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign()
    account = connected(sandbox, campaign, Holder.TEAM)
    Campaign.objects.filter(pk=campaign.pk).update(stripe_account=account.stripe_account)
    monkeypatch.setattr(account_readiness, "hold_place", lambda campaign: None)
    with transaction.atomic():
        assert give(campaign).stripe_account == ""
        broken = {one.promise for one in invariants.broken()}
        assert "what was payable went to the account that its campaign names" in broken
        transaction.set_rollback(True)


def test_a_dispute_in_another_currency_is_told_and_never_posted(story: Story) -> None:
    campaign = make_campaign()
    donation = story.give(campaign)
    story.sandbox.post("dispute", charge=donation.charge_id, amount=1850, currency="eur")
    donation = story.webhooks(donation)
    assert donation.quarantine.startswith(ledger.FOREIGN_DISPUTE)
    assert "-1850 EUR" in donation.quarantine
    assert set(donation.entries.values_list("currency", flat=True)) == {"USD"}
    assert totals.of_campaign(campaign).disputes.minor == 0
    (item,) = attention.of_campaigns([campaign], is_admin=False)
    assert item.kind == "foreign_dispute"


def test_control_a_dispute_in_the_gifts_currency_is_posted(story: Story) -> None:
    campaign = make_campaign()
    donation = story.give(campaign)
    story.sandbox.post("dispute", charge=donation.charge_id)
    assert story.webhooks(donation).quarantine == ""
    assert totals.of_campaign(campaign).disputes.minor == 2000
