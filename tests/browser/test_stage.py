"""The page on stage in a real browser: a whole screen, readable from afar, by itself up to date."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from events.models import Campaign
from events.services import access
from events.services.room import rooms
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.cast import make_campaign
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_the_page_on_stage_fills_a_screen_updates_itself_and_is_revoked(
    open_context: Open, site: str, story: Story
) -> None:
    campaign = make_campaign(title="Clean water, one workshop at a time")
    _gifts(story, campaign)
    page = open_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(f"{site}/stage/{access.stage_link(campaign)}/")
    expect(page.locator(".stage-sum")).to_have_text("$151")
    for background in ("dark", "light", "transparent"):
        page.goto(f"{site}/stage/{access.stage_link(campaign)}/?background={background}")
        page.evaluate("document.fonts.ready")
        assert looks.problems(page, background) == {}
        _fits(page)
        _reads_from_afar(page, sum_from=150 if background != "transparent" else 100)
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgba(0, 0, 0, 0)"

    story.give(campaign, email="late@example.org", name="Late", amount="5000")
    expect(page.locator(".stage-sum")).to_have_text("$201", timeout=15_000)


def test_a_revoked_page_on_stage_shows_nothing_of_the_campaign_any_more(
    browser: Browser, site: str, story: Story
) -> None:
    campaign = make_campaign(title="Clean water, one workshop at a time")
    page = browser.new_context(locale="en-US").new_page()
    page.goto(f"{site}/stage/{access.stage_link(campaign)}/")
    expect(page.locator("h1")).to_have_text(campaign.title)
    rooms.revoke_stage(campaign)
    expect(page.locator("h1")).to_have_text("This link does not work any more", timeout=15_000)
    page.context.close()


def test_the_meter_for_other_sites_updates_itself_until_it_is_paused(
    open_context: Open, site: str, story: Story
) -> None:
    campaign = make_campaign(title="Clean water")
    page = open_context(viewport={"width": 360, "height": 480}).new_page()
    page.goto(f"{site}/embed/c/{campaign.slug}/meter/")
    expect(page.locator(".figure")).to_have_text("$0")
    ask = "document.dispatchEvent(new Event('visibilitychange'))"
    story.give(campaign, amount="5000")
    page.evaluate(ask)
    expect(page.locator(".figure")).to_have_text("$50")
    expect(page.get_by_role("status")).to_have_text("$50 raised now")

    page.get_by_role("button", name="Pause").click()
    story.give(campaign, amount="2000", email="late@example.org")
    page.evaluate(ask)
    expect(page.locator(".figure")).to_have_text("$50")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".figure")).to_have_text("$70")
    assert page.context.cookies() == []


def _gifts(story: Story, campaign: Campaign) -> None:
    names = ("Inès Belkacem", "Mary O’Connor", "A name that is long enough to be cut off here, yes")
    for number, name in enumerate(names):
        story.give(campaign, email=f"{number}@example.org", name=name, amount="5000")
    story.give(campaign, email="x@example.org", hide_name="on", amount="other", other_amount="1")


def _fits(page: Page) -> None:
    """Nothing hangs over an edge of the screen, and the code is large enough for a camera."""
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.stage *')].filter((e) => {
          const box = e.getBoundingClientRect();
          const panel = e.closest('.stage > *').getBoundingClientRect();
          const screen = box.right > 1921 || box.bottom > 1081 || box.left < 0 || box.top < 0;
          return box.width && (screen || box.right > panel.right + 1);
        }).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert outside == []
    box = page.locator(".stage-code svg").bounding_box()
    assert box is not None
    assert box["width"] >= 150


def _reads_from_afar(page: Page, *, sum_from: int) -> None:
    """No text is smaller than 24 px at 1080p, and the total is at least so large."""
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.stage h1, .stage h2, .stage p, .stage li span')]
        .filter((e) => e.checkVisibility())
        .map((e) => [e.textContent.trim(), parseFloat(getComputedStyle(e).fontSize)])"""
    )
    assert [one for one in sizes if one[1] < 24] == []
    assert max(size for _text, size in sizes) >= sum_from
