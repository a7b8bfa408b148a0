"""Places that cost nothing are limited for each client; a taken address has a way out by mail."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from donations.models import ClientTry, Donation, KeptForm
from donations.services.abuse import limits
from events.models import Booking, Campaign
from events.services.seating import free_seats
from tests.support.cast import give_form, make_workshop
from tests.support.clock import Clock
from tests.support.outbox import seat
from tests.support.story import Story, body

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limited(settings: Any) -> None:
    settings.LIMITS = replace(
        settings.LIMITS,
        free_seats_per_client=2,
        waiting_places_per_client=2,
        open_sessions_per_address=3,
    )


def free(client: Client, path: str, number: int, **more: str) -> Any:
    form = give_form(amount="other", other_amount="0", email=f"p{number}@example.org", **more)
    return client.post(path, form)


def test_free_seats_of_one_client_are_limited_until_they_are_confirmed(
    client: Client, campaign: Campaign, clock: Clock
) -> None:
    shop = make_workshop(campaign, zero_allowed=True, capacity=9)
    path = f"/c/{campaign.slug}/{shop.slug}/"
    same = str(uuid.uuid4())
    assert [free(client, path, 0, nonce=same).status_code for _ in range(3)] == [200] * 3
    assert free(client, path, 1).status_code == 200
    answer = free(client, path, 2, message="Well done")
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3601
    assert "how many can be asked for" in page
    assert "p2@example.org" in page
    assert "Well done" in page
    assert Booking.objects.count() == ClientTry.objects.count() == 2
    # Another network has its own number, and a confirmed seat makes room.
    client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert free(client, path, 3).status_code == 200
    client.defaults["REMOTE_ADDR"] = "127.0.0.1"
    free_seats.confirm(Booking.objects.earliest("pk").pk)
    assert free(client, path, 2).status_code == 200
    assert free(client, path, 4).status_code == 429
    clock.advance(hours=1)
    assert free(client, path, 4).status_code == 200
    clock.advance(days=1)
    assert limits.forget_clients() >= 5
    assert not ClientTry.objects.exists()


def test_a_full_workshop_takes_nothing_off_the_number(client: Client, campaign: Campaign) -> None:
    shop = make_workshop(campaign, zero_allowed=True, capacity=1)
    seat(shop, 1)
    for number in range(4):
        assert free(client, f"/c/{campaign.slug}/{shop.slug}/", number).status_code != 429
    assert not ClientTry.objects.exists()


def test_places_in_lines_are_limited_alike_for_known_and_unknown_addresses(
    client: Client, campaign: Campaign, settings: Any
) -> None:
    shop = make_workshop(campaign, waiting_list=True, capacity=1)
    seat(shop, 1, email="known@example.org")
    path = f"/c/{campaign.slug}/{shop.slug}/wait/"

    def wait(email: str) -> Any:
        return client.post(path, {"name": "Dora", "email": email, "nonce": str(uuid.uuid4())})

    assert [wait(one).status_code for one in ("known@example.org", "a@example.org")] == [200, 200]
    for email in ("known@example.org", "b@example.org"):
        answer = wait(email)
        assert answer.status_code == 429
        assert "how many can be asked for" in answer.content.decode()
        assert f'value="{email}"' in answer.content.decode()
    assert Booking.objects.filter(state="waiting").count() == 1
    settings.LIMITS = replace(settings.LIMITS, waiting_places_per_client=0)  # control
    assert wait("b@example.org").status_code == 200


def test_who_finds_the_address_taken_goes_on_by_a_mailed_link(
    story: Story, campaign: Campaign, sandbox: object
) -> None:
    path = f"/c/{campaign.slug}/give/"
    story.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    for _ in range(3):
        assert story.client.post(path, give_form(email="dora@example.org")).status_code == 302
    story.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    mine = give_form(email="dora@example.org", message="From Dora herself")
    answer = story.client.post(path, mine)
    assert answer.status_code == 429
    assert 'name="by_mail"' in answer.content.decode()
    assert "From Dora herself" in answer.content.decode()
    story.mails()
    assert story.client.post(path, {**mine, "by_mail": "yes"}).status_code == 200
    assert KeptForm.objects.get().fields["message"] == "From Dora herself"
    [mail] = story.mails()
    link = re.search(r"https?://[^/\s]+(/\S+)", body(mail))
    assert link is not None
    page = story.client.get(link[1]).content.decode()
    token = re.search(r'name="mailed" value="([^"]+)"', page)
    assert token is not None
    # Control: a link of another gift, or none, opens nothing.
    other = give_form(email="dora@example.org", message="Another gift")
    assert story.client.post(path, {**other, "mailed": token[1]}).status_code == 429
    assert Donation.objects.count() == 3
    assert story.client.post(path, {**mine, "mailed": token[1]}).status_code == 302
    assert Donation.objects.count() == 4


def test_who_began_too_many_payments_gets_no_such_way(
    client: Client, campaign: Campaign, settings: Any, sandbox: object
) -> None:
    settings.LIMITS = replace(settings.LIMITS, unpaid_sessions_per_hour=1)
    path = f"/c/{campaign.slug}/give/"
    assert client.post(path, give_form(email="a@example.org")).status_code == 302
    form = {**give_form(email="b@example.org"), "by_mail": "yes"}
    answer = client.post(path, form)
    assert answer.status_code == 429
    assert 'name="by_mail"' not in answer.content.decode()
    assert not KeptForm.objects.exists()


def test_tries_are_counted_by_the_hour(clock: Clock) -> None:
    number = uuid.uuid4()
    ClientTry.objects.create(what="waiting", client_hash="one", nonce=number, at=clock.now())
    asked = {"what": "waiting", "client_hash": "one", "nonce": uuid.uuid4()}
    with pytest.raises(limits.PlacesTakenError) as refused:
        limits.take_place(most=1, **asked)
    assert refused.value.until == clock.now() + timedelta(hours=1)
    limits.take_place(most=1, what="waiting", client_hash="one", nonce=number)  # the same form
    limits.take_place(most=1, what="free seat", client_hash="one", nonce=number)
