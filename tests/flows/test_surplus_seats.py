"""Free seats that the surplus of others' gifts carries, which nobody can tell from paid ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.gateway.stripe import for_workers
from donations.models import CancellationChoice, Donation
from donations.services import refunding
from donations.services.declaring import carried
from donations.services.mails import notices
from donations.services.person import personal_data
from events.models import Booking, Campaign, Membership, Person, Workshop
from events.services.seating import seats
from tests.flows.test_cancelled_choices import cancel
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.exports import cells, export
from tests.support.story import Story, address, body


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    """A seat takes 20 dollars."""
    return make_workshop(campaign, surplus_seats=True, surplus_minimum_minor=2000)


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _ask(story: Story, shop: Workshop, email: str = "gus@example.org", **typed: str) -> Any:
    form = {"name": "Gus", "email": email, "nonce": str(uuid4()), **typed}
    return story.client.post(f"{address(shop)}carried-seat/", form)


def _confirm_path(story: Story) -> str:
    (mail,) = [one for one in story.mails() if "One click" in one["Subject"]]
    found = re.search(r"http://[^/\s]+(/confirm/\S+)", body(mail))
    assert found
    return found.group(1)


def _take(story: Story, shop: Workshop, email: str = "gus@example.org") -> Booking:
    assert _ask(story, shop, email).status_code == 200
    assert story.client.post(_confirm_path(story)).status_code == 302
    return Booking.objects.get(email=email)


def test_what_others_give_on_top_carries_a_seat(story: Story, shop: Workshop) -> None:
    assert "I cannot give right now" not in story.page(address(shop))
    story.give(shop, amount="other", other_amount="39.99")
    assert carried.funded(shop) == 0
    assert _ask(story, shop).status_code == 409
    story.give(shop, amount="other", other_amount="40.01", email="eli@example.org")
    story.mails()
    assert carried.funded(shop) == 2
    page = story.page(address(shop))
    assert "that carries 2 seats" in page

    booking = _take(story, shop)
    assert booking.state == "confirmed"
    (mail,) = story.mails()
    assert mail["Subject"] == "You are in: How to open a web shop"
    assert "that carries 2 seats" in story.page(address(shop)), "never how many were taken"
    assert _take(story, shop, "hal@example.org").state == "confirmed"
    assert _ask(story, shop, "ida@example.org").status_code == 409
    assert story.total(shop.campaign).donors == 2


def test_a_later_refund_takes_no_seat_and_gives_no_further_one(
    story: Story, shop: Workshop
) -> None:
    gift = story.give(shop, amount="other", other_amount="100")
    story.mails()
    booking = _take(story, shop)
    assert gift.payment_intent_id is not None
    refunding.give_back(gift, gift.payment_intent_id, occasion="late", gateway=for_workers())
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    assert _ask(story, shop, "ida@example.org").status_code == 409


def test_a_late_click_takes_a_seat_only_if_one_is_still_carried(
    story: Story, shop: Workshop, clock: Clock
) -> None:
    story.give(shop, amount="other", other_amount="40")
    story.mails()
    assert _ask(story, shop).status_code == 200
    late = _confirm_path(story)
    assert _ask(story, shop, "hal@example.org").status_code == 409, "it is kept for an hour"
    clock.advance(minutes=61)
    for pk in seats.overdue_hold_ids(clock.now()):
        seats.expire_hold(pk, clock.now())
    _take(story, shop, "hal@example.org")
    story.client.post(late)
    assert Booking.objects.get(email="gus@example.org").state == "expired"
    story.give(shop, amount="other", other_amount="40", email="eli@example.org")
    story.client.post(late)
    assert Booking.objects.get(email="gus@example.org").state == "confirmed"


def _people(organizer: Client, shop: Workshop) -> dict[str, str]:
    """Return each person's card, without name, address, and the numbers that tell rows apart."""
    page = organizer.get(reverse("workshop_people", args=[shop.public_id])).content.decode()
    cards = re.findall(r'<li class="card person"[^>]*>(.*?)\n</li>', page, flags=re.DOTALL)
    found = {}
    for card in cards:
        name = re.search(r"<h2>(.*?)</h2>", card)
        assert name
        plain = re.sub(r"[0-9a-f-]{36}|csrfmiddlewaretoken\" value=\"\w+|\S+@\S+", "", card)
        found[name.group(1)] = plain.replace(name.group(1), "")
    return found


