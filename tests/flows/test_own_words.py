"""An organizer's own words for a workshop's mails: kept, refused, previewed, tested, given up."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import MailText, Message, Workshop
from events.services.mails import texts
from events.services.mails.default_words import default_words
from fundraiser.mail_kinds import MAIL_KINDS
from tests.support.cast import make_workshop
from tests.support.story import Story, body, plain

EDITABLE = [kind for kind, one in MAIL_KINDS.items() if one.editable]
WORDS = {
    "subject": "See you soon, {name}",
    "body": "Dear {name},\n\n**{workshop}** is on {when}. [Come in]({link}). {organizer}",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path(workshop: Workshop, kind: str = "confirmation", language: str = "en") -> str:
    return f"/organize/workshops/{workshop.public_id}/mails/{kind}/{language}/"


def test_own_words_stand_in_the_mails_of_their_language(
    story: Story, workshop: Workshop, alice: User
) -> None:
    answer = signed_in(alice).post(path(workshop), WORDS)
    assert answer.status_code == 302
    story.give(workshop, name="Dora *Star*")
    story.give(workshop, name="Émile", email="em@example.org", language="fr")
    english, french = story.mails()
    assert english["Subject"] == "See you soon, Dora *Star*"
    assert "Dear Dora *Star*," in body(english)
    assert "Dear Dora *Star*," in body(english, "html")
    assert "<strong>How to open a web shop</strong>" in body(english, "html")
    assert "$20.00" in body(english), "the receipt stays"
    assert french["Subject"].startswith("C’est confirmé")


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_starts_from_our_words_and_can_be_previewed(
    workshop: Workshop, alice: User, kind: str, language: str
) -> None:
    words = default_words(kind, language)
    assert "{" in words.subject or kind == "refund_answer"
    assert not texts.unknown(words.subject + words.body, texts.placeholders(kind))
    assert "{name}" in words.body
    assert "<" not in words.body
    client = signed_in(alice)
    page = unescape(client.get(path(workshop, kind, language)).content.decode())
    assert words.body in page
    answer = client.post(
        f"{path(workshop, kind, language)}preview/", {"subject": words.subject, "body": words.body}
    )
    assert answer.status_code == 200
    html = plain(answer.content.decode())
    assert f'<html lang="{language}"' in html
    assert "charity: water" in html
    assert "{" not in html.partition("<body")[2]
    assert 'href=""' not in html


def test_a_language_and_a_kind_that_there_is_not_answer_404(
    workshop: Workshop, alice: User
) -> None:
    client = signed_in(alice)
    for kind, language in (("links", "en"), ("confirmation", "de"), ("nothing", "en")):
        assert client.get(path(workshop, kind, language)).status_code == 404
    assert client.get(path(workshop)).status_code == 200


@pytest.mark.parametrize("field", ["subject", "body"])
def test_an_unknown_placeholder_is_refused_at_its_field_and_nothing_is_lost(
    workshop: Workshop, alice: User, field: str
) -> None:
    typed = {**WORDS, field: "Hello {nmae} and {prénom}, {name}"}
    answer = signed_in(alice).post(path(workshop), typed)
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert "There are no placeholders {nmae}, {prénom}." in page
    assert "{name}, {workshop}, {when}, {charity}, {organizer}, {total}, {link}" in page
    assert list(answer.context["form"].errors) == [field]
    assert typed["subject"] in page
    assert typed["body"] in page
    assert not MailText.objects.exists()


def test_a_forgotten_link_is_no_problem(story: Story, workshop: Workshop, alice: User) -> None:
    words = {"subject": "Soon", "body": "It is on soon."}
    client = signed_in(alice)
    assert client.post(path(workshop, "reminder"), words).status_code == 302
    shown = client.post(f"{path(workshop, 'reminder')}preview/", words).content.decode()
    assert "/j/" in shown


def test_a_preview_is_framed_and_may_run_nothing(workshop: Workshop, alice: User) -> None:
    client = signed_in(alice)
    answer = client.post(f"{path(workshop)}preview/", WORDS)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    page = client.get(path(workshop))
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    text = client.post(f"{path(workshop)}preview/", {**WORDS, "as_text": "yes"})
    assert text["Content-Type"].startswith("text/plain")
    assert "See you soon" in text.content.decode()
    assert client.post(f"{path(workshop)}preview/", {**WORDS, "body": "{x}"}).status_code == 422
    assert not MailText.objects.exists()
    assert not Message.objects.exists()


def test_html_in_own_words_is_shown_as_text(workshop: Workshop, alice: User) -> None:
    words = {"subject": "<b>x</b>", "body": "<script>alert(1)</script> [x](javascript:alert(1))"}
    shown = signed_in(alice).post(f"{path(workshop)}preview/", words).content.decode()
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown


def test_a_test_goes_to_the_signed_in_person_alone(
    story: Story, workshop: Workshop, alice: User
) -> None:
    story.give(workshop, name="Dora")
    story.mails()
    answer = signed_in(alice).post(f"{path(workshop)}test/", WORDS)
    assert answer.status_code == 200
    page = unescape(answer.content.decode())
    assert "A test is on its way to alice@example.org." in page
    assert WORDS["body"] in page
    (mail,) = story.sink.messages
    assert story.sink.recipients == [["alice@example.org"]]
    assert mail["Subject"].startswith("[Test] See you soon")
    assert not MailText.objects.exists()


def test_a_test_that_the_server_refuses_is_told(
    story: Story, workshop: Workshop, alice: User
) -> None:
    story.sink.refuse_with = "550 no"
    page = unescape(signed_in(alice).post(f"{path(workshop)}test/", WORDS).content.decode())
    assert "could not be sent" in page
    assert WORDS["body"] in page


def test_back_to_our_words(story: Story, workshop: Workshop, alice: User) -> None:
    client = signed_in(alice)
    client.post(path(workshop), WORDS)
    assert MailText.objects.count() == 1
    assert client.post(f"{path(workshop)}reset/").status_code == 302
    story.give(workshop)
    (mail,) = story.mails()
    assert mail["Subject"] == "You are in: How to open a web shop"


def test_only_editors_of_the_own_team_write(
    workshop: Workshop, alice: User, bob: User, charlie: User
) -> None:
    for user, status in ((bob, 403), (charlie, 404)):
        client = signed_in(user)
        for suffix in ("", "preview/", "test/", "reset/"):
            assert client.post(f"{path(workshop)}{suffix}", WORDS).status_code == status
        assert client.get(path(workshop)).status_code == status
        assert client.get(path(workshop).rsplit("/", 3)[0] + "/").status_code == status
    assert not MailText.objects.exists()
    signed_in(alice).post(path(workshop), WORDS)
    other = make_workshop(workshop.campaign)
    assert "See you soon" not in signed_in(alice).get(path(other)).content.decode()


def reminders(**rows: Any) -> dict[str, str]:
    empty = {f"number_{n}": "" for n in range(5)} | {f"unit_{n}": "hours" for n in range(5)}
    return {**empty, **{key: str(value) for key, value in rows.items()}}


def test_reminders_are_set_each_once_and_the_earliest_first(
    workshop: Workshop, alice: User
) -> None:
    client, address = signed_in(alice), f"/organize/workshops/{workshop.public_id}/mails/"
    typed = reminders(number_0=30, unit_0="minutes", number_2=2, unit_2="days", number_3=48)
    assert client.post(address, typed).status_code == 302
    workshop.refresh_from_db()
    assert workshop.reminder_minutes == [2880, 30]
    assert client.post(address, reminders()).status_code == 302
    workshop.refresh_from_db()
    assert workshop.reminder_minutes == []


@pytest.mark.parametrize("wrong", [{"number_1": "soon"}, {"number_1": 0}, {"number_1": 9000}])
def test_a_reminder_that_cannot_be_is_refused_at_its_line(
    workshop: Workshop, alice: User, wrong: dict[str, Any]
) -> None:
    address = f"/organize/workshops/{workshop.public_id}/mails/"
    answer = signed_in(alice).post(address, reminders(number_0=7, **wrong))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["number_1"]
    assert f'value="{wrong["number_1"]}"' in answer.content.decode()
    workshop.refresh_from_db()
    assert workshop.reminder_minutes == [1440, 60, 10]


def test_a_reminder_taken_away_leaves_the_outbox(workshop: Workshop, alice: User) -> None:
    for minutes in (60, 10):
        Message.objects.create(
            key=f"reminder:1:{minutes}:0",
            kind="reminder",
            workshop=workshop,
            ids={"minutes": minutes},
        )
    address = f"/organize/workshops/{workshop.public_id}/mails/"
    signed_in(alice).post(address, reminders(number_0=1))
    states = dict(Message.objects.values_list("ids__minutes", "state"))
    assert states == {60: "queued", 10: "dropped"}
