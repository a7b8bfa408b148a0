"""Promise 35. A revoked permission takes effect on the next request."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from donations.models import Acknowledgement, Claim, ConnectedAccount, Donation, KeptForm
from events.models import (
    Booking,
    Campaign,
    Host,
    Invitation,
    Invitee,
    Membership,
    Person,
    Registration,
)
from events.services import access
from tests.access.stage import METHODS, Stage
from tests.access.table import stated
from tests.access.tokens import PURPOSES
from tests.promises.test_p34_access_matrix import ADDRESSES, UNTIL_THEN, stage  # noqa: F401 -- the same stage


def sees(client: Client, stage: Stage) -> str:  # noqa: F811
    """Return what the dashboard shows of the team's campaign: it, nothing of it, or "login"."""
    answer = client.get("/organize/")
    if answer.status_code == 302:
        return "login"
    return "campaign" if stage.workshop.campaign.title in answer.content.decode() else "nothing"


def _new_password(user: User) -> None:
    user.set_password("another-long-password")
    user.save()


REVOKED: dict[str, tuple[Callable[[User], object], str]] = {
    "taken off the team": (lambda user: Membership.objects.filter(user=user).delete(), "nothing"),
    "account blocked": (
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        "login",
    ),
    "password changed": (_new_password, "login"),
    "account removed": (lambda user: user.delete(), "login"),
}


@pytest.mark.parametrize("how", list(REVOKED))
@pytest.mark.parametrize("person", ["viewer", "organizer"])
def test_a_member_loses_the_campaign_with_the_next_request(
    stage: Stage,  # noqa: F811
    person: str,
    how: str,
) -> None:
    client = stage.client(person)
    assert sees(client, stage) == "campaign"
    revoke, afterwards = REVOKED[how]
    revoke(stage.users[person])
    assert sees(client, stage) == afterwards


def test_a_former_admin_is_an_ordinary_visitor_with_the_next_request(
    stage: Stage,  # noqa: F811
) -> None:
    client = stage.client("admin")
    assert client.get("/admin/").status_code == 200
    assert sees(client, stage) == "campaign"
    User.objects.filter(pk=stage.users["admin"].pk).update(is_superuser=False, is_staff=False)
    assert client.get("/admin/").status_code == 302
    assert sees(client, stage) == "nothing"


def test_a_former_owner_changes_nothing_of_the_team_with_the_next_request(
    stage: Stage,  # noqa: F811
) -> None:
    client, user = stage.client("organizer"), stage.users["organizer"]
    path = f"/organize/teams/{stage.workshop.campaign.team.public_id}/"
    assert client.get(f"{path}edit/").status_code == 200
    Membership.objects.filter(user=user).update(role="organizer")
    assert (client.get(path).status_code, client.get(f"{path}edit/").status_code) == (200, 403)
    Membership.objects.filter(user=user).delete()
    assert (client.get(path).status_code, client.get(f"{path}edit/").status_code) == (404, 404)


#: A link that was used at two places is replaced, and the first of them goes on with it:
#: tests/flows/test_devices.py tries what becomes of the others.
JOINING = {"join", "join_status"}


HAVE_LINKS = (
    Acknowledgement,
    Booking,
    Claim,
    ConnectedAccount,
    Donation,
    Host,
    Invitation,
    Invitee,
    KeptForm,
    Person,
    Registration,
)


def _revoke_every_link() -> None:
    """Raise the version of whatever has links; a member's end with the membership."""
    for model in HAVE_LINKS:
        model.objects.update(link_version=F("link_version") + 1)
    Campaign.objects.update(stage_version=F("stage_version") + 1)
    Membership.objects.all().delete()


@pytest.mark.parametrize("name", sorted(set(PURPOSES) - JOINING - UNTIL_THEN))
def test_a_revoked_link_opens_nothing_with_the_next_request(
    stage: Stage,  # noqa: F811
    name: str,
) -> None:
    path = stage.path("attendee", name, ADDRESSES[name])
    client = stage.client("attendee")
    methods = [
        method
        for method, answer in zip(METHODS, stated()[name, "attendee"], strict=True)
        if answer not in {"404", "405"}
    ]
    assert methods
    _revoke_every_link()
    assert {client.generic(method, path).status_code for method in methods} == {404}


def test_control_a_dashboard_that_remembers_is_seen(
    stage: Stage,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remembered = list(Campaign.objects.values_list("pk", flat=True))
    monkeypatch.setattr(
        access,
        "campaigns_of",
        lambda user, *, is_admin: Campaign.objects.filter(pk__in=remembered),
    )
    client = stage.client("viewer")
    REVOKED["taken off the team"][0](stage.users["viewer"])
    assert sees(client, stage) == "campaign"  # what the tests above would have reported
