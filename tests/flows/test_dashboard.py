"""The dashboard: charts, the next step of each campaign, and what a viewer is not told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from donations.models import Donation
from donations.services import charts, next_steps, totals
from events.models import Campaign, Workshop
from fundraiser.core import clock
from tests.flows.test_own_words import signed_in
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import plain

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def paid(campaign: Campaign, minor: int, day: int, **values: Any) -> Donation:
    """Return a gift that was paid in May; its ledger does not matter to a chart."""
    return Donation.objects.create(
        campaign=campaign,
        purpose="gift",
        state="paid",
        amount_minor=minor,
        net_minor=minor,
        currency=campaign.currency,
        name="Dora",
        email="dora@example.org",
        language="en",
        livemode=False,
        session_expires_at=MAY,
        charge_id=f"ch_{campaign.pk}_{day}_{minor}",
        paid_at=MAY + timedelta(days=day),
        **values,
    )


def days(chart: charts.Chart | None) -> list[tuple[int, int, int]]:
    return [(one.day.day, one.given.minor, one.total.minor) for one in chart.days] if chart else []


def test_a_chart_adds_up_day_by_day_and_everybodys_leaves_hidden_gifts_out(
    campaign: Campaign,
) -> None:
    for minor, day, hidden in ((1000, 0, False), (500, 0, False), (7700, 2, True), (300, 4, False)):
        paid(campaign, minor, day, hide_amount=hidden)
    found = charts.of_campaigns([campaign])[campaign.pk]
    assert days(found.whole) == [(1, 1500, 1500), (3, 7700, 9200), (5, 300, 9500)]
    assert days(found.public) == [(1, 1500, 1500), (5, 300, 1800)]
    assert found.public
    assert found.public.leaves_out
    assert found.public.line.startswith("0,160 0,160 0,27 ")
    assert found.public.line.endswith("600,0")
    # Control: the drawing of all would tell the hidden one.
    assert found.whole
    assert found.whole.line != found.public.line


def test_no_page_of_everybody_or_of_a_viewer_tells_a_hidden_amount(
    campaign: Campaign, alice: User, bob: User
) -> None:
    paid(campaign, 1000, 0)
    paid(campaign, 7700, 2, hide_amount=True)
    address = f"/c/{campaign.slug}/"
    public, french = (
        plain(Client().get(address, headers={"Accept-Language": one}).content.decode())
        for one in ("en", "fr")
    )
    viewer = plain(signed_in(bob).get("/organize/").content.decode())
    owner = plain(signed_in(alice).get("/organize/").content.decode())
    assert "1 May 2026" in public
    for page in (public, viewer):
        assert "$77" not in page
        assert "Gifts whose amount is hidden are not in it" in page
    assert "$77" in owner
    assert "1 mai 2026" in french


def step(campaign: Campaign) -> tuple[str, str]:
    workshops = list(campaign.workshops.order_by("starts_at"))
    found = next_steps.of(campaign, workshops, totals.of_campaign(campaign), clock.now())
    return found.kind, found.workshop.title if found.workshop else ""


def test_the_next_step_is_the_most_pressing(campaign: Campaign) -> None:
    assert step(make_campaign(state="draft")) == ("finish", "")
    assert step(campaign) == ("add_workshop", "")
    shop = make_workshop(campaign, title="Shop", state="draft")
    assert step(campaign) == ("publish_workshop", "Shop"), "a draft takes nobody"
    Workshop.objects.filter(pk=shop.pk).update(state="published")
    assert step(campaign) == ("share", "")
    now = clock.now()
    Workshop.objects.filter(pk=shop.pk).update(starts_at=now + timedelta(days=6))
    assert step(campaign) == ("room", "Shop")
    Workshop.objects.filter(pk=shop.pk).update(join_url="https://rooms.example.org/x")
    assert step(campaign) == ("share", "")
    Workshop.objects.filter(pk=shop.pk).update(starts_at=now - timedelta(days=1), seats_taken=2)
    assert step(campaign) == ("replay", "Shop")
    Workshop.objects.filter(pk=shop.pk).update(replay_url="https://v.example.org/x")
    assert step(campaign) == ("share", "")
    campaign.state = "closed"
    assert step(campaign) == ("thank", "")
    Workshop.objects.filter(pk=shop.pk).update(state="cancelled")
    campaign.state = "published"
    assert step(campaign) == ("add_workshop", "")


def test_the_step_leads_to_its_page_and_a_viewer_has_none(
    campaign: Campaign, alice: User, bob: User
) -> None:
    shop = make_workshop(campaign, starts_at=clock.now() + timedelta(days=1))
    owner = plain(signed_in(alice).get("/organize/").content.decode())
    assert "Set the room of “How to open a web shop”" in owner
    assert f'<a href="/organize/workshops/{shop.public_id}/room/">' in owner
    assert "Set the room of" not in signed_in(bob).get("/organize/").content.decode()


@pytest.mark.parametrize("more", [0, 2])
def test_the_dashboard_costs_the_same_for_one_and_three_campaigns(
    campaign: Campaign, alice: User, more: int
) -> None:
    for one in [campaign, *(make_campaign(team=campaign.team) for _ in range(more))]:
        paid(one, 1000, 0)
        make_workshop(one)
    client = signed_in(alice)
    client.get("/organize/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/organize/").content.decode()
    assert page.count('<figure class="chart">') == more + 1
    assert len(queries) <= 25  # one of them for gifts made anew after a restored backup


@pytest.mark.parametrize("opening", ["open", "closed"])
def test_somebody_new_is_told_how_to_begin(db: None, settings: Any, opening: str) -> None:
    settings.TEAM_OPENING = opening
    client = signed_in(User.objects.create_user("zoe@example.org", "zoe@example.org"))
    page = client.get("/organize/").content.decode()
    assert "First a team, then a campaign" in page
    assert ('href="/organize/teams/open/"' in page) == (opening == "open")
    if opening == "closed":
        return
    form = client.get("/organize/teams/open/").content.decode()
    assert "data-own-zone" in form, "a script chooses the person’s own zone"
    typed = {"name": "Wells", "reply_to": "zoe@example.org", "time_zone": "Europe/Paris"}
    team = client.post("/organize/teams/open/", typed, follow=True).content.decode()
    assert "Next: your first campaign" in team
    assert 'href="/organize/campaigns/new/"' in team
    assert "First a team" not in client.get("/organize/").content.decode()


def test_each_page_says_in_its_title_which_it_is(campaign: Campaign, alice: User) -> None:
    shop = make_workshop(campaign, title="Shop")
    client = signed_in(alice)
    place = f"/organize/campaigns/{campaign.public_id}/"
    titles = {
        place: "Clean water",
        f"{place}edit/": "Text and looks · Clean water",
        f"{place}by-hand/": "Gifts by hand · Clean water",
        f"/organize/workshops/{shop.public_id}/room/": "Room · Shop",
    }
    for path, title in titles.items():
        page = client.get(path).content.decode()
        assert f"<title>{title}</title>" in page, path
    assert f'<a href="{place}">Clean water</a>' in page, "and the way back up"


def test_the_overview_of_a_campaign_leads_to_its_first_workshop(
    campaign: Campaign, alice: User, bob: User
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(state="draft")
    place = f"/organize/campaigns/{campaign.public_id}/"
    assert f"{place}workshops/new/" in signed_in(alice).get(place).content.decode()
    assert f"{place}workshops/new/" not in signed_in(bob).get(place).content.decode()
    make_workshop(campaign, title="Shop", state="draft", translations={"fr": {"title": "Atelier"}})
    Campaign.objects.filter(pk=campaign.pk).update(state="published")
    page = signed_in(alice).get(place).content.decode()
    assert "Publish your workshop: nobody can register yet." in page
    assert '<span class="badge plain">Draft</span>' in page
    french = signed_in(alice).get(place, headers={"Accept-Language": "fr"}).content.decode()
    assert "Atelier</a>" in french
