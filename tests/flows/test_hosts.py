"""Speakers: a link of their own, renewed and taken away, with a calendar file and reminders."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape

from django.contrib.auth.models import User
from django.test import Client

from events.models import Host, Message, Workshop
from events.services.room import hosts
from fundraiser.core import clock
from tests.flows.test_own_words import signed_in
from tests.support.calendars import read_calendar
from tests.support.story import Story, body, calendar_of

ANN = {"name": "Ann", "email": "ann@example.org", "language": "fr"}


def path(workshop: Workshop) -> str:
    return f"/organize/workshops/{workshop.public_id}/hosts/"


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"/h/[\w.\-]+/", body(mail))
    assert found is not None, body(mail)
    return found[0]


def test_a_speaker_gets_the_own_link_with_a_calendar_file(
    story: Story, workshop: Workshop, alice: User
) -> None:
    client = signed_in(alice)
    assert client.post(path(workshop), ANN).status_code == 302
    (mail,) = story.mails()
    assert mail["To"] == "ann@example.org"
    assert mail["Reply-To"] == "alice@example.org"
    assert '<html lang="fr"' in body(mail, "html")
    assert "List-Unsubscribe" not in mail
    assert Client().get(link_in(mail)).status_code == 200
    assert link_in(mail) in body(mail, "html")
    (event,) = read_calendar(calendar_of(mail)).vevent_list
    assert event.attendee.value == "mailto:ann@example.org"
    page = unescape(client.get(path(workshop)).content.decode())
    assert "Ann" in page
    assert "sent" in page


def test_a_new_link_makes_the_old_one_worth_nothing(
    story: Story, workshop: Workshop, alice: User
) -> None:
    client = signed_in(alice)
    client.post(path(workshop), ANN)
    (first,) = story.mails()
    host = Host.objects.get()
    assert client.post(f"{path(workshop)}{host.public_id}/renew/").status_code == 302
    (second,) = story.mails()
    assert Client().get(link_in(first)).status_code == 404
    assert Client().get(link_in(second)).status_code == 200
    client.post(f"{path(workshop)}{host.public_id}/remove/")
    assert Client().get(link_in(second)).status_code == 404
    assert not Host.objects.exists()


def test_a_link_renewed_before_it_left_is_mailed_once(
    story: Story, workshop: Workshop, alice: User
) -> None:
    host = hosts.add(workshop=workshop, name="Ann", email="a@example.org", language="en")
    hosts.renew_link(host)
    (mail,) = story.mails()
    assert Client().get(link_in(mail)).status_code == 200


def test_an_address_twice_or_wrong_is_refused_at_its_field(workshop: Workshop, alice: User) -> None:
    client = signed_in(alice)
    client.post(path(workshop), ANN)
    for email in ("ANN@example.org", "ann"):
        answer = client.post(path(workshop), {**ANN, "name": "Bea", "email": email})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["email"]
        assert "Bea" in answer.content.decode()
    assert Host.objects.count() == 1


def test_a_speakers_reminder_has_the_own_link_and_stops_with_the_start(
    story: Story, workshop: Workshop
) -> None:
    host = hosts.add(workshop=workshop, name="Ann", email="a@example.org", language="en")
    story.mails()

    def remind(key: str) -> list[EmailMessage]:
        Message.objects.create(
            key=key,
            kind="host_reminder",
            workshop=workshop,
            ids={"host": host.pk, "minutes": 60},
            schedule_version=workshop.schedule_version,
        )
        return story.mails()

    with clock.using(lambda: workshop.starts_at - timedelta(minutes=60)):
        (mail,) = remind("one")
    assert mail["Subject"].strip() == "In 1 hour: you are speaking at “How to open a web shop”"
    assert Client().get(link_in(mail)).status_code == 200
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    off = re.search(r"https?://[^/]+(/[^>]+)", mail["List-Unsubscribe"])
    assert off is not None
    assert Client().get(off[1]).status_code == 200
    with clock.using(lambda: workshop.starts_at - timedelta(minutes=55)):
        assert len(remind("looked at only")) == 1
        assert Client().post(off[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert remind("ended") == []
        Client().post(off[1], {"again": "yes"})
        assert len(remind("again")) == 1
    assert Client().get(link_in(mail)).status_code == 200
    with clock.using(lambda: workshop.starts_at + timedelta(minutes=1)):
        assert remind("two") == []
    workshop.hosts.all().delete()
    with clock.using(lambda: workshop.starts_at - timedelta(minutes=60)):
        assert remind("three") == []


def test_only_editors_of_the_own_team_choose_speakers(
    story: Story, workshop: Workshop, alice: User, bob: User, charlie: User
) -> None:
    host = hosts.add(workshop=workshop, name="Ann", email="a@example.org", language="en")
    for user, status in ((bob, 403), (charlie, 404)):
        client = signed_in(user)
        assert client.get(path(workshop)).status_code == status
        assert client.post(path(workshop), ANN).status_code == status
        for verb in ("renew", "remove"):
            answer = client.post(f"{path(workshop)}{host.public_id}/{verb}/")
            assert answer.status_code == status
    assert Host.objects.get().link_version == 1
    signed_in(alice).post(f"{path(workshop)}{host.public_id}/renew/")  # Control.
    assert Host.objects.get().link_version == 2
