"""The waiting list as its people live it: join, wait, be offered a seat, take it, leave it."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import sweeper
from events.models import Booking, Message, Workshop
from events.services import access
from events.services.seating import waiting_list
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, address, body, plain


@pytest.fixture
def workshop(db: None) -> Workshop:
    """A workshop with two seats, where nothing may be given, too."""
    return make_workshop(make_campaign(), capacity=2, zero_allowed=True, offer_minutes=120)


def join(story: Story, workshop: Workshop, name: str = "Wanda", **typed: Any) -> Any:
    """Send the form of the waiting list."""
    form = {"name": name, "email": f"{name.lower()}@example.org", "nonce": str(uuid.uuid4())}
    return story.client.post(f"{address(workshop)}wait/", {**form, "seats": "1", **typed})


def booking(name: str) -> Booking:
    """Return the one booking of a person."""
    return Booking.objects.select_related("workshop__campaign").get(email=f"{name}@example.org")


def own(name: str) -> str:
    """Return the path of a person's own page."""
    return f"/b/{access.booking_link(booking(name))}/"


def fill(story: Story, workshop: Workshop) -> list[Donation]:
    """Sell both seats."""
    return [story.give(workshop, email=f"first{n}@example.org") for n in range(2)]


def give_back(story: Story, donation: Donation) -> None:
    """Give a seat back, and let the sweeper come round."""
    assert donation.booking is not None
    story.client.post(f"/b/{access.booking_link(donation.booking)}/cancel/")
    sweeper.sweep(gateway=for_workers())


def test_a_full_workshop_has_the_form_to_wait(story: Story, workshop: Workshop) -> None:
    assert "Join the waiting list" not in story.page(address(workshop))
    fill(story, workshop)
    page = story.page(address(workshop))
    assert "Join the waiting list" in page
    assert "Rejoindre la liste d’attente" in story.page(address(workshop), language="fr")

    answer = join(story, workshop)
    assert answer.status_code == 200
    assert "wanda@example.org" in answer.content.decode()
    assert booking("wanda").state == "waiting"
    workshop.refresh_from_db()
    assert workshop.seats_taken == 2, "who waits holds nothing"
    assert "number 1 in the line" in story.page(own("wanda"))


def test_a_workshop_without_a_list_has_no_form(story: Story) -> None:
    workshop = make_workshop(make_campaign(), capacity=1, waiting_list=False)
    story.give(workshop)
    assert "Join the waiting list" not in story.page(address(workshop))
    assert join(story, workshop).status_code == 409
    assert not Booking.objects.filter(state="waiting").exists()


def test_an_address_joins_once_and_the_answer_is_the_same(story: Story, workshop: Workshop) -> None:
    fill(story, workshop)
    answers = [
        join(story, workshop),
        join(story, workshop),
        join(story, workshop, email="WANDA@example.org"),
        join(story, workshop, email="first0@example.org"),
    ]
    assert {one.status_code for one in answers} == {200}
    said = {re.sub(r"\S+@example.org", "…", one.content.decode()) for one in answers}
    assert len(said) == 1, "nobody learns which addresses have a seat, or wait"
    assert Booking.objects.filter(state="waiting").count() == 1
    assert Message.objects.filter(kind="waiting_joined").count() == 1


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
    story: Story, workshop: Workshop
) -> None:
    fill(story, workshop)
    answer = join(story, workshop, email="no address", name="Wanda W.")
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "Write an e-mail address like" in page
    assert 'value="no address"' in page
    assert 'value="Wanda W."' in page
    assert not Booking.objects.filter(state="waiting").exists()


def test_who_finds_room_is_sent_to_the_form(story: Story, workshop: Workshop) -> None:
    answer = join(story, workshop)
    assert (answer.status_code, answer["Location"]) == (302, address(workshop))


def test_the_page_of_the_last_seat_offers_to_wait_with_what_was_typed(
    story: Story, workshop: Workshop
) -> None:
    fill(story, workshop)
    answer = story.post(workshop, name="Late Lea", email="lea@example.org")
    page = plain(answer.content.decode())
    assert answer.status_code == 409
    assert "Join the waiting list" in page
    assert 'value="lea@example.org"' in page


