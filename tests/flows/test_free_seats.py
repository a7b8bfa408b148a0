"""Seats without a gift, where the team allows zero."""

from __future__ import annotations

import re

import pytest

from events.models import Booking, Workshop
from events.services import access
from events.services.seating import seats
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, address, body, calendar_of


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(make_campaign(), zero_allowed=True, capacity=1)


def _confirm_path(text: str) -> str:
    found = re.search(r"http://[^/\s]+(/confirm/\S+)", text)
    assert found
    return found.group(1)


def _ask(story: Story, workshop: Workshop, **typed: str) -> str:
    """Register with zero; return the path of the mailed link."""
    answer = story.post(workshop, amount="other", other_amount="0", **typed)
    assert answer.status_code == 200
    assert "dora@example.org" in answer.content.decode()
    (mail,) = story.mails()
    assert mail["Subject"] == "One click to register: How to open a web shop"
    return _confirm_path(body(mail))


def test_zero_is_said_beside_the_field(story: Story, workshop: Workshop) -> None:
    assert "type 0" in story.page(address(workshop))


def test_a_mailed_button_confirms_a_free_seat(story: Story, workshop: Workshop) -> None:
    path = _ask(story, workshop)
    booking = Booking.objects.get()
    assert booking.state == "held"

    for _ in range(2):
        assert "Yes, I am coming" in story.page(path)
        booking.refresh_from_db()
        assert booking.state == "held", "GET changes nothing"

    answer = story.client.post(path)
    assert answer.status_code == 302
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    assert "Confirmed" in story.page(answer["Location"])
    (mail,) = story.mails()
    assert mail["Subject"] == "You are in: How to open a web shop"
    assert "What you paid" not in body(mail)
    assert "BEGIN:VEVENT" in calendar_of(mail)

    story.client.post(path)
    assert story.mails() == [], "a second click sends nothing"
    assert "Yes, I am coming" not in story.page(path), "nothing is left to confirm"
    assert story.total(workshop.campaign).donors == 0


def test_a_hold_that_nobody_confirmed_is_for_sale_again(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    path = _ask(story, workshop)
    assert "Every seat is taken" in story.page(address(workshop))
    booking = Booking.objects.get()
    clock.advance(minutes=61)
    for pk in seats.overdue_hold_ids(clock.now()):
        seats.expire_hold(pk, clock.now())
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0

    page = story.page(path)
    assert "ran out" in page
    story.client.post(path)
    booking.refresh_from_db()
    assert booking.state == "confirmed", "a seat was still there"


def test_a_late_click_when_the_seat_is_gone_says_so(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    path = _ask(story, workshop)
    booking = Booking.objects.get()
    clock.advance(minutes=61)
    seats.expire_hold(booking.pk, clock.now())
    quicker = story.give(workshop, email="quicker@example.org")
    assert quicker.booking.state == "confirmed"

    answer = story.client.post(path)
    booking.refresh_from_db()
    assert booking.state == "expired"
    page = story.page(answer["Location"])
    assert "Your seat was released" in page
    assert "Add it to your calendar" not in page


def test_the_same_form_twice_is_one_booking_and_one_mail(story: Story, workshop: Workshop) -> None:
    nonce = "5a1f1c0e-3b0b-4bd0-8a5b-000000000001"
    for _ in range(2):
        answer = story.post(workshop, amount="other", other_amount="0", nonce=nonce)
        assert answer.status_code == 200
    assert Booking.objects.count() == 1
    assert len(story.mails()) == 1


def test_a_late_click_gives_no_second_seat_to_a_confirmed_address(
    story: Story, clock: Clock
) -> None:
    workshop = make_workshop(make_campaign(), zero_allowed=True, capacity=5)
    late = _ask(story, workshop)
    clock.advance(minutes=61)
    for pk in seats.overdue_hold_ids(clock.now()):
        seats.expire_hold(pk, clock.now())
    story.client.post(_ask(story, workshop))
    story.client.post(late)
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["confirmed", "expired"]


def test_a_second_free_seat_of_one_address_leads_to_the_ticket_it_has(story: Story) -> None:
    workshop = make_workshop(make_campaign(), zero_allowed=True, capacity=5)
    story.client.post(_ask(story, workshop))
    first = Booking.objects.get(state="confirmed")
    story.mails()
    answer = story.client.post(_ask(story, workshop))
    assert access.booking_link(first) in answer["Location"]
    assert "Your ticket" in story.page(answer["Location"])
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
