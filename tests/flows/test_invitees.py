"""Inviting by a list: checked first, sent once to each, ended by one click, and who came."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services.person import erasing, personal_data
from events.models import (
    Campaign,
    DeliveryProblem,
    Invitee,
    ListInvitation,
    Message,
    Person,
    Workshop,
)
from events.services import suspending
from events.services.invitation_lists import read
from tests.flows.test_own_words import signed_in
from tests.support.cast import make_campaign
from tests.support.rooms import seated
from tests.support.story import Story, body, plain

LIST = "Name;E-mail\nAnn;ann@example.org\nBen;BEN@example.org\n;no address\nAnn;Ann@Example.org\n"


def path(campaign: Campaign) -> str:
    return f"/organize/campaigns/{campaign.public_id}/invite/"


def post(user: User, campaign: Campaign, people: str = LIST, **more: Any) -> Any:
    values = {"people": people, "language": "en", "words": "", "workshop": "", **more}
    return signed_in(user).post(path(campaign), values)


def test_lists_are_read_as_people_write_them() -> None:
    def found(text: str) -> list[tuple[str, str]]:
        return [(one.name, one.email) for one in read(text)]

    both = [("Ann", "ann@x.org"), ("", "ben@x.org")]
    assert found("Ann,ann@x.org\n\nben@x.org\n") == both
    assert found("\ufeffnom\tcourriel\r\nAnn\tann@x.org\r\n\tben@x.org") == both
    assert found("Ann <ann@x.org>\n<ben@x.org>") == both
    assert found("email,first,last\nann@x.org,Ann,Lee") == [("Ann Lee", "ann@x.org")]
    assert found("nobody\na@b\n") == [("", ""), ("", "")]
    assert found(" \n") == found("\x00") == []


def test_the_list_is_checked_first_and_sent_when_it_is_confirmed(
    story: Story, campaign: Campaign, workshop: Workshop, alice: User
) -> None:
    seated(workshop, name="Carl", email="carl@example.org")
    DeliveryProblem.objects.create(
        email="dan@example.org", kind="complained", event_id="1", permanent=True
    )
    people = f"{LIST}Carl;carl@example.org\nDan;dan@example.org"
    page = unescape(post(alice, campaign, people, workshop=workshop.public_id).content.decode())
    assert "2 people would be invited" in page
    for reason in ("No e-mail", "further up", "has a seat", "takes no mail"):
        assert reason.lower() in page.lower()
    assert not Invitee.objects.exists(), "looking writes nothing"
    carried = re.search(r'<textarea name="people"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert carried
    more = {"workshop": workshop.public_id, "words": "See <you>", "send": "1"}
    for _click in range(2):
        post(alice, campaign, carried[1], **more)
    mails = {mail["To"]: mail for mail in story.mails()}
    assert set(mails) == {"ann@example.org", "BEN@example.org"}
    ann = mails["ann@example.org"]
    assert ann["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "See <you>" in body(ann)
    more.pop("send")
    assert "Was invited already" in post(alice, campaign, carried[1], **more).content.decode()


def test_one_click_ends_the_teams_invitations_and_nobody_elses(
    story: Story, campaign: Campaign, alice: User, charlie: User
) -> None:
    post(alice, campaign, "ann@example.org", send="1")
    (mail,) = story.mails()
    link = str(mail["List-Unsubscribe"]).strip("<>").split("/", 3)[3]
    assert Client().get(f"/{link}").status_code == 200
    assert not Invitee.objects.exclude(unsubscribed_at=None).exists(), "looking ends nothing"
    assert Client().post(f"/{link}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    another = make_campaign(team=campaign.team)
    page = unescape(post(alice, another, "ann@example.org").content.decode())
    assert "Wants no invitations" in page
    theirs = Campaign.objects.get(title="Charlie’s own")
    assert "1 person would" in post(charlie, theirs, "ann@example.org").content.decode()
    Client().post(f"/{link}", {"again": "yes"})
    assert "1 person would" in post(alice, another, "ann@example.org").content.decode()


def test_who_came_by_the_link_is_seen(
    story: Story, campaign: Campaign, workshop: Workshop, alice: User
) -> None:
    post(alice, campaign, "ann@example.org\nben@example.org", send="1")
    mails = {mail["To"]: body(mail) for mail in story.mails()}
    via = re.search(r"\?via=(i-[0-9a-f]{32})", mails["ann@example.org"])
    assert via
    story.give(workshop, via=via[1], email="ann.private@example.org", name="A.")
    assert Donation.objects.get().invitation == ListInvitation.objects.get(
        invitee__email="ann@example.org"
    )
    page = plain(signed_in(alice).get(path(campaign)).content.decode())
    assert page.count('<span class="badge good">Came</span>') == 1


def test_a_team_has_a_limit_a_day(campaign: Campaign, alice: User, settings: Settings) -> None:
    settings.INVITATIONS_PER_DAY = 2
    answer = post(alice, campaign, "a@x.org\nb@x.org\nc@x.org", send="1")
    assert "make the list shorter" in answer.content.decode()
    assert not Message.objects.exists()
    assert post(alice, campaign, "a@x.org\nb@x.org", send="1").status_code == 302
    assert Message.objects.filter(kind="list_invitation").count() == 2


def test_a_suspended_team_writes_to_no_strangers(
    story: Story, campaign: Campaign, alice: User
) -> None:
    assert post(alice, campaign, "queued@x.org", send="1").status_code == 302
    suspending.suspend_team(campaign.team_id, reason="Spam")
    assert post(alice, campaign, "later@x.org", send="1").status_code == 410
    assert not story.mails(), "what was queued before is not sent either"
    suspending.resume_team(campaign.team_id)  # control: the same list goes out
    assert post(alice, campaign, "later@x.org", send="1").status_code == 302
    assert [mail["To"] for mail in story.mails()] == ["later@x.org"]


def test_bad_lists_are_told_at_the_field_and_only_editors_come_here(
    campaign: Campaign, alice: User, bob: User, charlie: User
) -> None:
    many = "\n".join(f"p{n}@x.org" for n in range(501))
    long = SimpleUploadedFile("x.csv", b"x" * 200_001)
    for field, answer in (
        ("people", post(alice, campaign, " ")),
        ("people", post(alice, campaign, many)),
        ("file", post(alice, campaign, "", file=long)),
        ("language", post(alice, campaign, "a@x.org", language="xx")),
    ):
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
    file = SimpleUploadedFile("x.csv", "Zoé;zoe@x.org".encode("cp1252"))
    assert "Zoé" in post(alice, campaign, "", file=file).content.decode()
    for user, status in ((bob, 403), (charlie, 404)):
        assert post(user, campaign, "a@x.org", send="1").status_code == status
    Campaign.objects.filter(pk=campaign.pk).update(state="draft")
    assert "Publish the campaign first" in post(alice, campaign, "a@x.org").content.decode()
    assert not Invitee.objects.exists()


def test_an_erased_address_is_not_invited_again(campaign: Campaign, alice: User) -> None:
    post(alice, campaign, "Ann,ann@example.org", send="1")
    person = Person.objects.create(email="Ann@example.org")
    (told,) = personal_data.of_person(person)["list_invitations"]
    assert (told["name"], told["campaign"]) == ("Ann", campaign.title)
    erasing.erase(person, gateway=for_visitors())
    left = Invitee.objects.get()
    assert (left.email, left.name) == ("", "")
    assert not Message.objects.filter(kind="list_invitation").exists()
    page = unescape(
        post(alice, make_campaign(team=campaign.team), "ann@example.org").content.decode()
    )
    assert "Wants no invitations" in page
