"""What stays in a mail whose words an organizer replaced, kind by kind, and what is about money."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse

from donations.models import Donation
from donations.views.mail_labels import GROUPS
from events.models import Host, MailText, Workshop
from events.services.mails import texts
from events.services.room import hosts
from fundraiser.mail_kinds import MAIL_KINDS
from tests.flows.test_own_words import EDITABLE, path, signed_in
from tests.support.cast import make_workshop
from tests.support.story import Story, body, plain

OURS = "Words of our own, {name}."
#: Kind -> what is in the mail whatever the organizer writes: its button, and what it is about.
STAYS = {
    "confirm_address": ("Yes, I am coming", "/confirm/", "without the click nothing happens"),
    "seat_given_back": ("See the details", "What you gave stays a gift"),
    "seat_handed_over": ("See the workshop", "That was not you?"),
    "fresh_link": ("Go to the room", "/j/", "Please do not pass it on"),
    "waiting_joined": ("See my place on the list", "You can leave the list there"),
    "request_received": ("See my request", "You can take your request back there"),
    "request_declined": ("Here stands what you answered.", "See the details"),
    "processing": ("See the details", "Amount: $20.00", "We write again when it has arrived"),
    "payment_failed": ("Try again", "How to open a web shop"),
    "payment_problem": (
        "You choose: refund or keep as a gift.",
        "until you choose your money is safe",
        "Choose now",
        "$20.00",
        "This is a payment confirmation, not a tax receipt.",
    ),
    "refund": ("Amount: $20.00", "See the details", "How to open a web shop"),
    "refund_answer": ("Amount: $20.00", "Here stands what you answered.", "/b/"),
    "receipt": ("$20.00", "This is a payment confirmation, not a tax receipt.", "/b/"),
    "host_link": ("Go to the room", "/h/", "The link is yours alone"),
    "host_reminder": ("Go to the room", "/h/", "0 seats are taken.", "No more mails like this"),
    "host_changed": ("Go to the room", "/h/", "Your link stays the same"),
    "host_cancelled": ("How to open a web shop", "takes the date out of your calendar"),
}


def write(workshop: Workshop, kind: str, words: str = OURS) -> None:
    texts.write(workshop=workshop, kind=kind, language="en", subject=f"Own: {kind}", body=words)


def read(answer: HttpResponse) -> str:
    """Return what a preview says, in one line, as HTML without what makes bold."""
    shown = plain(unescape(answer.content.decode()))
    return " ".join(re.sub(r"</?strong>", "", shown).split())


@pytest.mark.parametrize("kind", STAYS)
def test_what_must_be_in_a_mail_stays_by_itself(workshop: Workshop, alice: User, kind: str) -> None:
    client, address = signed_in(alice), f"{path(workshop, kind)}preview/"
    words = {"subject": "Ours", "body": OURS}
    for typed in (words, {**words, "as_text": "yes"}):
        shown = read(client.post(address, typed))
        assert "Words of our own, Alex Example." in shown
        assert "Hello" not in shown, "our words are gone"
        for expected in STAYS[kind]:
            assert expected in shown, expected
    assert not MailText.objects.exists()


def test_late_money_is_told_in_own_words_and_still_asks_for_a_choice(
    story: Story, workshop: Workshop
) -> None:
    Workshop.objects.filter(pk=workshop.pk).update(capacity=1)
    for kind in ("payment_problem", "refund"):
        write(workshop, kind, "Sorry, {name}: {amount} for **{workshop}**, see {link}")
    donation = _late(story, workshop)
    (mail,) = story.mails()
    assert mail["Subject"] == "Own: payment_problem"
    for shown in (body(mail), body(mail, "html")):
        assert "Sorry, Zoe: $20.00 for " in shown
        assert "refund or keep as a gift" in shown
        assert "after your seat was released" not in shown
    found = re.search(r"see http://[^/\s]+(/b/\S+)", body(mail))
    assert found
    story.client.post(f"{found[1]}refund/")
    story.webhooks(donation)
    (mail,) = story.mails()
    assert mail["Subject"] == "Own: refund"
    assert "Sorry, Zoe: $20.00 for " in body(mail)
    assert "Amount: $20.00" in body(mail)


def _late(story: Story, workshop: Workshop) -> Donation:
    donation = story.register(workshop, name="Zoe", email="zoe@example.org")
    story.sandbox.expire(donation.session_id)
    story.webhooks(donation)
    story.give(workshop, name="Victor", email="victor@example.org")
    story.mails()
    story.sandbox.pay(donation.session_id, outcome="late")
    return story.webhooks(donation)


def test_a_gift_without_a_seat_keeps_our_words(story: Story, workshop: Workshop) -> None:
    write(workshop, "refund")
    with_seat = story.give(workshop)
    without = story.give(workshop.campaign, email="em@example.org")
    story.mails()
    for donation in (with_seat, without):
        story.sandbox.refund(charge=donation.charge_id)
        story.webhooks(donation)
    subjects = {mail["To"]: plain(mail["Subject"]) for mail in story.mails()}
    assert subjects["em@example.org"] == "Your money is on its way back: $20.00"
    assert subjects[with_seat.email] == "Own: refund"  # Control.


def test_another_workshops_words_are_not_used(story: Story, workshop: Workshop) -> None:
    write(make_workshop(workshop.campaign), "host_link")
    _add_host(workshop)
    (mail,) = story.mails()
    assert "Own" not in mail["Subject"]


def test_a_speaker_gets_own_words_with_their_own_link(story: Story, workshop: Workshop) -> None:
    write(workshop, "host_link", "Welcome {name}, [come in]({link}).")
    host = _add_host(workshop)
    (mail,) = story.mails()
    assert mail["Subject"] == "Own: host_link"
    assert f"Welcome {host.name}" in body(mail)
    assert body(mail).count("/h/") == 2, "in the words, and below them"


def _add_host(workshop: Workshop) -> Host:
    return hosts.add(workshop=workshop, name="Ann", email="ann@example.org", language="en")


def test_an_amount_can_be_named_only_where_there_is_one(workshop: Workshop, alice: User) -> None:
    client, typed = signed_in(alice), {"subject": "Soon", "body": "It was {amount}."}
    for kind in sorted(EDITABLE):
        about_money = MAIL_KINDS[kind].tells_amount
        page = unescape(client.get(path(workshop, kind)).content.decode())
        assert ("<code>{amount}</code>" in page) == about_money, kind
        answer = client.post(path(workshop, kind), typed)
        assert answer.status_code == (302 if about_money else 422), kind
    assert MailText.objects.count() == sum(one.tells_amount for one in MAIL_KINDS.values())


def test_the_page_shows_every_kind_once_and_where_own_words_are(
    workshop: Workshop, alice: User
) -> None:
    shown = [kind for _title, kinds in GROUPS for kind in kinds]
    assert sorted(shown) == sorted(EDITABLE)
    address = f"/organize/workshops/{workshop.public_id}/mails/"
    page = signed_in(alice).get(address).content.decode()
    assert page.count("/mails/refund/") == 2
    assert "yours" not in page
    write(workshop, "refund")
    assert signed_in(alice).get(address).content.decode().count(">yours</span>") == 2
