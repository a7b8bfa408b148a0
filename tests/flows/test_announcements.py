"""An organizer's own message: to whom it goes, that it goes once, and how far it is."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import cancelling
from events.models import Announcement, Booking, Message, Registration, Workshop
from events.services.mails import announcements
from fundraiser.core import clock
from tests.flows.test_own_words import signed_in
from tests.support.cast import make_workshop
from tests.support.story import Story, body

WORDS = {"audience": "everybody", "subject": "Bring a pen", "body": "Dear {name},\n\nbring a pen."}


def base(workshop: Workshop) -> str:
    return f"/organize/workshops/{workshop.public_id}/messages/"


def drafted(client: Client, workshop: Workshop, **words: str) -> str:
    """Write a message; return the address of its page."""
    answer = client.post(base(workshop), {**WORDS, **words})
    assert answer.status_code == 302, unescape(answer.content.decode())
    return str(answer["Location"])


@pytest.fixture
def three(story: Story, workshop: Workshop) -> list[Donation]:
    """Ann was there, Ben was not, Cleo nobody knows; Dan gave his seat back."""
    names = ("Ann", "Ben", "Cleo", "Dan")
    given = [story.give(workshop, name=one, email=f"{one}@example.org") for one in names]
    Registration.objects.filter(name="Ann").update(attended=True)
    Registration.objects.filter(name="Ben").update(attended=False)
    cancelling.cancel_seat(Booking.objects.get(name="Dan"), gateway=for_visitors())
    story.mails()
    return given


def test_a_message_is_written_looked_at_and_sent_once_to_each(
    story: Story, workshop: Workshop, three: list[Donation], alice: User
) -> None:
    client = signed_in(alice)
    page = drafted(client, workshop)
    assert not Message.objects.filter(kind="announcement").exists(), "nothing is sent by writing"
    shown = unescape(client.get(page).content.decode())
    assert "It goes to 3 people" in shown
    assert "Dear Alex Example," in client.get(f"{page}preview/").content.decode()
    for _click in range(3):
        assert client.post(f"{page}send/").status_code == 302
    assert "0 of 3 mails sent" in client.get(page).content.decode()
    mails = story.mails()
    assert sorted(mail["To"] for mail in mails) == [
        "Ann@example.org",
        "Ben@example.org",
        "Cleo@example.org",
    ]
    for mail in mails:
        assert mail["Subject"] == "Bring a pen"
        assert mail["Reply-To"] == "alice@example.org"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"Dear {mail['To'].split('@')[0]}," in body(mail)
    assert "3 of 3 mails sent" in client.get(page).content.decode()
    client.post(f"{page}send/")
    assert story.mails() == []


@pytest.mark.parametrize(
    ("audience", "who"),
    [("everybody", "Ann Ben Cleo"), ("attended", "Ann"), ("absent", "Ben Cleo"), ("waiting", "")],
)
def test_a_message_goes_to_its_audience_alone(
    workshop: Workshop, three: list[Donation], audience: str, who: str
) -> None:
    found = announcements.recipients(workshop, audience)
    assert [row.name for row in found] == who.split()


def test_who_waits_is_written_to_by_choice(workshop: Workshop, three: list[Donation]) -> None:
    late = Booking.objects.create(
        workshop=workshop, state="waiting", seats=1, name="Eve", email="eve@example.org"
    )
    Registration.objects.create(booking=late, position=1, name="Eve", email="eve@example.org")
    assert [row.name for row in announcements.recipients(workshop, "waiting")] == ["Eve"]
    assert len(announcements.recipients(workshop, "everybody")) == 3


def test_an_address_gets_one_mail_and_who_ended_news_none(
    story: Story, workshop: Workshop, three: list[Donation], alice: User
) -> None:
    Registration.objects.filter(name="Ben").update(email="ANN@example.org")
    Registration.objects.filter(name="Cleo").update(wants_news=False)
    client = signed_in(alice)
    page = drafted(client, workshop)
    client.post(f"{page}send/")
    assert [mail["To"] for mail in story.mails()] == ["Ann@example.org"]


def test_who_unsubscribes_by_the_mails_own_link_gets_no_further_one(
    story: Story, workshop: Workshop, three: list[Donation], alice: User
) -> None:
    client = signed_in(alice)
    client.post(f"{drafted(client, workshop)}send/")
    first = story.mails()
    link = re.search(r"https?://[^/]+(/[^>]+)", first[0]["List-Unsubscribe"])
    assert link is not None
    answer = Client().post(link[1], {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    client.post(f"{drafted(client, workshop)}send/")
    assert len(story.mails()) == len(first) - 1


def test_only_who_came_can_be_chosen_once_it_has_begun(workshop: Workshop) -> None:
    assert [one.value for one in announcements.audiences(workshop)] == ["everybody", "waiting"]
    with clock.using(lambda: workshop.starts_at + timedelta(minutes=1)):
        assert len(announcements.audiences(workshop)) == 4


def test_a_message_with_a_wrong_placeholder_is_refused_and_nothing_is_lost(
    workshop: Workshop, alice: User
) -> None:
    typed = {**WORDS, "body": "Dear {nobody}, bring a pen."}
    answer = signed_in(alice).post(base(workshop), typed)
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert "There is no placeholder {nobody}." in page
    assert typed["body"] in page
    assert not Announcement.objects.exists()


def test_a_message_is_changed_or_thrown_away_only_before_it_is_sent(
    story: Story, workshop: Workshop, three: list[Donation], alice: User
) -> None:
    client = signed_in(alice)
    page = drafted(client, workshop)
    client.post(f"{page}edit/", {**WORDS, "subject": "Bring two pens"})
    client.post(f"{page}send/")
    client.post(f"{page}edit/", {**WORDS, "subject": "Bring no pen"})
    assert client.post(f"{page}discard/").status_code == 302
    assert Announcement.objects.get().subject == "Bring two pens"
    assert {mail["Subject"] for mail in story.mails()} == {"Bring two pens"}
    other = drafted(client, workshop)
    client.post(f"{other}discard/")
    assert Announcement.objects.count() == 1


def test_a_test_goes_to_the_writer_alone(
    story: Story, workshop: Workshop, three: list[Donation], alice: User
) -> None:
    client = signed_in(alice)
    client.post(f"{drafted(client, workshop)}test/")
    assert [mail["To"] for mail in story.sink.messages] == ["alice@example.org"]
    assert story.mails()[0]["Subject"] == "[Test] Bring a pen"


def test_nobody_else_writes_to_a_teams_people(
    workshop: Workshop, three: list[Donation], alice: User, bob: User, charlie: User
) -> None:
    page = drafted(signed_in(alice), workshop)
    for user, status in ((bob, 403), (charlie, 404)):
        client = signed_in(user)
        assert client.post(base(workshop), WORDS).status_code == status
        assert client.get(page).status_code == status
        for verb in ("edit", "test", "send", "discard"):
            assert client.post(f"{page}{verb}/", WORDS).status_code == status
    own = make_workshop(workshop.campaign)
    wrong = page.replace(str(workshop.public_id), str(own.public_id))
    assert signed_in(alice).post(f"{wrong}send/").status_code == 404
    assert Announcement.objects.get().queued_at is None
    signed_in(alice).post(f"{page}send/")  # Control.
    assert Announcement.objects.get().queued_at is not None


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_at_once_one_sends(
    story: Story, workshop: Workshop, three: list[Donation], alice: User
) -> None:
    def written() -> Announcement:
        words = {"audience": "everybody", "subject": "Bring a pen", "body": "Please."}
        return announcements.draft(workshop=workshop, author=alice, **words)

    def click(message: Announcement) -> bool:
        try:
            return announcements.send(message)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(click, [written()] * 12)) == [False] * 11 + [True]
        assert len(story.mails()) == 3
        # Control: two messages with the same words are two.
        assert sorted(pool.map(click, [written(), written()])) == [True, True]
    assert len(story.mails()) == 6
