"""From nothing to a paid seat: somebody signs up, opens a team, and a visitor gives."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from donations.services import invariants, totals
from events.models import Campaign, Team
from fundraiser.core import clock
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.mail import SmtpSink
from tests.support.story import Story, body

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_from_sign_up_to_a_published_workshop_that_a_visitor_pays_for(
    open_context: Open, site: str, smtp_sink: SmtpSink, settings: Settings, story: Story
) -> None:
    settings.OPEN_REGISTRATION = True
    settings.TEAM_OPENING = "open"
    page = open_context(**{**PHONE, "locale": "en-US"}).new_page()
    _sign_up(page, site, smtp_sink)
    _open_a_team(page)
    Team.objects.update(site_account_approved=True)  # what an admin of the site decides
    _publish_a_campaign(page, site)
    _publish_a_workshop(page)
    _give(open_context(**{**PHONE, "locale": "en-US"}).new_page(), site)
    assert totals.of_campaign(Campaign.objects.get()).raised.minor == 2000
    assert list(invariants.broken()) == []


def _sign_up(page: Page, site: str, sink: SmtpSink) -> None:
    page.goto(f"{site}/accounts/signup/")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_role("button", name="Make the account").click()
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", body(sink.messages[-1]))
    assert code is not None
    page.locator("input[name=code]").fill(code[0])
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(f"{site}/organize/")


def _open_a_team(page: Page) -> None:
    page.get_by_role("link", name="Teams").click()
    page.get_by_role("button", name="Open a team").click()
    page.get_by_label("Name of the team").fill("Zoë’s workshops")
    page.locator("input[name=reply_to]").fill("zoe@example.org")
    page.get_by_role("button", name="Open the team").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zoë’s workshops")


def _publish_a_campaign(page: Page, site: str) -> None:
    page.goto(f"{site}/organize/campaigns/new/")
    page.get_by_label("Title").fill("An evening for clean water")
    page.locator("input[name=charity][value=charity-water]").check()
    page.locator("input[name=destination][value=team]").check()
    page.locator("select[name=currency]").select_option("USD")
    day = (clock.now() + timedelta(days=90)).date().isoformat()
    page.get_by_label("Money sent on by").fill(day)
    page.get_by_role("button", name="Create the campaign").click()
    page.get_by_role("link", name="Text and looks").click()
    page.get_by_label("Story (English)").fill("I show how a web shop is opened, for a well.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("It is public now")).to_be_visible()


def _publish_a_workshop(page: Page) -> None:
    page.get_by_role("link", name="Workshops", exact=True).click()
    page.get_by_role("button", name="New workshop").click()
    page.get_by_label("Title", exact=True).first.fill("How to open a web shop")
    page.get_by_label("In one or two sentences").first.fill("From the idea to the first order.")
    page.get_by_label("Date and time").fill("2031-05-14T19:00")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("It is published")).to_be_visible()


def _give(page: Page, site: str) -> None:
    page.goto(f"{site}/c/{Campaign.objects.get().slug}/")
    page.get_by_role("link", name="How to open a web shop").click()
    page.get_by_text("$20", exact=True).click()
    page.get_by_role("textbox", name="Your name").fill("Dora")
    page.get_by_role("textbox", name="E-mail address").fill("dora@example.org")
    page.locator("[data-submit]").click()
    page.locator("button.pay").click()
    expect(page.locator("[data-state=paid]")).to_be_visible()
    expect(page.locator(".ticket")).to_contain_text("How to open a web shop")
