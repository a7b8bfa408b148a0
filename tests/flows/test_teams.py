"""Teams: opened as the site lets them, edited, handed over, left; nobody else sees them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django.fixtures import Settings

from events.models import Campaign, Membership, Team
from events.services import teams
from events.states import CampaignState, Role, TeamState
from fundraiser import checks
from tests.support.cast import make_campaign, make_workshop

pytestmark = pytest.mark.django_db


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _path(team: Team, more: str = "") -> str:
    return f"/organize/teams/{team.public_id}/{more}"


def _open(client: Client, **values: str) -> Any:
    typed = {"name": "Wells", "reply_to": "wells@example.org", "time_zone": "Europe/Paris"}
    return client.post("/organize/teams/open/", {**typed, **values})


def _role(team: Team, user: User) -> str | None:
    return Membership.objects.filter(team=team, user=user).values_list("role", flat=True).first()


def test_opening_a_team_is_closed_unless_a_setting_opens_it(alice: User) -> None:
    client, before = _as(alice), Team.objects.count()
    assert client.get("/organize/teams/open/").status_code == 403
    assert _open(client).status_code == 403
    with pytest.raises(teams.ClosedError):
        teams.open_team(user=alice, name="W", reply_to="w@e.org", time_zone="UTC", language="en")
    assert Team.objects.count() == before
    assert "/organize/teams/open/" not in client.get("/organize/teams/").content.decode()


@pytest.mark.parametrize(
    ("setting", "state"), [("approval", TeamState.PENDING), ("open", TeamState.ACTIVE)]
)
def test_who_opens_a_team_owns_it(
    alice: User, settings: Settings, setting: str, state: TeamState
) -> None:
    settings.TEAM_OPENING = setting
    answer = _open(_as(alice))
    team = Team.objects.get(name="Wells")
    assert answer["Location"] == _path(team)
    assert (team.state, team.time_zone, _role(team, alice)) == (state, "Europe/Paris", "owner")


def test_bad_input_is_told_at_its_field_and_kept(alice: User, settings: Settings) -> None:
    settings.TEAM_OPENING = "open"
    answer = _open(_as(alice), reply_to="nowhere", time_zone="Mars/Base")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"reply_to", "time_zone"}
    assert 'value="Wells"' in answer.content.decode()
    assert not Team.objects.filter(name="Wells").exists()


def test_a_pending_teams_campaign_is_seen_by_nobody_until_an_admin_approves(
    alice: User, campaign: Campaign, settings: Settings
) -> None:
    shop, visitor = make_workshop(campaign), Client()
    path = f"/c/{campaign.slug}/"
    addresses = [path, f"{path}total/", f"{path}give/", f"{path}{shop.slug}/"]
    Team.objects.filter(pk=campaign.team_id).update(state=TeamState.PENDING)
    assert campaign.state == CampaignState.PUBLISHED
    assert {visitor.get(one).status_code for one in addresses} == {404}
    assert {visitor.post(one).status_code for one in addresses[2:]} == {404}
    assert campaign.title not in visitor.get("/").content.decode()
    assert "approval" in _as(alice).get(_path(campaign.team)).content.decode()
    root = _as(User.objects.create_superuser("root"))
    chosen = {"action": "approve", "_selected_action": [campaign.team_id]}
    assert root.post("/admin/events/team/", chosen).status_code == 302
    assert {visitor.get(one).status_code for one in addresses} == {200}


def test_an_owner_edits_the_team_and_others_do_not(alice: User, bob: User) -> None:
    team = Team.objects.get(membership__user=alice)
    typed = {"name": "Rain", "reply_to": "rain@example.org", "time_zone": "UTC"}
    assert _as(bob).post(_path(team, "edit/"), typed).status_code == 403
    assert _as(alice).post(_path(team, "edit/"), typed).status_code == 302
    team.refresh_from_db()
    assert (team.name, team.reply_to) == ("Rain", "rain@example.org")


def test_members_see_the_team_viewers_no_addresses_and_others_nothing(
    alice: User, bob: User, charlie: User
) -> None:
    team = Team.objects.get(membership__user=alice)
    assert "bob@example.org" in _as(alice).get(_path(team)).content.decode()
    seen = _as(bob).get(_path(team)).content.decode()
    assert "alice@example.org" not in seen.replace(team.reply_to, "")
    for more in ("", "edit/"):
        assert _as(charlie).get(_path(team, more)).status_code == 404
    for more in ("invite/", "leave/", f"members/{bob.pk}/remove/", f"members/{bob.pk}/role/"):
        assert _as(charlie).post(_path(team, more), {"role": "owner"}).status_code == 404
        if more != "leave/":
            assert _as(bob).post(_path(team, more), {"role": "owner"}).status_code == 403
    assert _role(team, bob) == Role.VIEWER


def test_a_role_counts_from_the_next_request_on(alice: User, bob: User) -> None:
    team = Team.objects.get(membership__user=alice)
    viewer, owner = _as(bob), _as(alice)
    change = _path(team, f"members/{bob.pk}/role/")
    assert viewer.get(_path(team, "edit/")).status_code == 403
    assert owner.post(change, {"role": "owner"}).status_code == 302
    assert viewer.get(_path(team, "edit/")).status_code == 200
    assert owner.post(change, {"role": "king"}).status_code == 422
    demoted = viewer.post(_path(team, f"members/{alice.pk}/role/"), {"role": "viewer"})
    assert demoted.status_code == 302
    assert owner.get(_path(team, "edit/")).status_code == 403
    assert viewer.post(_path(team, f"members/{alice.pk}/remove/")).status_code == 302
    assert owner.get(_path(team)).status_code == 404


def test_the_last_owner_stays(alice: User, bob: User) -> None:
    team = Team.objects.get(membership__user=alice)
    owner = _as(alice)
    mine = f"members/{alice.pk}/"
    for more, typed in [
        ("leave/", {}),
        (f"{mine}remove/", {}),
        (f"{mine}role/", {"role": "viewer"}),
    ]:
        answer = owner.post(_path(team, more), typed)
        assert (answer.status_code, _role(team, alice)) == (409, "owner"), more
    assert owner.post(_path(team, f"members/{bob.pk}/hand-over/")).status_code == 302
    assert (_role(team, alice), _role(team, bob)) == ("organizer", "owner")
    assert owner.post(_path(team, "leave/")).status_code == 302
    assert _role(team, alice) is None
    assert owner.get(_path(team)).status_code == 404


def test_control_without_the_guard_a_team_loses_its_last_owner(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team.objects.get(membership__user=alice)
    monkeypatch.setattr(teams, "_keep_an_owner", lambda team, but: None)
    assert _as(alice).post(_path(team, "leave/")).status_code == 302
    assert _role(team, alice) is None  # what the test above would have reported


def test_an_unknown_opening_stops_the_start(settings: Settings) -> None:
    settings.TEAM_OPENING = "sometimes"
    with pytest.raises(ImproperlyConfigured, match="TEAM_OPENING"):
        checks.refuse_contradictions()


def test_a_page_of_many_members_asks_no_more_than_of_few(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    team = Team.objects.get(membership__user=alice)
    for number in range(5):
        user = User.objects.create_user(f"m{number}@example.org", f"m{number}@example.org")
        Membership.objects.create(team=team, user=user, role=Role.VIEWER)
    make_campaign(team=team, slug="another")
    client = _as(alice)
    with django_assert_max_num_queries(10):
        assert client.get(_path(team)).status_code == 200
