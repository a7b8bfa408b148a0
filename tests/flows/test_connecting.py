"""Connecting the charity's own account: asked for once, filled in by its officer, looked up."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from donations.gateway import GatewayError
from donations.gateway.stripe import for_workers
from donations.models import ConnectedAccount
from donations.services import invariants, reconcile, totals
from donations.services.connecting import accounts, doors, places
from donations.states import Holder
from events.models import Campaign, Membership, Team
from events.states import Destination, Role
from tests.support.cast import make_campaign
from tests.support.connecting import connected, draft, published, webhooks
from tests.support.sandbox import SandboxControl
from tests.support.story import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(db: None) -> Campaign:
    return draft()


@pytest.fixture
def owner(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def path(campaign: Campaign, more: str = "") -> str:
    return f"/organize/campaigns/{campaign.public_id}/payments/{more}"


def connect(owner: Client, campaign: Campaign, **typed: str) -> Any:
    form = {"holder": "charity", "country": "US", "then": "onboard", **typed}
    return owner.post(path(campaign, "connect/"), form)


def test_connecting_leads_to_stripes_page_and_twice_makes_one_account(
    owner: Client, campaign: Campaign, sandbox: SandboxControl
) -> None:
    answers = [connect(owner, campaign) for _ in range(2)]
    account = ConnectedAccount.objects.get()
    assert account.stripe_account
    page = f"{sandbox.base}/connect/{account.stripe_account}"
    assert [one["Location"] for one in answers] == [page, page]
    assert "connect.stripe.com" in answers[0]["Content-Security-Policy"]
    campaign.refresh_from_db()
    assert (campaign.destination, campaign.stripe_account) == ("charity", account.stripe_account)
    assert (account.country, account.currencies, account.charges_enabled) == ("US", ["USD"], False)
    assert "external_account" in account.requirements


def test_an_answer_that_got_lost_is_asked_for_again_under_the_same_key(
    owner: Client, campaign: Campaign, sandbox: SandboxControl
) -> None:
    sandbox.fail_next(1, how="after", path="/v1/accounts")
    assert connect(owner, campaign).status_code == 503
    assert ConnectedAccount.objects.get().stripe_account is None
    assert connect(owner, campaign).status_code == 302
    account = ConnectedAccount.objects.get()
    assert account.stripe_account
    assert (
        accounts.connect(
            campaign=campaign, holder=Holder.CHARITY, country="FR", gateway=for_workers()
        )
        == account
    )


def test_a_country_is_needed_and_nothing_is_made_without_one(
    owner: Client, campaign: Campaign, sandbox: SandboxControl
) -> None:
    answer = connect(owner, campaign, country="XX", holder="team")
    assert answer.status_code == 422
    assert 'id="id_team_country_error"' in answer.content.decode()
    assert not ConnectedAccount.objects.exists()


def test_the_officer_fills_it_in_by_a_link_and_the_webhook_tells(
    owner: Client, campaign: Campaign, client: Client, sandbox: SandboxControl
) -> None:
    assert connect(owner, campaign, then="link").status_code == 302
    account = ConnectedAccount.objects.get()
    link = f"/onboarding/{doors.account_link(account)}/"
    assert link in owner.get(path(campaign)).content.decode()
    shown = client.get(link).content.decode()
    assert "charity: water" in shown
    assert "A bank account to which Stripe pays the money out" in shown
    assert client.post(link)["Location"] == f"{sandbox.base}/connect/{account.stripe_account}"

    steps = ["organization", "profile", "person", "terms"]
    sandbox.post("connect", account=account.stripe_account, steps=steps)
    assert "account.updated" in webhooks(client, sandbox)
    account.refresh_from_db()
    assert (account.charges_enabled, account.payouts_enabled) == (True, False)
    assert account.requirements == ["external_account"]
    assert account.link_used_at is None

    sandbox.post("connect", account=account.stripe_account, currencies=["usd", "eur"])
    assert client.post(f"{link}check/").status_code == 302
    account.refresh_from_db()
    assert (account.payouts_enabled, account.currencies) == (True, ["EUR", "USD"])
    assert account.link_used_at is not None
    assert client.post(link).status_code == 409
    assert "Make a new link" not in owner.get(path(campaign)).content.decode()
    answer = owner.post(path(campaign, f"{account.public_id}/link/"), follow=True)
    assert "no link is needed any more" in answer.content.decode()
    assert client.post(link).status_code == 409, "a used link does not come to life again"
    ConnectedAccount.objects.update(link_used_at=None)  # renewed before this rule
    accounts.refresh(account.pk, gateway=for_workers())
    assert client.post(link).status_code == 409
    assert not list(invariants.broken())


def test_looking_at_the_pages_writes_nothing_even_on_the_way_back(
    owner: Client, campaign: Campaign, sandbox: SandboxControl
) -> None:
    account = connected(sandbox, campaign)
    before = ConnectedAccount.objects.values().get()
    sandbox.post("require", account=account.stripe_account, due=["individual.id_number"])
    page = owner.get(path(campaign), {"back": str(account.public_id)}).content.decode()
    assert "data-at-once" in page
    assert Client().get(f"/onboarding/{doors.account_link(account)}/?back").status_code == 200
    assert ConnectedAccount.objects.values().get() == before
    answer = owner.post(path(campaign, f"{account.public_id}/check/"), follow=True)
    assert "national identity or tax number" in answer.content.decode()


def test_a_direct_gift_is_in_the_charitys_hands_at_once(
    story: Story, sandbox: SandboxControl
) -> None:
    campaign = published(sandbox)
    donation = story.give(campaign)
    assert donation.stripe_account == campaign.stripe_account
    total = totals.of_campaign(campaign)
    assert (total.raised.minor, total.sent.minor) == (2000, 1912)
    runs = reconcile.run(gateway=for_workers())
    assert {run.account: run.finished_at is not None for run in runs} == {
        "": True,
        campaign.stripe_account: True,
    }


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.VIEWER, None])
def test_only_owners_connect_choose_and_disconnect(
    campaign: Campaign, sandbox: SandboxControl, role: Role | None
) -> None:
    account = connected(sandbox, campaign)
    user = User.objects.create_user("other@example.org")
    if role:
        Membership.objects.create(team=campaign.team, user=user, role=role)
    client = Client()
    client.force_login(user)
    refused = 403 if role else 404
    assert client.get(path(campaign)).status_code == {Role.ORGANIZER: 200}.get(role, refused)
    before = ConnectedAccount.objects.values().get()
    for name in ("onboard", "link", "disconnect", "reconnect"):
        assert client.post(path(campaign, f"{account.public_id}/{name}/")).status_code == refused
    assert connect(client, campaign).status_code == refused
    assert client.post(path(campaign), {"place": "external"}).status_code == refused
    assert ConnectedAccount.objects.values().get() == before


def test_another_teams_account_is_no_choice_and_no_address(
    owner: Client, campaign: Campaign, sandbox: SandboxControl
) -> None:
    theirs = connected(sandbox, draft(team=Team.objects.create(name="B", slug="b")))
    assert owner.post(path(campaign), {"place": str(theirs.public_id)}).status_code == 422
    for name in ("onboard", "check", "link", "disconnect", "reconnect"):
        assert owner.post(path(campaign, f"{theirs.public_id}/{name}/")).status_code == 404
    assert str(theirs.public_id) not in owner.get(path(campaign)).content.decode()


def test_the_place_is_chosen_until_money_came_then_it_stays(
    owner: Client, campaign: Campaign, sandbox: SandboxControl, story: Story
) -> None:
    team = connected(sandbox, campaign, Holder.TEAM)
    assert owner.post(path(campaign), {"place": str(team.public_id)}).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.destination, campaign.stripe_account) == ("team", team.stripe_account)
    Campaign.objects.filter(pk=campaign.pk).update(state="published")
    waiting = accounts.connect(
        campaign=campaign, holder=Holder.CHARITY, country="US", gateway=for_workers()
    )
    answer = owner.post(path(campaign), {"place": str(waiting.public_id)})
    assert answer.status_code == 422
    assert "has not finished filling in" in answer.content.decode()

    campaign.refresh_from_db()
    story.give(campaign)
    answer = owner.post(path(campaign), {"place": "external"})
    assert answer.status_code == 422
    assert "Money came already" in answer.content.decode()
    place = {"destination": Destination.EXTERNAL, "stripe_account": ""}
    with pytest.raises(IntegrityError, match="fixed once money came"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**place)


def test_control_before_money_came_the_database_lets_it_change(campaign: Campaign) -> None:
    place = {"destination": Destination.EXTERNAL, "stripe_account": ""}
    assert Campaign.objects.filter(pk=campaign.pk).update(**place) == 1


def test_the_sites_own_account_is_for_approved_teams(owner: Client, campaign: Campaign) -> None:
    make_campaign()  # Another team: this one is not the site's only one.
    keys = [one.key for one in places.choices(campaign)]
    assert keys == [places.SITE, places.EXTERNAL]
    Team.objects.filter(pk=campaign.team_id).update(site_account_approved=False)
    campaign.refresh_from_db()
    assert owner.post(path(campaign), {"place": "site"}).status_code == 422


class _Overtaken:
    """A gateway whose first answer is old by the time it arrives: somebody else was quicker."""

    def __init__(self, account: ConnectedAccount, sandbox: SandboxControl) -> None:
        self._gateway, self._account, self._sandbox = for_workers(), account, sandbox
        self.asked = 0

    def fetch_account(self, account: str) -> Any:
        found = self._gateway.fetch_account(account)
        self.asked += 1
        if self.asked == 1:
            self._sandbox.post("connect", account=account)
            accounts.refresh(self._account.pk, gateway=self._gateway)
        return found


def test_an_older_snapshot_never_overwrites_a_newer_one(
    campaign: Campaign, sandbox: SandboxControl
) -> None:
    account = accounts.connect(
        campaign=campaign, holder=Holder.CHARITY, country="US", gateway=for_workers()
    )
    overtaken: Any = _Overtaken(account, sandbox)
    assert accounts.refresh(account.pk, gateway=overtaken).charges_enabled
    assert overtaken.asked == 2


def test_control_without_comparing_the_old_snapshot_would_win(
    campaign: Campaign, sandbox: SandboxControl
) -> None:
    account = connected(sandbox, campaign, complete=False)
    old = for_workers().fetch_account(str(account.stripe_account))
    assert connected(sandbox, campaign).charges_enabled
    assert not accounts._write(account, old, account.created_at)
    account.refresh_from_db()  # What the guard prevents: with the version of now it is written.
    assert accounts._write(account, old, account.created_at)
    assert not ConnectedAccount.objects.get().charges_enabled


def test_an_account_that_the_admin_wrote_in_is_looked_up(
    owner: Client, sandbox: SandboxControl, campaign: Campaign
) -> None:
    known = sandbox.post("connect", country="FR")["id"]
    Campaign.objects.filter(pk=campaign.pk).update(stripe_account=known)
    assert known in owner.get(path(campaign)).content.decode()
    assert owner.post(path(campaign, "look-up/")).status_code == 302
    account = ConnectedAccount.objects.get()
    assert (account.stripe_account, account.country, account.currencies) == (known, "FR", ["EUR"])
    assert account.link_used_at is not None, "all was handed in elsewhere"
    page = owner.get(path(campaign)).content.decode()
    assert "settles in EUR, not in USD" in page


def test_what_stripe_refuses_leaves_nothing_behind(
    campaign: Campaign, sandbox: SandboxControl
) -> None:
    class Refusing:
        def create_account(self, parameters: Any, *, idempotency_key: str) -> Any:
            raise GatewayError("no accounts in this country", retryable=False)

    gateway: Any = Refusing()
    with pytest.raises(GatewayError):
        accounts.connect(campaign=campaign, holder=Holder.TEAM, country="US", gateway=gateway)
    assert not ConnectedAccount.objects.exists()