def test_a_freed_seat_is_offered_and_taken_by_a_gift(story: Story, workshop: Workshop) -> None:
    first, _second = fill(story, workshop)
    story.mails()
    join(story, workshop)
    (mail,) = story.mails()
    assert mail["To"] == "wanda@example.org"
    assert own("wanda") in body(mail), "the link to the place in the line"
    give_back(story, first)
    (mail,) = [one for one in story.mails() if one["To"] == "wanda@example.org"]
    assert own("wanda") in body(mail), "the link to the offer"

    waiting = booking("wanda")
    assert waiting.state == "held"
    assert waiting.hold_expires_at is not None
    assert Message.objects.filter(key=f"waiting_offer:{waiting.pk}").exists()
    page = story.page(own("wanda"))
    assert "It is your turn" in page
    assert "Kept for you until" in page

    form = story.page(f"{own('wanda')}seat/")
    assert "Your confirmation goes to wanda@example.org" in form
    answer = story.client.post(f"{own('wanda')}seat/", give_form(name="Wanda"))
    donation = Donation.objects.get(session_url=answer["Location"])
    assert booking("wanda").hold_expires_at is None, "now Stripe decides"
    story.pay(donation)
    assert booking("wanda").state == "confirmed"
    assert "Your ticket" in story.page(own("wanda"))
    assert Message.objects.filter(key=f"confirmation:{waiting.pk}").exists()


def test_a_mailed_offer_proves_the_address_so_that_nothing_given_seats_at_once(
    story: Story, workshop: Workshop
) -> None:
    first, _second = fill(story, workshop)
    join(story, workshop)
    give_back(story, first)
    zero = give_form(amount="other", other_amount="0", name="Wanda")
    for _ in range(2):
        answer = story.client.post(f"{own('wanda')}seat/", zero)
        assert (answer.status_code, answer["Location"]) == (302, own("wanda"))
        assert booking("wanda").state == "confirmed"
    assert Message.objects.filter(kind="confirmation", booking=booking("wanda")).count() == 1


def test_an_offer_that_nobody_takes_passes_on(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    first, _second = fill(story, workshop)
    for name in ("Wanda", "Willy"):
        join(story, workshop, name)
        clock.advance(seconds=1)
    give_back(story, first)
    assert [booking(name).state for name in ("wanda", "willy")] == ["held", "waiting"]
    assert "number 1 in the line" in story.page(own("willy"))

    clock.advance(minutes=121)
    answer = story.client.post(f"{own('wanda')}seat/", give_form())
    assert answer["Location"] == own("wanda"), "over, also before the sweeper came"
    sweeper.sweep(gateway=for_workers())
    assert [booking(name).state for name in ("wanda", "willy")] == ["expired", "held"]
    assert "Your offer has ended" in story.page(own("wanda"))


def test_who_leaves_the_line_waits_no_more(story: Story, workshop: Workshop) -> None:
    fill(story, workshop)
    join(story, workshop)
    assert "Leave the list" in story.page(own("wanda"))
    story.client.post(f"{own('wanda')}cancel/")
    assert booking("wanda").state == "cancelled"
    assert "You left the waiting list" in story.page(own("wanda"))


def test_who_lets_an_offer_go_gives_it_to_the_next(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    first, _second = fill(story, workshop)
    for name in ("Wanda", "Willy"):
        join(story, workshop, name)
        clock.advance(seconds=1)
    give_back(story, first)
    story.client.post(f"{own('wanda')}cancel/")
    sweeper.sweep(gateway=for_workers())
    assert [booking(name).state for name in ("wanda", "willy")] == ["cancelled", "held"]


def test_a_newcomer_does_not_pass_the_line(story: Story, workshop: Workshop) -> None:
    fill(story, workshop)
    join(story, workshop, seats="2")
    Workshop.objects.filter(pk=workshop.pk).update(capacity=3)

    page = story.page(address(workshop))
    assert "Join the waiting list" in page, "one seat is free, but people wait"
    assert "data-give-form" not in page
    assert story.post(workshop, email="newcomer@example.org").status_code == 409

    join(story, workshop, "Willy")
    assert waiting_list.offer(workshop.pk) == 1
    states = [booking(name).state for name in ("wanda", "willy")]
    assert states == ["waiting", "held"], "the first whom it is enough for"


def test_more_seats_are_offered_in_order(story: Story, workshop: Workshop, clock: Clock) -> None:
    fill(story, workshop)
    for name in ("Wanda", "Willy", "Wilma"):
        join(story, workshop, name)
        clock.advance(seconds=1)
    Workshop.objects.filter(pk=workshop.pk).update(capacity=4)
    sweeper.sweep(gateway=for_workers())
    states = [booking(name).state for name in ("wanda", "willy", "wilma")]
    assert states == ["held", "held", "waiting"]


def test_the_line_ends_when_the_workshop_starts(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    fill(story, workshop)
    join(story, workshop)
    clock.set(workshop.starts_at)
    sweeper.sweep(gateway=for_workers())
    assert booking("wanda").state == "expired"
    assert "The waiting list has ended" in story.page(own("wanda"))


def test_a_cancelled_workshop_has_no_line(story: Story, workshop: Workshop) -> None:
    first, _second = fill(story, workshop)
    for name in ("Wanda", "Willy"):
        join(story, workshop, name)
    give_back(story, first)
    waiting_list.end(workshop)
    assert {booking(name).state for name in ("wanda", "willy")} == {"expired"}
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