def test_the_list_of_people_does_not_tell_who_paid(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    story.give(shop, amount="other", other_amount="80")
    story.mails()
    _take(story, shop)
    story.mails()
    cards = _people(organizer, shop)
    assert set(cards) == {"Dora", "Gus"}
    assert cards["Dora"] == cards["Gus"]

    carried.set_up(shop, on=False, minimum_minor=None)
    cards = _people(organizer, shop)
    assert cards["Dora"] == cards["Gus"], "not even later"
    Workshop.objects.update(surplus_minimum_minor=None)
    cards = _people(organizer, shop)
    assert cards["Dora"] != cards["Gus"], "control: the mail to confirm the address tells"


def test_exports_do_not_tell_who_paid(story: Story, shop: Workshop, tmp_path: Path) -> None:
    given = story.give(shop, amount="other", other_amount="80", message="Love, Dora")
    story.mails()
    _take(story, shop)
    story.sandbox.refund(charge=given.charge_id, amount=100)
    story.webhooks(given)
    (gift,) = cells(export(tmp_path, "donations"))
    told = (gift["name"], gift["email"], gift["message"], gift["amount"])
    assert told == ("", "", "", "80.00")
    (back,) = cells(export(tmp_path, "refunds"))
    assert (back["name"], back["email"], back["amount"]) == ("", "", "1.00")
    people = cells(export(tmp_path, "registrations"))
    assert {one["name"] for one in people} == {"Dora", "Gus"}
    assert {one["confirmed_at (UTC)"] for one in people} == {""}
    Workshop.objects.update(surplus_seats=False, surplus_minimum_minor=None)
    (gift,) = cells(export(tmp_path, "donations"))
    assert (gift["name"], gift["message"]) == ("Dora", "Love, Dora"), "control: it would be told"
    (back,) = cells(export(tmp_path, "refunds"))
    assert back["email"] == "dora@example.org", "control"


def test_a_refund_that_is_stuck_does_not_tell_who_paid(
    story: Story, shop: Workshop, organizer: Client, alice: User
) -> None:
    story.give(shop, name="Dora Quill")
    cancel(alice, shop)
    CancellationChoice.objects.update(choice="refund", set_aside_at=timezone.now())
    path = f"/organize/workshops/{shop.public_id}/cancelled/"
    page = organizer.get(path).content.decode()
    assert "These did not go through" in page
    assert "Quill" not in page
    Donation.objects.update(quarantine="amount")
    dashboard = organizer.get("/organize/").content.decode()
    assert "Somebody paid, but" in dashboard
    assert "Quill" not in dashboard
    Workshop.objects.update(surplus_seats=False, surplus_minimum_minor=None)
    assert "Quill" in organizer.get(path).content.decode(), "control"
    assert "Quill" in organizer.get("/organize/").content.decode(), "control"
    Donation.objects.update(quarantine="")


def test_notices_of_gifts_name_nobody_who_hides(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    Membership.objects.update(wants_gift_mails=True)
    story.give(shop, amount="other", other_amount="80", hide_name="on", name="Secret Sam")
    notices.plan()
    (notice,) = [one for one in story.mails() if one["To"] == "alice@example.org"]
    assert "Secret Sam" not in body(notice)


def test_its_holder_is_told_in_their_own_data_and_nobody_else(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    story.give(shop, amount="other", other_amount="80")
    story.mails()
    booking = _take(story, shop)
    person = Person.objects.create(email=booking.email, language="en")
    (told,) = personal_data.of_person(person)["bookings"]
    assert told["carried_by_others"] is True
    assert Donation.objects.filter(booking=booking).count() == 0


def test_an_organizer_turns_it_on_with_what_a_seat_takes(
    campaign: Campaign, organizer: Client, bob: User, charlie: User
) -> None:
    shop = make_workshop(campaign)
    path = f"/organize/workshops/{shop.public_id}/carried/"
    bad = organizer.post(path, {"surplus_seats": "on", "minimum": ""})
    assert bad.status_code == 422
    assert 'id="id_minimum_error"' in bad.content.decode()
    assert organizer.post(path, {"surplus_seats": "on", "minimum": "20"}).status_code == 302
    shop.refresh_from_db()
    assert (shop.surplus_seats, shop.surplus_minimum_minor) == (True, 2000)
    organizer.post(path, {"minimum": ""})
    shop.refresh_from_db()
    assert shop.surplus_seats is False
    assert shop.hides_carried, "who has one stays hidden"
    for person, status in ((bob, 403), (charlie, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(path).status_code == status


def test_bad_input_and_a_workshop_without_it(story: Story, shop: Workshop) -> None:
    answer = _ask(story, shop, "nobody")
    assert answer.status_code == 422
    assert 'id="carried_email_error"' in answer.content.decode()
    other = make_workshop(make_campaign())
    assert _ask(story, other).status_code == 302
    Campaign.objects.update(destination="external")
    assert carried.funded(Workshop.objects.select_related("campaign").get(pk=shop.pk)) == 0
    assert not Booking.objects.exists()
