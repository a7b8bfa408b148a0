"""A moderated workshop: people ask, organizers answer, and a yes is an offer like any other."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import sweeper
from events.models import Booking, Campaign, Message, Workshop
from events.services import access
from events.services.seating import requests, waiting_list
from fundraiser.core import clock
from tests.support.cast import give_form, make_workshop
from tests.support.story import Story, address, body, plain
from tests.support.workshop_forms import filled

QUESTIONS = [{"id": "why", "label": "Why do you want to come?", "kind": "text", "required": True}]


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    """Two seats, for whom the organizers choose."""
    return make_workshop(campaign, capacity=2, moderated=True, questions=QUESTIONS)


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def ask(story: Story, shop: Workshop, name: str, **typed: str) -> Any:
    form = {"name": name, "email": f"{name.lower()}@example.org", "nonce": str(uuid.uuid4())}
    return story.client.post(
        f"{address(shop)}wait/", {**form, "seats": "1", "question_why": "To learn", **typed}
    )


def booking(name: str) -> Booking:
    rows = Booking.objects.select_related("workshop__campaign")
    return rows.get(email=f"{name.lower()}@example.org")


def own(name: str) -> str:
    return f"/b/{access.booking_link(booking(name))}/"


def answer(organizer: Client, name: str, how: str, **typed: str) -> Any:
    found = booking(name)
    base = f"/organize/workshops/{found.workshop.public_id}/requests/"
    return organizer.post(f"{base}{found.public_id}/{how}/", typed)


def test_who_asks_pays_nothing_and_holds_nothing(story: Story, shop: Workshop) -> None:
    page = story.page(address(shop))
    assert "Ask to come" in page
    assert "data-give-form" not in page
    assert "Why do you want to come?" in page
    missing = ask(story, shop, "Wanda", question_why="")
    assert missing.status_code == 422
    assert "Please answer: Why do you want to come?" in plain(missing.content.decode())
    assert "Your request is with the organizers" in ask(story, shop, "Wanda").content.decode()
    (mail,) = story.mails()
    assert "Your request has arrived" in mail["Subject"]
    assert own("Wanda") in body(mail)
    assert "You asked to come" in story.page(own("Wanda"))

    sweeper.sweep(gateway=for_workers())
    assert waiting_list.offer(shop.pk) == 0, "nobody is offered a seat of their own accord"
    assert booking("Wanda").state == "waiting"
    shop.refresh_from_db()
    assert shop.seats_taken == 0


def test_a_yes_offers_a_seat_like_any_other(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    ask(story, shop, "Wanda")
    story.mails()
    base = f"/organize/workshops/{shop.public_id}/requests/"
    dashboard = organizer.get("/organize/").content.decode()
    assert "1 request waits for your answer." in dashboard
    assert base in dashboard
    page = organizer.get(base).content.decode()
    assert "To learn" in page
    assert "wanda@example.org" in page
    answer(organizer, "Wanda", "approve")
    offered = booking("Wanda")
    assert (offered.state, offered.awaits_approval) == ("held", False)
    (mail,) = story.mails()
    assert "A seat is free for you" in mail["Subject"]
    form = story.page(f"{own('Wanda')}seat/")
    assert 'value="To learn"' in form, "what was answered stands there already"
    typed = give_form(name="Wanda", question_why="To learn")
    paid = story.client.post(f"{own('Wanda')}seat/", typed)
    story.pay(Donation.objects.get(session_url=paid["Location"]))
    assert booking("Wanda").state == "confirmed"
    answer(organizer, "Wanda", "decline", reason="Too late")
    assert booking("Wanda").state == "confirmed", "an answer is given once"


def test_a_no_is_mailed_with_its_reason(story: Story, shop: Workshop, organizer: Client) -> None:
    ask(story, shop, "Wanda")
    story.mails()
    empty = answer(organizer, "Wanda", "decline", reason=" ")
    assert empty.status_code == 422
    assert "Write a sentence: they read it." in empty.content.decode()
    assert booking("Wanda").state == "waiting"
    answer(organizer, "Wanda", "decline", reason="It is for <beginners>.")
    declined = booking("Wanda")
    assert (declined.state, declined.decline_reason) == ("cancelled", "It is for <beginners>.")
    (mail,) = story.mails()
    assert "It is for <beginners>." in body(mail)
    assert "Your request was declined" in story.page(own("Wanda"))
    assert "They wrote: It is for &lt;beginners&gt;." in story.page(own("Wanda"))
    answer(organizer, "Wanda", "approve")
    assert booking("Wanda").state == "cancelled"
    assert story.mails() == []


def test_at_a_full_workshop_a_yes_joins_the_line_and_freed_seats_pass_the_unanswered_by(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    for name in ("First", "Second", "Early", "Late"):
        ask(story, shop, name)
    for name in ("First", "Second", "Late"):
        answer(organizer, name, "approve")
    assert [booking(name).state for name in ("First", "Second", "Late")] == [
        "held",
        "held",
        "waiting",
    ]
    assert "number 1 in the line" in story.page(own("Late"))
    # First lets the offer go; Early asked before Late, and has no answer.
    Booking.objects.filter(pk=booking("First").pk).update(
        hold_expires_at=clock.now() - timedelta(minutes=1)
    )
    sweeper.sweep(gateway=for_workers())
    assert [booking(name).state for name in ("First", "Late", "Early")] == [
        "expired",
        "held",
        "waiting",
    ]
    assert Message.objects.filter(kind="waiting_offer").count() == 3


def test_nobody_takes_a_seat_past_the_organizers(story: Story, shop: Workshop) -> None:
    answered = story.post(shop, question_why="x")
    assert answered.status_code == 409
    assert not Booking.objects.exists()
    ask(story, shop, "Wanda")
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.update(state="held")
    assert not Donation.objects.exists()


def test_who_asks_is_told_of_another_time_and_the_end_of_all(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    ask(story, shop, "Wanda")
    story.mails()
    later = clock.now() + timedelta(days=60)
    form = filled(shop.campaign, shop, starts=f"{later:%Y-%m-%dT12:00}", confirmed="yes")
    assert organizer.post(f"/organize/workshops/{shop.public_id}/edit/", form).status_code == 302
    assert Message.objects.filter(kind="changed").count() == 1
    Workshop.objects.update(starts_at=clock.now() - timedelta(minutes=5))
    sweeper.sweep(gateway=for_workers())
    assert booking("Wanda").state == "expired"
    with pytest.raises(requests.AnsweredError):
        requests.approve(booking("Wanda").pk)


def test_where_nobody_has_to_ask_any_more_requests_join_the_line(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    ask(story, shop, "Wanda")
    form = filled(shop.campaign, shop)
    del form["moderated"]
    assert organizer.post(f"/organize/workshops/{shop.public_id}/edit/", form).status_code == 302
    sweeper.sweep(gateway=for_workers())
    assert booking("Wanda").state == "held"


def test_the_answers_are_the_teams(story: Story, shop: Workshop, bob: User, charlie: User) -> None:
    ask(story, shop, "Wanda")
    for person, status in ((bob, 403), (charlie, 404)):
        client = Client()
        client.force_login(person)
        assert answer(client, "Wanda", "approve").status_code == status
        assert client.get(f"/organize/workshops/{shop.public_id}/requests/").status_code == status
    assert booking("Wanda").awaits_approval
