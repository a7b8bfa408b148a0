"""An invitation to a team: mailed, opened, accepted once, with or without an account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.test import Client

from donations.services.mails import invitation_emails
from events.models import Invitation, Membership, Message, Team
from events.services import access_teams, invitations
from events.services.mails import sender
from events.states import Role
from fundraiser.core import clock
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.story import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(alice: User) -> Team:
    return Team.objects.get(membership__user=alice)


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _invite(team: Team, email: str = "zoe@example.org", **values: Any) -> Invitation:
    given = {"role": Role.ORGANIZER, "language": "en", "by": None, **values}
    return invitations.invite(team=team, email=email, **given)


def _link(invitation: Invitation) -> str:
    return f"/invitation/{access_teams.invitation_link(invitation)}/"


def _role(team: Team, email: str) -> str | None:
    mine = Membership.objects.filter(team=team, user__email=email)
    return mine.values_list("role", flat=True).first()


@pytest.mark.django_db(transaction=True)
def test_whoever_is_invited_makes_an_account_though_sign_up_is_closed(
    team: Team, alice: User, smtp_sink: SmtpSink
) -> None:
    typed = {"email": "zoe@example.org", "role": "viewer", "language": "fr"}
    path = f"/organize/teams/{team.public_id}/invite/"
    assert _as(alice).post(path, typed).status_code == 302
    sender.send_due()
    (mail,) = smtp_sink.messages
    assert (mail["To"], mail["Reply-To"]) == ("zoe@example.org", team.reply_to)
    assert "Alice’s team" in mail["Subject"]
    assert "alice@example.org" in body(mail)
    found = re.search(r"http://\S+(/invitation/\S+)", body(mail))
    assert found is not None
    link, visitor = found[1], Client()
    assert visitor.get("/accounts/signup/").status_code == 200
    assert visitor.post("/accounts/signup/", {"email": "zoe@example.org"}).status_code == 200
    assert not User.objects.filter(email="zoe@example.org").exists()

    assert visitor.get(link).status_code == 200
    to_account = visitor.post(link)
    assert to_account["Location"].startswith("/accounts/signup/?next=")
    page = visitor.get(to_account["Location"])
    assert 'value="zoe@example.org"' in page.content.decode()
    other = visitor.post(to_account["Location"], {"email": "else@example.org", "next": link})
    assert "zoe@example.org" in str(other.context["form"].errors["email"])
    made = visitor.post(to_account["Location"], {"email": "zoe@example.org", "next": link})
    assert (made.status_code, made["Location"]) == (302, link)
    assert EmailAddress.objects.get(email="zoe@example.org").verified
    assert visitor.post(link)["Location"] == f"/organize/teams/{team.public_id}/"
    assert _role(team, "zoe@example.org") == "viewer"
    assert Client().get(link).status_code == 404, "it works once"


def test_who_has_an_account_signs_in_and_joins_once(team: Team, charlie: User) -> None:
    invitation = _invite(team, charlie.email)
    link = _link(invitation)
    assert Client().post(link)["Location"].startswith("/accounts/login/?next=")
    client = _as(charlie)
    assert "charlie@example.org" in client.get(link).content.decode()
    assert _role(team, charlie.email) is None, "looking changes nothing"
    assert client.post(link).status_code == 302
    assert client.post(link).status_code == 404
    assert _role(team, charlie.email) == "organizer"
    with pytest.raises(invitations.OverError):
        invitations.accept(invitation=invitation, user=charlie, language="en")


def test_an_invitation_ends_by_time_by_withdrawing_and_by_a_newer_one(
    team: Team, alice: User, charlie: User, clock: Clock
) -> None:
    client = _as(charlie)
    first = _invite(team)
    old, new = _link(first), _link(_invite(team, "ZOE@example.org", role=Role.VIEWER))
    assert Invitation.objects.filter(team=team).count() == 1
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    assert invitation_emails.invitation(Message.objects.order_by("pk")[0]) is None
    clock.advance(timedelta(days=13, hours=23))
    assert client.get(new).status_code == 200
    clock.advance(timedelta(hours=2))
    assert client.post(new).status_code == 404
    assert "14 days" in client.get(new).content.decode()
    assert _role(team, charlie.email) is None
    third = _invite(team)
    withdraw = f"/organize/teams/{team.public_id}/invitations/{third.public_id}/withdraw/"
    assert client.post(withdraw).status_code == 404, "another team's owner"
    assert _as(alice).post(withdraw).status_code == 302
    assert client.get(_link(third)).status_code == 404


def test_an_invitation_opens_sign_up_only_as_long_as_it_stands(team: Team) -> None:
    visitor, invitation = Client(), _invite(team)
    visitor.post(_link(invitation))
    assert visitor.get("/accounts/signup/").context.get("form") is not None
    invitations.withdraw(invitation)
    assert visitor.get("/accounts/signup/").context.get("form") is None
    visitor.post("/accounts/signup/", {"email": "zoe@example.org"})
    assert not User.objects.filter(email="zoe@example.org").exists()


def test_who_is_on_the_team_is_not_invited_again(team: Team, alice: User, bob: User) -> None:
    path = f"/organize/teams/{team.public_id}/invite/"
    typed = {"email": bob.email.upper(), "role": "owner", "language": "en"}
    answer = _as(alice).post(path, typed)
    assert answer.status_code == 422
    assert "on the team already" in answer.content.decode()
    assert not Invitation.objects.exists()
    assert _role(team, bob.email) == "viewer"


def test_control_a_made_up_link_opens_nothing(team: Team, charlie: User) -> None:
    good = _link(_invite(team))
    client = _as(charlie)
    bad = [good.replace(".1.", ".2."), good[:-2] + "/", "/invitation/nonsense/"]
    assert {client.get(one).status_code for one in bad} == {404}
    assert client.get(good).status_code == 200  # the one that the others were made from
    assert Invitation.objects.get().expires_at > clock.now()
