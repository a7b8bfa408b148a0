"""Webhooks to a team's programs: queued with the fact, signed, tried again, sent nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from standardwebhooks import WebhookVerificationError

from donations.api.site import description
from donations.gateway.stripe import for_workers
from donations.services.person import retention
from events.models import WebhookDelivery, WebhookEndpoint, Workshop
from events.services import campaigns, workshop_edits
from events.services.webhooks import claims, deliveries, endpoints, outbox, sender
from events.services.webhooks.kinds import KINDS
from events.states import WorkshopState
from tests.sandbox.receiver import Receiver
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.programs import Program
from tests.support.receiving import Listener
from tests.support.story import Story, body
from tests.support.told import everything


def kinds(listener: Listener) -> list[str]:
    return [one["type"] for one in listener.told()]


def test_a_gift_is_told_once_signed_and_as_the_api_shows_it_to_a_viewer(
    story: Story, workshop: Workshop, listener: Listener, bob: User
) -> None:
    story.give(workshop, name="Dora", email="dora@example.org", message="Go on!")
    story.webhooks(story.give(make_workshop(make_campaign())))  # another team's

    sender.send_due()
    sender.send_due()

    told = {one["type"]: one["data"] for one in listener.told()}
    assert sorted(kinds(listener)) == ["donation.succeeded", "registration.confirmed"]
    viewer = Program(bob, workshop.campaign.team)
    assert [told["donation.succeeded"]] == viewer.get("/api/v1/donations").json()["data"]
    assert [told["registration.confirmed"]] == viewer.get("/api/v1/registrations").json()["data"]
    for _path, _headers, sent in listener.receiver.received:
        assert not any(one in sent.lower() for one in (b"dora", b"go on"))
    assert len(set(listener.ids())) == 2
    row = WebhookDelivery.objects.filter(kind="donation.succeeded").get()
    assert (row.state, row.status, row.attempts) == ("delivered", 200, 1)


def test_control_another_secret_or_a_changed_body_is_not_believed(listener: Listener) -> None:
    outbox.tell_test(listener.endpoint)
    sender.send_due()
    (request,) = listener.receiver.received
    assert listener.told()[0]["type"] == "endpoint.test"
    other = WebhookEndpoint.objects.create(team=listener.endpoint.team, url="https://x.example")
    with pytest.raises(WebhookVerificationError):
        listener.told(endpoints.rotate(other))
    listener.receiver.received[0] = (*request[:2], request[2].replace(b"test", b"tset"))
    with pytest.raises(WebhookVerificationError):
        listener.told()


def test_every_kind_comes_from_its_fact_and_to_its_own_team_alone(
    story: Story, workshop: Workshop, listener: Listener, alice: User
) -> None:
    with Receiver() as stranger:
        other = Listener(stranger, make_campaign().team)
        picky = Listener(stranger, workshop.campaign.team, ["campaign.closed"])

        everything(story, workshop, alice)
        sender.send_due()

        assert set(kinds(listener)) == set(KINDS)
        assert not WebhookDelivery.objects.filter(endpoint=other.endpoint).exists()
        assert [one["type"] for one in picky.told(picky.secret)] == ["campaign.closed"]
    # One seat was given back before it was told of: nothing is left of it to tell.
    (left,) = WebhookDelivery.objects.exclude(state="delivered")
    assert (left.kind, left.state) == ("registration.confirmed", "dropped")
    gone = [one["data"] for one in listener.told() if one["type"] == "registration.cancelled"]
    assert [set(one) for one in gone if len(one) == 2] == [{"id", "state"}]
    assert set(description()["webhooks"]) == set(KINDS)


def test_what_is_not_committed_edited_or_wanted_is_not_told(
    workshop: Workshop, listener: Listener
) -> None:
    with transaction.atomic():
        campaigns.moved("campaign.closed", workshop.campaign)
        transaction.set_rollback(True)
    names = workshop_edits.Details.__dataclass_fields__
    same = {name: getattr(workshop, name) for name in names}
    workshop_edits.save(workshop_id=workshop.pk, details=workshop_edits.Details(**same))
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.DRAFT)
    changed = workshop_edits.Details(**{**same, "title": "Still a draft"})
    workshop_edits.save(workshop_id=workshop.pk, details=changed)
    assert not WebhookDelivery.objects.exists()

    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.PUBLISHED)
    changed = workshop_edits.Details(**{**same, "title": "Another title"})
    workshop_edits.save(workshop_id=workshop.pk, details=changed)
    assert WebhookDelivery.objects.get().kind == "workshop.changed"


def test_where_seats_are_carried_nothing_tells_when_somebody_came(
    story: Story, workshop: Workshop, listener: Listener
) -> None:
    Workshop.objects.filter(pk=workshop.pk).update(surplus_minimum_minor=1000)
    story.give(workshop)
    sender.send_due()
    assert kinds(listener) == ["donation.succeeded"]


def test_a_failure_is_tried_again_as_long_as_promised_then_by_a_person(
    listener: Listener, clock: Clock
) -> None:
    listener.receiver.answers = [500, 302, *[503] * 8]
    row = outbox.tell_test(listener.endpoint)
    for pause in sender.PAUSES:
        assert sender.send_due() == 1
        row.refresh_from_db()
        assert (row.state, row.due_at) == ("queued", clock.now() + pause)
        clock.advance(pause - timedelta(seconds=1))
        assert sender.send_due() == 0
        clock.advance(seconds=1)
    assert sender.send_due() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.status) == ("failed", sender.MAXIMUM_ATTEMPTS, 503)
    assert len(listener.receiver.received) == sender.MAXIMUM_ATTEMPTS  # no redirect was followed
    clock.advance(hours=1)
    assert sender.send_due() == 0

    assert deliveries.replay_failed(listener.fresh(), clock.now() - timedelta(minutes=5)) == 0
    assert deliveries.replay_failed(listener.fresh(), row.happened_at) == 1
    sender.send_due()
    row.refresh_from_db()
    assert (row.state, row.attempts, listener.fresh().failures) == ("delivered", 1, 0)
    assert deliveries.replay(listener.fresh(), row)
    sender.send_due()
    assert set(listener.ids()) == {row.header_id}  # twelve requests, one number


def test_dying_between_sending_and_marking_sends_it_again_with_the_same_id(
    listener: Listener, clock: Clock
) -> None:
    outbox.tell_test(listener.endpoint)
    dead = claims.take()
    assert dead is not None
    sender._post(dead, sender.body_of(dead) or "")  # and dies
    assert sender.send_due() == 0  # it is leased to the dead one
    clock.advance(claims.LEASE)

    assert sender.send_due() == 1

    assert len(listener.ids()) == 2
    assert len(set(listener.ids())) == 1
    assert not claims.finish(dead, sender.WebhookState.FAILED)  # its token does not count any more
    assert WebhookDelivery.objects.get().state == "delivered"


def test_one_that_fails_rests_and_delays_no_other(
    listener: Listener, clock: Clock, receiver: Receiver
) -> None:
    receiver.answers = [500]
    for _ in range(2):
        clock.advance(seconds=1)
        outbox.tell_test(listener.endpoint)
    with Receiver() as second:
        well = Listener(second, listener.endpoint.team)
        outbox.tell_test(well.endpoint)
        assert sender.send_due() == 2
        assert (len(receiver.received), len(second.received)) == (1, 1)
    assert deliveries.oldest_unsent(clock.now()) is None
    clock.advance(seconds=5)
    assert deliveries.oldest_unsent(clock.now()) is not None
    assert sender.send_due() == 2


@pytest.mark.parametrize("why", ["gone", "failing"])
def test_an_address_that_is_gone_or_fails_for_days_is_stopped_and_owners_are_told(
    story: Story, listener: Listener, alice: User, clock: Clock, why: str
) -> None:
    row = outbox.tell_test(listener.endpoint)
    if why == "gone":
        listener.receiver.answers = [410]
    else:
        long_ago = clock.now() - sender.PATIENCE - timedelta(seconds=1)
        WebhookEndpoint.objects.update(failing_since=long_ago, failures=7)
        listener.receiver.answers = [500]
    clock.advance(seconds=1)
    waiting = outbox.tell_test(listener.endpoint)
    sender.send_due()

    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.state, waiting.state, waiting.error) == ("failed", "failed", "stopped")
    assert listener.fresh().stopped_because == why
    (mail,) = story.mails()
    assert mail["To"] == "alice@example.org"
    assert f"/webhooks/{listener.endpoint.public_id}/" in body(mail)
    outbox.tell("campaign.closed", campaign_id=_campaign_id(listener), key="1", campaign=1)
    assert WebhookDelivery.objects.count() == 2
    with pytest.raises(deliveries.StoppedError):
        deliveries.replay(listener.fresh(), row)

    endpoints.start(listener.fresh())
    deliveries.replay_failed(listener.fresh(), row.happened_at)
    sender.send_due()
    assert not WebhookDelivery.objects.exclude(state="delivered").exists()


def _campaign_id(listener: Listener) -> int:
    return int(listener.endpoint.team.campaigns.get().pk)


def test_a_new_secret_and_the_one_before_both_sign_for_a_day(
    listener: Listener, clock: Clock
) -> None:
    new = endpoints.rotate(listener.endpoint)
    outbox.tell_test(listener.endpoint)
    sender.send_due()
    assert new != listener.secret
    assert listener.told(new) == listener.told(listener.secret)
    clock.advance(hours=24, seconds=1)
    outbox.tell_test(listener.endpoint)
    sender.send_due()
    del listener.receiver.received[0]
    assert len(listener.told(new)) == 1
    with pytest.raises(WebhookVerificationError):
        listener.told(listener.secret)


def test_the_log_is_forgotten_after_a_month_and_a_removed_address_with_it(
    listener: Listener, clock: Clock
) -> None:
    outbox.tell_test(listener.endpoint)
    sender.send_due()
    endpoints.remove(listener.endpoint)
    clock.advance(days=29)
    assert retention.apply(gateway=for_workers()).webhooks == 0
    clock.advance(days=2)
    assert retention.apply(gateway=for_workers()).webhooks == 1
    assert not WebhookEndpoint.objects.exists()


def test_a_campaign_in_test_mode_is_not_told_of(listener: Listener) -> None:
    team = listener.endpoint.team
    for values in ({"test_mode": True, "stripe_account": "test"}, {}):
        campaigns.moved("campaign.closed", make_campaign(team=team, **values))
    sender.send_due()
    assert [one["data"]["state"] for one in listener.told()] == ["published"]


def test_a_suspended_team_is_told_nothing(listener: Listener, clock: Clock) -> None:
    campaign_id = _campaign_id(listener)
    outbox.tell("campaign.closed", campaign_id=campaign_id, key="1", campaign=campaign_id)
    type(listener.endpoint.team).objects.update(suspended_at=clock.now())
    sender.send_due()
    assert WebhookDelivery.objects.get().state == "dropped"
    assert listener.receiver.received == []
