"""Notices to the people who organise: a new gift, what needs a person, the day; each can end."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from donations.services.mails import notices
from events.models import Membership, Message, Team, Workshop
from events.services.mails import planner
from fundraiser.core import clock
from tests.flows.test_own_words import signed_in
from tests.support.story import Story, body


def to(mails: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [mail for mail in mails if mail["To"] == address]


def told(story: Story) -> list[EmailMessage]:
    notices.plan()
    notices.plan()  # Again: nothing is doubled.
    return story.mails()


@pytest.fixture
def members(alice: User, bob: User, charlie: User) -> None:
    Membership.objects.update(wants_digest=False)


def test_each_member_hears_of_a_gift_once_and_no_other_team(
    story: Story, workshop: Workshop, members: None
) -> None:
    story.give(workshop, name="Dora", message="Go on!")
    mails = told(story)
    assert sorted(mail["To"] for mail in mails) == [
        "alice@example.org",
        "bob@example.org",
        "dora@example.org",
    ]
    (mail,) = to(mails, "alice@example.org")
    assert mail["Subject"] == "Dora has given $20.00"
    assert "Go on!" in body(mail)
    assert "Raised so far: $20" in body(mail)
    assert "dora@example.org" not in mail.as_string()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert told(story) == []


def test_a_viewer_is_told_nothing_that_its_giver_hid(
    story: Story, workshop: Workshop, members: None
) -> None:
    story.give(workshop, name="Dora", hide_name="on", hide_amount="on")
    mails = told(story)
    (viewer,) = to(mails, "bob@example.org")
    (owner,) = to(mails, "alice@example.org")
    assert viewer["Subject"] == "Somebody has given"
    for kind in ("plain", "html"):
        assert "Dora" not in body(viewer, kind)
        assert "$20.00" not in body(viewer, kind)
        assert "Dora" in body(owner, kind)  # Control.


def test_a_gift_in_french(story: Story, workshop: Workshop, members: None) -> None:
    Membership.objects.update(language="fr")
    story.give(workshop, name="Dora")
    (mail,) = to(told(story), "alice@example.org")
    assert '<html lang="fr"' in body(mail, "html")
    assert "given" not in body(mail)


def test_gifts_before_one_joined_or_turned_them_on_are_not_told(
    story: Story, workshop: Workshop, alice: User, bob: User
) -> None:
    client = signed_in(alice)
    mine = Membership.objects.get(user=alice)
    assert client.post("/organize/notifications/", wishes(mine, gifts=False)).status_code == 302
    story.give(workshop)
    Membership.objects.filter(user=bob).update(created_at=clock.now() + timedelta(seconds=1))
    assert [mail["To"] for mail in told(story)] == ["dora@example.org"]
    client.post("/organize/notifications/", wishes(mine, gifts=True))
    assert told(story) == []
    story.give(workshop, name="Emil", email="emil@example.org")
    assert len(to(told(story), "alice@example.org")) == 1


def wishes(member: Membership, *, gifts: bool) -> dict[str, str]:
    typed = {"language": "en", "wants_digest": "on", "wants_attention_mails": "on"}
    if gifts:
        typed["wants_gift_mails"] = "on"
    return {f"team-{member.pk}-{key}": value for key, value in typed.items()}


def test_a_gift_that_went_back_before_the_mail_left_is_not_told(
    story: Story, workshop: Workshop, members: None
) -> None:
    donation = story.give(workshop)
    notices.plan()
    story.sandbox.refund(charge=donation.charge_id)
    story.webhooks(donation)
    assert to(story.mails(), "alice@example.org") == []


def test_what_needs_a_person_is_told_once_to_those_who_can_act(
    story: Story, workshop: Workshop, members: None
) -> None:
    Membership.objects.update(wants_gift_mails=False)
    donation = story.register(workshop, name="Mallory")
    story.sandbox.pay(donation.session_id)
    story.sandbox.tamper(donation.session_id, amount=1)
    story.webhooks(donation)
    mails = told(story)
    (mail,) = to(mails, "alice@example.org")
    assert mail["Subject"] == (
        "Needs you: Mallory paid, but it is not the $20.00 that was asked for"
    )
    assert to(mails, "bob@example.org") == []
    assert told(story) == []


def test_stuck_mails_of_a_workshop_are_one_thing_to_look_at(
    story: Story, workshop: Workshop, members: None, alice: User
) -> None:
    for n in range(3):
        Message.objects.create(
            key=f"x{n}", kind="refund", workshop=workshop, state="set_aside", error="550"
        )
    (mail,) = told(story)
    assert mail["To"] == "alice@example.org"
    assert mail["Subject"].strip() == "Needs you: Mails of “How to open a web shop” do not leave"
    assert "3 mails were held back or could not be sent" in body(mail)
    page = signed_in(alice).get("/organize/").content.decode()
    assert f"/organize/workshops/{workshop.public_id}/" in page
    assert "do not leave" in page


def test_what_was_seen_to_meanwhile_is_not_told(
    story: Story, workshop: Workshop, members: None
) -> None:
    stuck = Message.objects.create(key="x", kind="refund", workshop=workshop, state="set_aside")
    notices.plan()
    stuck.delete()
    assert story.mails() == []


MORNING = datetime(2027, 3, 2, 8, 0, 30, tzinfo=UTC)


def digests(story: Story, moment: datetime = MORNING) -> list[EmailMessage]:
    with clock.using(lambda: moment):
        planner.plan()
        return [one for one in story.mails() if "Your day" in one["Subject"]]


def test_the_day_is_told_in_the_morning_when_something_happened(
    story: Story, workshop: Workshop, alice: User, bob: User, charlie: User
) -> None:
    Membership.objects.update(created_at=MORNING - timedelta(days=9))
    Membership.objects.filter(user=bob).update(wants_digest=False)
    digests(story, MORNING - timedelta(hours=5))
    donation = story.give(workshop)
    yesterday = MORNING - timedelta(hours=3)
    type(donation).objects.update(paid_at=yesterday)
    assert donation.booking is not None
    type(donation.booking).objects.update(confirmed_at=yesterday)
    story.mails()
    (mail,) = digests(story)
    assert mail["To"] == "alice@example.org"
    assert mail["Subject"] == "Your day: 1 gift"
    assert "Clean water" in body(mail)
    assert "1 gift: $20.00" in body(mail)
    assert "Seats confirmed: 1" in body(mail)
    assert "Raised in all: $20.00" in body(mail)
    assert digests(story, MORNING + timedelta(minutes=1)) == []
    assert digests(story, MORNING + timedelta(days=1)) == [], "nothing happened"


def test_the_day_ends_at_8_in_the_teams_own_zone(
    story: Story, workshop: Workshop, alice: User
) -> None:
    Membership.objects.update(created_at=MORNING - timedelta(days=9))
    Team.objects.update(time_zone="Europe/Paris")
    Message.objects.create(
        key="stuck", kind="refund", workshop=workshop, state="set_aside", created_at=MORNING
    )
    digests(story, MORNING - timedelta(hours=9))
    assert digests(story, MORNING - timedelta(hours=1, minutes=3)) == []
    (mail,) = digests(story, MORNING - timedelta(hours=1))
    assert mail["Subject"] == "Your day: something needs you"


def test_one_click_in_the_mail_ends_that_kind_alone(
    story: Story, workshop: Workshop, members: None, alice: User
) -> None:
    story.give(workshop)
    (mail,) = to(told(story), "alice@example.org")
    found = re.search(r"https?://[^/]+(/[^>]+)", mail["List-Unsubscribe"])
    assert found is not None
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(found[1]).status_code == 200
    mine = Membership.objects.get(user=alice)
    assert mine.wants_gift_mails, "to look changes nothing"
    assert stranger.post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    mine.refresh_from_db()
    assert (mine.wants_gift_mails, mine.wants_attention_mails) == (False, True)
    stranger.post(found[1], {"again": "yes"})
    mine.refresh_from_db()
    assert mine.wants_gift_mails
    for wrong in (found[1].replace("new_gift", "digest"), found[1].replace("new_gift", "x")):
        assert stranger.post(wrong).status_code == 404


def test_everybody_chooses_for_themselves(alice: User, bob: User, charlie: User) -> None:
    mine = Membership.objects.get(user=alice)
    answer = signed_in(bob).post("/organize/notifications/", wishes(mine, gifts=False))
    assert answer.status_code == 422, "bob's own fields are missing"
    mine.refresh_from_db()
    assert mine.wants_gift_mails
    page = signed_in(bob).get("/organize/notifications/").content.decode()
    assert "Alice’s team" in page
    assert "wants_attention_mails" not in page, "a viewer can see to nothing"
    assert (
        "wants_attention_mails" in signed_in(alice).get("/organize/notifications/").content.decode()
    )
    assert Client().get("/organize/notifications/").status_code == 302


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_planners_at_the_same_moment_double_nothing(
    story: Story, workshop: Workshop, members: None
) -> None:
    for n in range(5):
        story.give(workshop, name=f"Dora {n}", email=f"dora{n}@example.org")
    Message.objects.create(key="stuck", kind="refund", workshop=workshop, state="set_aside")

    def plan(_n: int) -> int:
        try:
            return notices.plan()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(plan, range(8)))
    mails = story.mails()
    assert len(to(mails, "alice@example.org")) == 5 + 1
    assert len(to(mails, "bob@example.org")) == 5
