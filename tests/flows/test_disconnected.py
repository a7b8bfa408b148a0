"""A Stripe account that its owner or the team disconnects, and one that Stripe stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import ConnectedAccount, Donation
from donations.services import (
    attention,
    attention_words,
    inbox,
    invariants,
    reconcile,
    sweeper,
    totals,
)
from donations.services.connecting import accounts
from donations.states import Disconnection, DonationState
from events.models import Booking, Campaign, Membership
from events.services import access
from events.services.seating import seats
from events.states import BookingState, Role
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.connecting import published, webhooks
from tests.support.sandbox import SandboxControl
from tests.support.story import Story

pytestmark = pytest.mark.django_db
STOPPED = "No gifts can be taken right now"


@pytest.fixture
def campaign(db: None, sandbox: SandboxControl) -> Campaign:
    return published(sandbox)


@pytest.fixture
def owner(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def account_of(campaign: Campaign) -> ConnectedAccount:
    return ConnectedAccount.objects.get(stripe_account=campaign.stripe_account)


def deauthorize(story: Story, campaign: Campaign) -> None:
    story.sandbox.post("deauthorize", account=campaign.stripe_account)
    assert "account.application.deauthorized" in webhooks(story.client, story.sandbox)


def pages_say(story: Story, campaign: Campaign, words: str = STOPPED) -> list[bool]:
    shop = make_workshop(campaign)
    paths = ["/c/{0}/", "/c/{0}/give/", "/c/{0}/{1}/"]
    return [words in story.page(path.format(campaign.slug, shop.slug)) for path in paths]


def test_an_owner_who_leaves_stops_the_gifts_and_the_organizer_is_told(
    story: Story, owner: Client, campaign: Campaign
) -> None:
    assert pages_say(story, campaign) == [False] * 3
    given = story.give(campaign)
    deauthorize(story, campaign)
    account = account_of(campaign)
    assert account.disconnected_by == Disconnection.STRIPE
    assert pages_say(story, campaign) == [True] * 3
    answer = story.post(campaign)
    assert (answer.status_code, STOPPED in answer.content.decode()) == (409, True)
    assert totals.of_campaign(campaign).raised.minor == 2000
    assert given.stripe_account == campaign.stripe_account

    (item,) = attention.of_campaigns([campaign], is_admin=False)
    assert (item.kind, item.campaign) == ("account_stopped", campaign)
    told = attention_words.told(item, "en", names_all=True)
    assert told.detail == "The Stripe account of charity: water is disconnected."
    page = owner.get("/organize/").content.decode()
    assert f"/organize/campaigns/{campaign.public_id}/payments/" in page
    payments = owner.get(f"/organize/campaigns/{campaign.public_id}/payments/").content.decode()
    assert "Refunds can only be made at Stripe" in payments
    assert [run.account for run in reconcile.run(gateway=for_workers())] == [""]


def test_a_refund_on_a_lost_account_says_that_it_is_made_at_stripe(
    story: Story, owner: Client, campaign: Campaign
) -> None:
    given = story.give(campaign)
    Donation.objects.filter(pk=given.pk).update(refund_asked_at=given.paid_at)
    deauthorize(story, campaign)
    answer = owner.post(f"/organize/refunds/{given.public_id}/give-back/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This refund must be made at Stripe" in page
    assert str(given.payment_intent_id) in page
    given.refresh_from_db()
    assert given.net_minor == 2000


def test_late_money_on_a_lost_account_tells_its_giver_whom_to_ask(
    story: Story, campaign: Campaign
) -> None:
    given = story.give(make_workshop(campaign))
    booking = Booking.objects.get()
    seats.release(booking, BookingState.CANCELLED)
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.NEEDS_ATTENTION)
    deauthorize(story, campaign)
    answer = story.client.post(f"/b/{access.booking_link(booking)}/refund/")
    assert answer.status_code == 409
    assert "can have it refunded at Stripe" in answer.content.decode()
    given.refresh_from_db()
    assert given.net_minor == 2000


def test_a_seat_on_its_way_is_free_again_once_its_time_is_over(
    story: Story, campaign: Campaign, clock: Clock
) -> None:
    shop = make_workshop(campaign, capacity=1)
    begun = story.register(shop)
    deauthorize(story, campaign)
    clock.advance(minutes=64)
    assert story.sweep(begun).state == DonationState.OPEN
    clock.advance(minutes=2)
    assert story.sweep(begun).state == DonationState.EXPIRED
    shop.refresh_from_db()
    assert shop.seats_taken == 0


def test_a_gift_begun_before_anybody_noticed_gets_the_clear_page(
    story: Story, campaign: Campaign
) -> None:
    story.sandbox.post("deauthorize", account=campaign.stripe_account)
    answer = story.post(campaign)
    assert (answer.status_code, STOPPED in answer.content.decode()) == (409, True)
    reconcile.refresh_accounts(gateway=for_workers())
    assert account_of(campaign).disconnected_by == Disconnection.STRIPE
    assert sweeper.sweep(gateway=for_workers()).failures == 0


def test_what_stripe_shows_again_is_connected_again(story: Story, campaign: Campaign) -> None:
    deauthorize(story, campaign)
    story.sandbox.post("connect", account=campaign.stripe_account)
    reconcile.refresh_accounts(gateway=for_workers())
    assert account_of(campaign).is_connected
    assert pages_say(story, campaign) == [False] * 3


def test_what_the_team_ended_is_not_connected_again_by_an_hour_of_a_wrong_key(
    story: Story, campaign: Campaign
) -> None:
    accounts.disconnect(account_of(campaign).pk)
    deauthorize(story, campaign)
    reconcile.refresh_accounts(gateway=for_workers())
    assert account_of(campaign).disconnected_by == Disconnection.BOTH
    assert campaign.stripe_account not in reconcile.accounts()
    story.sandbox.post("connect", account=campaign.stripe_account)
    reconcile.refresh_accounts(gateway=for_workers())
    assert account_of(campaign).disconnected_by == Disconnection.ORGANIZER
    assert campaign.stripe_account in reconcile.accounts()
    assert accounts.reconnect(account_of(campaign).pk, gateway=for_workers()).is_connected


def test_the_team_disconnects_and_uses_it_again_and_no_webhook_decides_that(
    story: Story, owner: Client, campaign: Campaign
) -> None:
    account = account_of(campaign)
    path = f"/organize/campaigns/{campaign.public_id}/payments/{account.public_id}"
    given = story.give(campaign)
    assert owner.post(f"{path}/disconnect/").status_code == 302
    assert pages_say(story, campaign) == [True] * 3
    story.sandbox.post("require", account=campaign.stripe_account)
    webhooks(story.client, story.sandbox)
    assert account_of(campaign).disconnected_by == Disconnection.ORGANIZER
    Donation.objects.filter(pk=given.pk).update(refund_asked_at=given.paid_at)
    assert owner.post(f"/organize/refunds/{given.public_id}/give-back/").status_code == 302
    given.refresh_from_db()
    assert given.net_minor == 0
    assert owner.post(f"{path}/reconnect/").status_code == 302
    assert pages_say(story, campaign) == [False] * 3


def test_a_stopped_account_is_told_by_mail_once(story: Story, campaign: Campaign) -> None:
    user = User.objects.create_user("own@example.org", "own@example.org")
    Membership.objects.create(team=campaign.team, user=user, role=Role.OWNER)
    from donations.services.mails import notices

    account = account_of(campaign)
    story.sandbox.post("require", account=account.stripe_account, blocked="rejected.other")
    webhooks(story.client, story.sandbox)
    assert pages_say(story, campaign) == [True] * 3
    notices.plan()
    notices.plan()
    (mail,) = story.mails()
    assert "charity: water" in mail["Subject"]


def test_an_event_tells_nothing_by_itself(story: Story, campaign: Campaign) -> None:
    """A forged or old "deauthorized" does nothing: the account is looked up."""
    story.sandbox.post("require", account=campaign.stripe_account)
    webhooks(story.client, story.sandbox)
    account = account_of(campaign)
    event = inbox.StripeEvent(
        event_id="evt_old",
        type="account.application.deauthorized",
        account=campaign.stripe_account,
        livemode=False,
        created=account.checked_at,
        received_at=account.checked_at + timedelta(seconds=1),
    )
    event.save()
    assert inbox.apply_event(event.pk, gateway=for_workers())
    assert account_of(campaign).is_connected
    assert account_of(campaign).version == account.version + 1


def test_control_a_campaign_on_another_teams_account_is_seen(campaign: Campaign) -> None:
    other = published_elsewhere(campaign)
    broken = {one.promise for one in invariants.broken()}
    assert "a campaign's money lands at an account of its own team and kind" in broken
    other.delete()


def published_elsewhere(campaign: Campaign) -> Campaign:
    from tests.support.cast import make_campaign

    return make_campaign(destination="charity", stripe_account=campaign.stripe_account)


def test_a_second_account_of_the_same_charity_waits_for_the_first_to_go(
    story: Story, campaign: Campaign
) -> None:
    first = account_of(campaign)
    accounts.disconnect(first.pk)
    second = accounts.connect(
        campaign=campaign, holder=first.holder, country="US", gateway=for_workers()
    )
    assert second.pk != first.pk
    with pytest.raises(accounts.AnotherConnectedError):
        accounts.reconnect(first.pk, gateway=for_workers())
    deauthorize(story, campaign)
    story.sandbox.post("connect", account=first.stripe_account)
    assert accounts.refresh(first.pk, gateway=for_workers()).disconnected_at is not None
