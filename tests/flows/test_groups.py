"""Several named seats in one payment, one gift for all of them."""

from __future__ import annotations

import uuid

import pytest

from donations.models import Donation
from events.models import Booking, Message, Workshop
from events.services import access
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.story import Story, address, plain

FRIENDS = {
    "seats": "3",
    "person_2_name": "Fred",
    "person_2_email": "fred@example.org",
    "person_3_name": "Fay",
    "person_3_email": "",
}


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(make_campaign(), zero_allowed=True)


def people(booking: Booking) -> list[tuple[int, str, str]]:
    """Return the persons of a booking in order."""
    rows = booking.registrations.order_by("position")
    return list(rows.values_list("position", "name", "email"))


def test_the_form_asks_for_each_persons_name(story: Story, workshop: Workshop) -> None:
    page = story.page(address(workshop))
    assert 'name="person_2_name"' in page
    assert 'name="person_6_email"' in page
    assert 'name="person_7_name"' not in page
    assert page.count("of-seat-") == 5


def test_a_workshop_with_two_seats_left_asks_for_two(story: Story) -> None:
    workshop = make_workshop(make_campaign(), capacity=2)
    page = story.page(address(workshop))
    assert 'name="person_2_name"' in page
    assert 'name="person_3_name"' not in page


def test_a_group_is_seated_by_one_gift(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop, **FRIENDS)
    booking = donation.booking
    assert booking is not None
    assert (booking.state, booking.seats) == ("confirmed", 3)
    assert people(booking) == [
        (1, "Dora", "dora@example.org"),
        (2, "Fred", "fred@example.org"),
        (3, "Fay", ""),
    ]
    assert story.total(workshop.campaign).donors == 1
    fred = booking.registrations.get(position=2)
    wanted = {f"confirmation:{booking.pk}", f"confirmation:{booking.pk}:{fred.pk}:1"}
    keys = set(Message.objects.filter(kind="confirmation").values_list("key", flat=True))
    assert keys == wanted, "who has no address of their own is on the payer’s"


def test_each_person_gets_a_link_of_their_own(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop, **FRIENDS)
    assert donation.booking is not None
    sent = {str(mail["To"]): plain(mail.as_string()) for mail in story.mails()}
    assert set(sent) == {"dora@example.org", "fred@example.org"}
    links = [access.registration_link(one) for one in donation.booking.registrations.all()]
    assert len(set(links)) == 3


def test_names_are_required_and_nothing_typed_is_lost(story: Story, workshop: Workshop) -> None:
    typed = {**FRIENDS, "person_2_name": "", "person_3_email": "no address"}
    answer = story.post(workshop, **typed)
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert page.count("Write this person’s name") == 2, "in the summary and at the field"
    assert 'href="#id_person_2_name"' in page
    assert 'value="fred@example.org"' in page
    assert 'value="no address"' in page
    assert not Booking.objects.exists()


def test_what_stands_in_hidden_fields_is_not_looked_at(story: Story, workshop: Workshop) -> None:
    """Two friends were typed, then one seat was chosen after all."""
    donation = story.register(workshop, **{**FRIENDS, "seats": "1", "person_2_email": "no address"})
    assert donation.booking is not None
    assert people(donation.booking) == [(1, "Dora", "dora@example.org")]


def test_other_people_are_another_booking(story: Story, workshop: Workshop) -> None:
    nonce = str(uuid.uuid4())
    first = story.register(workshop, nonce=nonce, **FRIENDS)
    assert story.register(workshop, nonce=nonce, **FRIENDS) == first
    second = story.register(workshop, nonce=nonce, **{**FRIENDS, "person_3_name": "Finn"})
    assert second != first
    first.refresh_from_db()
    assert first.state == "expired"
    assert Donation.objects.live().get() == second


def test_a_group_may_come_without_giving(story: Story, workshop: Workshop) -> None:
    story.post(workshop, amount="other", other_amount="0", **FRIENDS)
    booking = Booking.objects.get()
    assert [name for _n, name, _email in people(booking)] == ["Dora", "Fred", "Fay"]
    story.client.post(f"/confirm/{access.booking_link(booking, access.CONFIRM_LINK)}/")
    assert Message.objects.filter(kind="confirmation").count() == 2


def test_a_group_from_the_line_names_its_people_when_it_is_their_turn(story: Story) -> None:
    workshop = make_workshop(make_campaign(), capacity=2)
    held = story.register(workshop, seats=2, person_2_name="Holly")
    form = {"name": "Wanda", "email": "wanda@example.org", "nonce": str(uuid.uuid4())}
    story.client.post(f"{address(workshop)}wait/", {**form, "seats": "2"})
    story.sandbox.post("expire", session=held.session_id)
    story.webhooks(held)
    story.sweep(held)
    booking = Booking.objects.get(email="wanda@example.org")
    own = f"/b/{access.booking_link(booking)}/seat/"
    page = story.page(own)
    assert 'name="person_2_name"' in page
    assert "of-seat-2" not in page, "the number of seats stands: nothing is hidden"
    answer = story.client.post(own, give_form(name="Wanda", person_2_name=""))
    assert answer.status_code == 422
    answer = story.client.post(own, give_form(name="Wanda", person_2_name="Willy"))
    story.pay(Donation.objects.get(session_url=answer["Location"]))
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    assert [name for _n, name, _email in people(booking)] == ["Wanda", "Willy"]
