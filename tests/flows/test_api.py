"""The API: tokens with present rights, pages, drafts, exports, and the same answer twice."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from donations.gateway.stripe import for_visitors
from donations.models import ApiAnswer, ApiToken, Export
from donations.services.exports import jobs
from events.models import Campaign, Membership, Team, Workshop
from events.states import CampaignState
from tests.support.cast import make_campaign, make_gift, make_workshop, start
from tests.support.clock import Clock
from tests.support.programs import Program, is_problem
from tests.support.sandbox import SandboxControl

CAMPAIGNS = "/api/v1/campaigns"
NEW = {
    "title": "Wells for Mali",
    "charity": {"key": "charity-water"},
    "currency": "USD",
    "destination": "charity",
    "goal_minor": 250_050,
}


@pytest.fixture
def program(alice: User, campaign: Campaign) -> Program:
    return Program(alice, campaign.team)


def test_a_token_is_kept_as_its_hash_and_shown_once(alice: User, campaign: Campaign) -> None:
    browser = Client()
    browser.force_login(alice)
    page = reverse("team_tokens", args=[campaign.team.public_id])
    form = {"name": "Website", "scopes": ["read:campaigns"], "days": "90"}

    made = browser.post(page, form)

    row = ApiToken.objects.get()
    shown = made.content.decode()
    secret = shown.split('<code class="share-address">')[1].split("<")[0]
    assert made.status_code == 201
    assert len(secret) == len("frt_") + 43  # 256 bits in base64url
    assert secret not in browser.get(page).content.decode()
    assert secret not in json.dumps(list(ApiToken.objects.values()), default=str)
    assert secret.startswith(row.prefix)
    assert "no-store" in made.headers["Cache-Control"]
    assert browser.post(page, {"name": "", "days": "7"}).status_code == 422
    found = Client().get(CAMPAIGNS, headers={"Authorization": f"Bearer {secret}"})
    assert [one["id"] for one in found.json()["data"]] == [str(campaign.public_id)]

    browser.post(reverse("token_revoke", args=[campaign.team.public_id, row.public_id]))

    found = Client().get(CAMPAIGNS, headers={"Authorization": f"Bearer {secret}"})
    assert is_problem(found, 401, "unauthorized")
    assert found.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("change", ["removed", "suspended", "inactive", "expired", "scope"])
def test_a_lost_right_is_gone_at_the_next_request(
    program: Program, alice: User, campaign: Campaign, clock: Clock, change: str
) -> None:
    assert program.get(CAMPAIGNS).status_code == 200
    status, code = 401, "unauthorized"
    if change == "removed":
        Membership.objects.all().delete()
        status, code = 403, "no_right"
    elif change == "suspended":
        Team.objects.update(suspended_at=clock.moment)
        status, code = 403, "no_right"
    elif change == "inactive":
        User.objects.update(is_active=False)
    elif change == "expired":
        clock.advance(timedelta(days=31))
    else:
        ApiToken.objects.update(scopes=["read:money"])
        status, code = 403, "no_scope"

    assert is_problem(program.get(CAMPAIGNS), status, code)


def test_a_viewer_sees_numbers_and_changes_nothing(
    program: Program, bob: User, workshop: Workshop, sandbox: SandboxControl
) -> None:
    start(workshop, make_gift(name="Dora", email="dora@example.org"), for_visitors())
    viewer = Program(bob, workshop.campaign.team)
    for path in ("/api/v1/registrations", "/api/v1/donations"):
        (seen,) = viewer.get(path).json()["data"]
        (known,) = program.get(path).json()["data"]
        assert (seen["name"], seen["email"]) == (None, None)
        assert (known["name"], known["email"]) == ("Dora", "dora@example.org")
        assert "dora" not in viewer.get(path).content.decode().lower()
        for who, row in ((viewer, seen), (program, known)):  # as a webhook's receiver asks
            assert who.get(f"{path}/{row['id']}").json() == row
        other = Program(bob, make_campaign().team)
        Membership.objects.create(team=other.row.team, user=bob, role="owner")
        assert is_problem(other.get(f"{path}/{seen['id']}"), 404, "not_found")
    assert viewer.get("/api/v1/totals").json()["data"][0]["raised"] == {
        "minor": 0,
        "currency": "USD",
    }
    assert is_problem(viewer.call("POST", CAMPAIGNS, NEW), 403, "no_right")
    assert is_problem(viewer.get("/api/v1/exports"), 403, "no_right")

    # A token that was not made for people sees none, whoever made it.
    money = Program(User.objects.get(email="alice@example.org"), workshop.campaign.team)
    ApiToken.objects.filter(pk=money.row.pk).update(scopes=["read:money"])
    assert money.get("/api/v1/donations").json()["data"][0]["email"] is None


def test_where_seats_are_carried_no_answer_tells_who_gave(
    program: Program, workshop: Workshop, sandbox: SandboxControl
) -> None:
    start(workshop, make_gift(email="dora@example.org"), for_visitors())
    Workshop.objects.update(surplus_minimum_minor=1000)

    (gift,) = program.get("/api/v1/donations").json()["data"]
    (person,) = program.get("/api/v1/registrations").json()["data"]

    assert (gift["name"], gift["email"]) == (None, None)
    assert "booking" not in gift
    assert person["email"] == "dora@example.org"
    assert person["registered_at"] is None

    Workshop.objects.update(surplus_minimum_minor=None)
    (person,) = program.get("/api/v1/registrations").json()["data"]
    assert person["registered_at"], "control"


def test_another_teams_objects_are_not_there(program: Program, charlie: User) -> None:
    foreign = Campaign.objects.exclude(team=program.row.team).get()
    shop = make_workshop(foreign)
    asked = {"kind": "totals", "format": "csv", "campaign": str(foreign.public_id)}
    answers = [
        program.get(f"{CAMPAIGNS}/{foreign.public_id}"),
        program.get(f"{CAMPAIGNS}/{foreign.public_id}/totals"),
        program.call("PATCH", f"{CAMPAIGNS}/{foreign.public_id}", {"title": "Mine"}),
        program.get(f"/api/v1/workshops/{shop.public_id}"),
        program.call("POST", "/api/v1/exports", asked),
        program.get("/api/v1/nothing"),
    ]
    # Neither is one of a team where the same person is an owner, too: a token is for one team.
    Membership.objects.create(team=foreign.team, user=program.row.user, role="owner")
    answers.append(program.get(f"{CAMPAIGNS}/{foreign.public_id}"))

    assert all(is_problem(one, 404, "not_found") for one in answers)
    assert is_problem(program.call("DELETE", CAMPAIGNS), 405, "method_not_allowed")


def test_pages_meet_each_row_once_while_others_are_written(
    program: Program, campaign: Campaign
) -> None:
    more = [make_campaign(team=campaign.team) for _ in range(4)]
    wanted = [str(one.public_id) for one in [campaign, *more]]
    found: list[str] = []
    cursor = ""
    while True:
        page = program.get(f"{CAMPAIGNS}?limit=2{cursor}").json()
        found += [one["id"] for one in page["data"]]
        make_campaign(team=campaign.team)  # newer: on no later page
        if page["next"] is None:
            break
        cursor = f"&after={page['next']}"
    assert found == wanted[::-1]
    answer = program.get(f"{CAMPAIGNS}?limit=0&after=nothing")
    assert is_problem(answer, 422, "invalid")
    assert {one["field"] for one in answer.json()["errors"]} == {"limit", "after"}


def test_the_same_key_makes_one_campaign_and_gives_one_answer(program: Program) -> None:
    before = Campaign.objects.count()
    refused = program.call("POST", CAMPAIGNS, {**NEW, "title": " "}, Idempotency_Key="one")
    first = program.call("POST", CAMPAIGNS, NEW, Idempotency_Key="one")
    again = program.call("POST", CAMPAIGNS, NEW, Idempotency_Key="one")
    other = program.call("POST", CAMPAIGNS, {**NEW, "title": "Else"}, Idempotency_Key="one")

    assert is_problem(refused, 422, "invalid")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert is_problem(other, 422, "key_reused")
    assert Campaign.objects.count() == before + 1
    made = first.json()
    assert (made["state"], made["goal"]) == ("draft", {"minor": 250_050, "currency": "USD"})

    # Negative control: without the kept answer it is made twice.
    ApiAnswer.objects.all().delete()
    program.call("POST", CAMPAIGNS, NEW, Idempotency_Key="one")
    assert Campaign.objects.count() == before + 2


def test_drafts_are_written_by_the_forms_rules_and_public_ones_left_alone(
    program: Program, campaign: Campaign
) -> None:
    wrong = program.call("POST", CAMPAIGNS, {**NEW, "charity": {"key": "nobody"}, "currency": "X"})
    fields = {one["field"] for one in wrong.json()["errors"]}
    assert fields == {"charity.key", "currency"}
    assert program.call("POST", CAMPAIGNS, {**NEW, "tittle": "x"}).status_code == 422
    made = program.call("POST", CAMPAIGNS, {**NEW, "language": "fr"}).json()
    path = f"{CAMPAIGNS}/{made['id']}"
    change = {"story": "Un **puits**.", "translations": {"en": {"title": "A well"}}}
    changed = program.call("PATCH", path, {**change, "suggested_minor": [5000, 1050]}).json()
    assert changed["story"] == "Un **puits**."
    assert changed["translations"]["en"] == {"title": "A well"}
    assert [one["minor"] for one in changed["suggested"]] == [1050, 5000]
    assert (changed["title"], changed["goal"]["minor"]) == (NEW["title"], 250_050)

    shop = {"campaign": made["id"], "title": "Shops", "starts_at": "2099-07-01T19:00:00+02:00"}
    shop |= {"time_zone": "Europe/Paris", "duration_minutes": 60, "minimum_minor": 1050}
    draft = program.call("POST", "/api/v1/workshops", shop)
    assert draft.status_code == 201, draft.content
    assert draft.json()["starts_at"] == "2099-07-01T17:00:00Z"
    where = f"/api/v1/workshops/{draft.json()['id']}"
    moved = program.call("PATCH", where, {"starts_at": "2099-07-02T19:00:00+02:00"}).json()
    assert moved["starts_at"] == "2099-07-02T17:00:00Z"
    assert moved["minimum"] == {"minor": 1050, "currency": "USD"}
    past = program.call("PATCH", where, {"starts_at": "1999-07-02T19:00:00+02:00"})
    assert past.json()["errors"][0]["field"] == "starts_at"
    nothing = program.call("PATCH", where, {"time_zone": None})
    assert [one["field"] for one in nothing.json()["errors"]] == ["time_zone"]

    public = program.call("PATCH", f"{CAMPAIGNS}/{campaign.public_id}", {"title": "Changed"})
    assert is_problem(public, 409, "not_a_draft")
    assert Campaign.objects.get(pk=campaign.pk).title == "Clean water"
    assert Campaign.objects.get(public_id=made["id"]).state == CampaignState.DRAFT


def test_an_export_is_asked_for_and_fetched(
    program: Program, campaign: Campaign, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asked = {"kind": "totals", "format": "csv", "campaign": str(campaign.public_id)}
    made = program.call("POST", "/api/v1/exports", asked).json()
    path = f"/api/v1/exports/{made['id']}"
    assert made["state"] == "queued"
    assert is_problem(program.get(f"{path}/file"), 404, "not_found")

    jobs.write(Export.objects.get().pk)

    assert program.get(path).json()["state"] == "done"
    file = program.get(f"{path}/file")
    assert file.headers["Content-Type"] == "text/csv"
    assert b"".join(file.streaming_content).startswith(b"\xef\xbb\xbfteam,campaign")
    ApiToken.objects.update(scopes=["write:exports", "read:people"])
    assert is_problem(program.get(f"{path}/file"), 403, "no_scope")


def test_too_many_requests_are_refused(program: Program, settings: Any, clock: Clock) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    answers = [program.get(CAMPAIGNS) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    clock.advance(timedelta(minutes=1))
    assert program.get(CAMPAIGNS).status_code == 200


def test_lists_cost_the_same_for_one_row_and_for_many(
    program: Program, workshop: Workshop, sandbox: SandboxControl
) -> None:
    def queries() -> dict[str, int]:
        found = {}
        for name in ("campaigns", "workshops", "registrations", "donations", "totals"):
            with CaptureQueriesContext(connection) as captured:
                assert program.get(f"/api/v1/{name}").status_code == 200
            found[name] = len(captured)
        return found

    start(workshop, make_gift(), for_visitors())
    one = queries()
    for _ in range(2):
        other = make_workshop(make_campaign(team=workshop.campaign.team))
        start(other, make_gift(), for_visitors())
    assert queries() == one
    assert max(one.values()) <= 7
