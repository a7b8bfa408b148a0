"""The pages of webhooks: for owners and organizers; a secret is shown once and kept nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.test import Client

from events.models import Campaign, Membership, WebhookDelivery, WebhookEndpoint
from events.services.webhooks import endpoints, sender
from events.states import Role
from tests.sandbox.receiver import Receiver
from tests.support.receiving import verified

KINDS = ["donation.succeeded", "campaign.closed"]


@pytest.fixture
def organizer(alice: User) -> Client:
    Membership.objects.filter(user=alice).update(role=Role.ORGANIZER)
    client = Client()
    client.force_login(alice)
    return client


def page(campaign: Campaign) -> str:
    return f"/organize/teams/{campaign.team.public_id}/webhooks/"


def secret_in(answer: Any) -> str:
    return str(answer.content.decode().split('<code class="share-address">')[1].split("<")[0])


def test_an_organizer_adds_tests_rotates_stops_and_removes_an_address(
    organizer: Client, campaign: Campaign, receiver: Receiver
) -> None:
    made = organizer.post(page(campaign), {"url": receiver.url, "kinds": KINDS})
    assert made.status_code == 201
    secret, row = secret_in(made), WebhookEndpoint.objects.get()
    own = f"{page(campaign)}{row.public_id}/"
    assert row.kinds == KINDS
    assert secret not in serializers.serialize("json", WebhookEndpoint.objects.all())
    assert secret not in organizer.get(own).content.decode()
    assert "no-store" in made.headers["Cache-Control"]

    organizer.post(f"{own}test/")
    sender.send_due()
    (_path, headers, body) = receiver.received[0]
    assert verified(secret, headers, body)["data"] == {"id": str(row.public_id)}
    log = organizer.get(own).content.decode()
    assert headers["webhook-id"] in log
    assert "answer 200" in log

    rotated = organizer.post(f"{own}rotate/")
    delivery = WebhookDelivery.objects.get()
    again = f"{own}deliveries/{delivery.message_id}/again/"
    assert organizer.post(again).status_code == 302
    sender.send_due()
    (_path, headers, body) = receiver.received[1]
    assert headers["webhook-id"] == delivery.header_id
    assert verified(secret_in(rotated), headers, body) == verified(secret, headers, body)

    organizer.post(f"{own}stop/")
    for path in (again, f"{own}test/", f"{own}again/"):
        assert "It is stopped" in organizer.post(path, follow=True).content.decode()
    assert sender.send_due() == 0
    organizer.post(f"{own}start/")
    WebhookDelivery.objects.update(state="failed")
    said = organizer.post(f"{own}again/", {"hours": "1"}, follow=True).content.decode()
    assert "1 delivery is sent again" in said
    organizer.post(f"{own}remove/")
    assert organizer.get(own).status_code == 404
    assert sender.send_due() == 0


REFUSED = {
    "": "Write the address of your program.",
    "nowhere": "Write the whole address",
    "http://example.org/": "must start with https://",
    "https://user@example.org/": "Write the whole address",
    "https://10.0.0.1/": "not reachable from the internet",
    "https://example.org:99999/": "Write the whole address",
    "https://exam\u00e9ple.org/\r\nHost: x": "Write the whole address",
}


def test_an_address_that_cannot_be_asked_is_refused_at_its_field(
    organizer: Client, campaign: Campaign
) -> None:
    for url, words in REFUSED.items():
        answer = organizer.post(page(campaign), {"url": url, "kinds": KINDS})
        assert answer.status_code == 422, url
        assert words in answer.content.decode(), url
    assert "Choose at least one" in organizer.post(page(campaign)).content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_there_is_an_end_of_addresses(organizer: Client, campaign: Campaign) -> None:
    form = {"url": "https://example.org/", "kinds": KINDS}
    for _ in range(endpoints.MOST):
        assert organizer.post(page(campaign), form).status_code == 201
    assert organizer.post(page(campaign), form).status_code == 422
    assert WebhookEndpoint.objects.count() == endpoints.MOST


def test_viewers_and_other_teams_see_and_do_nothing(
    organizer: Client, bob: User, charlie: User, campaign: Campaign
) -> None:
    organizer.post(page(campaign), {"url": "https://example.org/", "kinds": KINDS})
    row = WebhookEndpoint.objects.get()
    own = f"{page(campaign)}{row.public_id}/"
    for user, status in ((bob, 403), (charlie, 404)):
        client = Client()
        client.force_login(user)
        assert client.get(page(campaign)).status_code == status
        assert client.get(own).status_code == status
        assert client.post(f"{own}rotate/").status_code == status
    # By the address of their own team, another's endpoint is not there either.
    theirs = Membership.objects.get(user=charlie).team
    stranger = Client()
    stranger.force_login(charlie)
    for verb in ("rotate", "test", "stop", "remove"):
        path = f"/organize/teams/{theirs.public_id}/webhooks/{row.public_id}/{verb}/"
        assert stranger.post(path).status_code == 404
    row.refresh_from_db()
    assert (row.secret_version, row.is_on) == (1, True)
