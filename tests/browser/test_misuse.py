"""The pages that keep misuse away: a browser does the proof of work by itself, and all can be used
by everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import caches
from playwright.sync_api import Page

from donations.models import BlockedVisitor, Donation, KeptForm
from donations.services.abuse import blocking, kept_forms, pausing, puzzles
from events.models import Workshop
from fundraiser.core import clock
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story

#: Their parts are looked at in dark on other pages.
LIGHT = ("light",)
ENGLISH_PHONE = {**PHONE, "locale": "en-US"}

pytestmark = pytest.mark.django_db(transaction=True)


def _declined(story: Story, workshop: Workshop) -> None:
    """Let a card be declined just now."""
    Donation.objects.filter(pk=story.register(workshop).pk).update(
        decline_code="card_declined", checked_at=clock.now()
    )


def _send(page: Page, path: str, email: str) -> None:
    page.goto(path)
    page.locator("#id_amount_other").check(force=True)
    page.locator("[name=other_amount]").fill("20")
    page.locator("#id_name").fill("Dora")
    page.locator("#id_email").fill(email)
    with page.expect_navigation():
        page.locator("[data-submit]").click()


def test_a_browser_does_the_work_and_every_page_can_be_used(
    open_context: Open, site: str, story: Story, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puzzles, "WORK", 2_000)  # the machine is busy with other tests, too
    workshop = make_workshop(make_campaign())
    settings.LIMITS = replace(settings.LIMITS, puzzle_after_declines=1)
    _declined(story, workshop)
    mine = f"{site}/c/{workshop.campaign.slug}/{workshop.slug}/"
    page = open_context(**ENGLISH_PHONE).new_page()
    _send(page, mine, "first@example.org")
    page.wait_for_url(f"{settings.STRIPE_API_BASE}/pay/**")

    # As if there were no script for it; axe needs scripts to look at the page.
    without = open_context(**ENGLISH_PHONE).new_page()
    without.route("**/js/prove*", lambda route: route.fulfill(content_type="text/javascript"))
    _send(without, mine, "second@example.org")
    problems = looks.problems(without, "prove", LIGHT)
    with without.expect_navigation():
        without.get_by_role("button", name="Mail me a link").click()
    problems |= looks.problems(without, "mailed", LIGHT)
    link = kept_forms.link(KeptForm.objects.get())
    without.goto(f"{site}/finish/{link}/")
    problems |= looks.problems(without, "finish", LIGHT)
    without.get_by_role("button", name="Go on to paying").click()
    without.wait_for_url(f"{settings.STRIPE_API_BASE}/pay/**")

    settings.LIMITS = replace(settings.LIMITS, puzzle_after_declines=0, unpaid_sessions_per_hour=1)
    steps: dict[str, Callable[[], object]] = {
        "too many": lambda: _send(without, mine, "third@example.org"),
        "blocked": lambda: (_block("third@example.org"), _send(without, mine, "third@example.org")),
        "paused": lambda: (pausing.pause(reason=""), _pages_anew(), without.goto(mine)),
        "paused campaign": lambda: without.goto(f"{site}/c/{workshop.campaign.slug}/"),
        "paused form": lambda: without.goto(f"{site}/embed{mine.removeprefix(site)}form/"),
    }
    for name, step in steps.items():
        step()
        problems |= looks.problems(without, name, LIGHT)
    assert not any(problems.values()), problems


def _block(email: str) -> None:
    known = blocking.hash_of("address", email)
    BlockedVisitor.objects.create(kind="address", value=email, value_hash=known, reason="Test")


def _pages_anew() -> None:
    caches["pages"].clear()
