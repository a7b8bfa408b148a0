"""A suspended campaign, or all of a team's: a clear page, no gifts, and people keep their seats."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.models import Donation
from donations.services import home, pages
from events.models import Booking, Campaign, Workshop
from events.services import access, suspending
from tests.support.cast import give_form, make_workshop
from tests.support.story import Story

pytestmark = pytest.mark.django_db

WAYS: dict[str, tuple[Callable[[Campaign], None], Callable[[Campaign], None]]] = {
    "campaign": (
        lambda one: suspending.suspend_campaign(one.pk, reason="Questions"),
        lambda one: suspending.resume_campaign(one.pk),
    ),
    "team": (
        lambda one: suspending.suspend_team(one.team_id, reason="Questions"),
        lambda one: suspending.resume_team(one.team_id),
    ),
}


def _public(shop: Workshop) -> list[str]:
    path = f"/c/{shop.campaign.slug}/"
    mine = f"{path}{shop.slug}/"
    return [path, f"{path}total/", f"{path}entries.csv", f"{path}give/", mine, f"{mine}wait/"]


@pytest.mark.parametrize("how", list(WAYS))
def test_what_is_suspended_says_so_at_once_and_goes_on_afterwards(
    campaign: Campaign, how: str
) -> None:
    shop, visitor = make_workshop(campaign, waiting_list=True), Client()
    suspend, resume = WAYS[how]
    before = {one: visitor.get(one).status_code for one in _public(shop)}
    assert campaign.title in visitor.get("/").content.decode()
    suspend(campaign)  # the pages above are cached: for nobody any more
    for one in _public(shop):
        answer = visitor.get(one)
        assert (answer.status_code, "suspended" in answer.content.decode()) == (410, True), one
        assert campaign.title not in answer.content.decode()
    assert [one.title for one in home.cards("en")] == []
    resume(campaign)
    assert {one: visitor.get(one).status_code for one in _public(shop)} == before


@pytest.mark.parametrize("how", list(WAYS))
def test_a_form_that_was_open_takes_neither_gift_nor_seat(
    story: Story, workshop: Workshop, how: str
) -> None:
    path = f"/c/{workshop.campaign.slug}/"
    WAYS[how][0](workshop.campaign)
    for place in (f"{path}give/", f"{path}{workshop.slug}/", f"{path}{workshop.slug}/wait/"):
        answer = story.client.post(place, give_form())
        assert (answer.status_code, "Location" in answer) == (410, False)
    assert (Donation.objects.count(), Booking.objects.count()) == (0, 0)
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0


def test_people_with_a_seat_keep_their_page_and_their_money_arrives(
    story: Story, workshop: Workshop
) -> None:
    donation = story.register(workshop)
    suspending.suspend_campaign(workshop.campaign_id, reason="")
    story.pay(donation)  # at Stripe's page already: nobody can call it back
    donation.refresh_from_db()
    assert donation.booking is not None
    page = f"/b/{access.booking_link(donation.booking)}/"
    assert (donation.state, donation.booking.state) == ("paid", "confirmed")
    assert workshop.title in story.page(page)
    assert "suspended" in story.client.get(f"/c/{workshop.campaign.slug}/").content.decode()


def test_an_admin_suspends_with_a_reason_that_the_team_reads(
    campaign: Campaign, alice: User
) -> None:
    root, owner = Client(), Client()
    root.force_login(User.objects.create_superuser("root"))
    owner.force_login(alice)
    team_page = f"/organize/teams/{campaign.team.public_id}/"
    for model, row in (("campaign", campaign), ("team", campaign.team)):
        listing, chosen = f"/admin/events/{model}/", {"_selected_action": [row.pk]}
        asked = root.post(listing, {**chosen, "action": "suspend"})
        assert asked.status_code == 200
        assert str(row) in asked.content.decode()
        row.refresh_from_db()
        assert row.suspended_at is None, "asking changes nothing"
        said = {**chosen, "action": "suspend", "confirmed": "yes", "reason": f"Odd {model}"}
        assert root.post(listing, said).status_code == 302
        row.refresh_from_db()
        assert row.suspended_at is not None
        assert f"Odd {model}" in owner.get(team_page).content.decode()
        assert root.post(listing, {**chosen, "action": "resume"}).status_code == 302
        row.refresh_from_db()
        assert (row.suspended_at, row.suspension_reason) == (None, "")


def test_control_a_page_that_does_not_ask_is_seen(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, path = Client(), f"/c/{campaign.slug}/"
    assert visitor.get(path).status_code == 200
    version = pages.campaign_version(campaign.slug)
    suspending.suspend_campaign(campaign.pk, reason="")
    monkeypatch.setattr(pages, "campaign_version", lambda slug: version)
    assert visitor.get(path).status_code == 200  # what the first test would have reported
