"""A workshop from nothing to a visitor who answers its questions, in the browser."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from events.models import Campaign, Membership, Series, Workshop
from events.services.seating import waiting_list
from events.services.seating.seats import Payer
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign(db: None) -> Campaign:
    """A campaign of Alice's."""
    campaign = make_campaign()
    alice = User.objects.create_user("alice@example.org", "alice@example.org", first_name="Alice")
    Membership.objects.create(team=campaign.team, user=alice, role=Role.OWNER)
    return campaign


def _question(page: Page, number: int, label: str, **typed: str) -> None:
    page.get_by_role("button", name="Add a question").click()
    row = page.get_by_role("group", name=f"Question {number}", exact=True)
    row.get_by_label("Question", exact=True).first.fill(label)
    for name, value in typed.items():
        control = row.locator(f"[name='{number - 1}-{name}']")
        if name in {"kind", "if_question"}:
            control.select_option(label=value)
        elif value == "on":
            control.check()
        else:
            control.fill(value)


def test_a_workshop_is_made_asks_on_a_condition_and_is_published(
    open_context: Open, campaign: Campaign, site: str
) -> None:
    page = signed_in(open_context, site, "alice@example.org")
    page.goto(f"{site}/organize/campaigns/{campaign.public_id}/workshops/")
    page.get_by_role("button", name="New workshop").click()
    page.get_by_label("Title", exact=True).first.fill("Soap for everybody")
    page.get_by_label("In one or two sentences").first.fill("We make soap.")
    page.get_by_label("Date and time").fill("2031-05-14T19:00")
    page.get_by_label("Time zone of the workshop").select_option("Europe/Paris")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Your draft is kept.")).to_be_visible()

    page.get_by_role("link", name="Questions", exact=True).click()
    _question(page, 1, "Made soap before?", kind="One of several answers", choices="Yes\nNo")
    _question(page, 2, "Which?", required="on", if_question="Made soap before?", if_answer="Yes")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The questions are kept.")).to_be_visible()

    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("It is published")).to_be_visible()

    visitor = open_context(**{**PHONE, "locale": "en"}).new_page()
    visitor.goto(f"{site}/c/{campaign.slug}/soap-for-everybody/")
    which = visitor.get_by_label("Which?")
    expect(which).to_be_hidden()
    visitor.get_by_label("Made soap before?").select_option("Yes")
    expect(which).to_be_visible()
    visitor.get_by_label("Made soap before?").select_option("No")
    expect(which).to_be_hidden()
    visitor.get_by_label("Made soap before?").select_option("Yes")
    visitor.locator("[data-submit]").click()
    expect(visitor.get_by_role("link", name="Please answer: Which?")).to_be_visible()
    expect(which).to_be_visible()


def _paths(campaign: Campaign, shop: Workshop, series: Series) -> dict[str, str]:
    base = f"/organize/workshops/{shop.public_id}"
    draft = make_workshop(campaign, state="draft", asks_access_needs=True, captions=["en"])
    return {
        "list": f"/organize/campaigns/{campaign.public_id}/workshops/",
        "new": f"/organize/campaigns/{campaign.public_id}/workshops/new/",
        "edit": f"{base}/edit/",
        "questions": f"{base}/questions/",
        "requests": f"{base}/requests/",
        "clone": f"{base}/clone/",
        "series edit": f"/organize/series/{series.public_id}/",
        "series": f"/c/{campaign.slug}/series/{series.slug}/",
        "ask": f"/c/{campaign.slug}/{shop.slug}/",
        "preview": f"/c/{campaign.slug}/{draft.slug}/",
    }


def test_the_pages_can_be_used_by_everybody(
    open_context: Open, campaign: Campaign, site: str
) -> None:
    series = Series.objects.create(campaign=campaign, slug="dates", title="Dates of soap")
    first = {"id": "a", "label": "Made soap?", "kind": "choice", "choices": ["Yes", "No"]}
    second = {
        "id": "b",
        "label": "Which?",
        "kind": "text",
        "if": {"question": "a", "answer": "Yes"},
    }
    shop = make_workshop(
        campaign, series=series, moderated=True, questions=[first, second], speakers=["Ann"]
    )
    make_workshop(campaign, series=series, capacity=3)
    payer = Payer(name="Wanda", email="wanda@example.org", language="en", answers={"a": "Yes"})
    waiting_list.join(workshop=shop, payer=payer, nonce=shop.public_id)
    options = {**PHONE, "locale": "en", "reduced_motion": "reduce"}
    page = signed_in(open_context, site, "alice@example.org", **options)
    problems: dict[str, list[str]] = {}
    for name, path in _paths(campaign, shop, series).items():
        page.goto(f"{site}{path}")
        page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
        assert page.locator("h1").count() == 1, name
        problems |= looks.problems(page, f"workshops {name}")
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())
