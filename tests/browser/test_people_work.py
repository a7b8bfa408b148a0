"""Working with people in a browser: filter, mark, write to the ticked ones; usable by everybody."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from events.models import Announcement, Membership, PersonNote, Referral
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop
from tests.support.rooms import seated
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_some_people_are_found_marked_and_written_to(
    open_context: Open, story: Story, site: str
) -> None:
    workshop = make_workshop(make_campaign())
    team = workshop.campaign.team
    alice = User.objects.create_user("alice@example.org", "alice@example.org", first_name="Alice")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    story.give(workshop, name="Dora Marchand", email="dora@example.org")
    emil = seated(workshop, name="Emil")
    seated(workshop, name="Fay")
    PersonNote.objects.create(registration=emil, author=alice, text="Needs captions")
    Referral.objects.create(campaign=workshop.campaign, code="choir", label="Choir")
    people = f"{site}/organize/workshops/{workshop.public_id}/"
    of_campaign = f"{site}/organize/campaigns/{workshop.campaign.public_id}/"
    options = {**PHONE, "locale": "en", "reduced_motion": "reduce"}
    page = signed_in(open_context, site, "alice@example.org", **options)

    page.set_default_timeout(6000)
    page.goto(people)
    page.get_by_label("Gift", exact=True).select_option("no")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Dora Marchand")).to_have_count(0)
    page.get_by_role("button", name="Mark Emil").click()
    expect(page.get_by_role("button", name="take the mark away Emil")).to_be_visible()
    expect(page.get_by_label("Gift", exact=True)).to_have_value("no")
    page.get_by_label("Tick Emil").check()
    page.get_by_role("button", name="Write to the ticked ones").click()
    page.get_by_label("Subject").fill("Captions")
    page.get_by_label("Text", exact=True).fill("They are on.")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Send to 1 person").click()
    expect(page.get_by_text("It goes to 1 person.")).to_be_visible()
    assert [one.name for one in Announcement.objects.get().chosen.all()] == ["Emil"]

    assert _problems(page, people, of_campaign, emil.public_id) == {}


def _problems(page: Page, people: str, of_campaign: str, emil: UUID) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for name, address in {
        "people": f"{people}?sort=gift",
        "notes": f"{people}people/{emil}/",
        "everybody": f"{of_campaign}people/",
        "invite": f"{of_campaign}invite/",
        "links": f"{of_campaign}referrals/",
        "dashboard": people.partition("workshops/")[0],
    }.items():
        page.goto(address)
        page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
        problems |= looks.problems(page, f"people work {name}")
    return problems
