"""An attendee's whole life in a real browser: free seat, reminder, countdown, room, replay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from events.models import Registration, Workshop
from events.services.mails import planner
from tests.browser.conftest import Open
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, address, body

pytestmark = [pytest.mark.django_db(transaction=True)]

#: Other people's sites, which no test can reach: that the browser asked for them is enough.
_ROOM = "https://rooms.example.org/secret-room"
_REPLAY = "https://films.example.org/secret-film"
_START = datetime(2027, 3, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def site(live_server, settings) -> Iterator[str]:
    """The site in this very process, so that its clock is the one that the test moves."""
    settings.SITE_URL = live_server.url
    return live_server.url


def _workshop() -> Workshop:
    return make_workshop(
        make_campaign(),
        starts_at=_START,
        duration_minutes=90,
        zero_allowed=True,
        minimum_minor=0,
        join_url=_ROOM,
    )


def _link(mail: EmailMessage, part: str) -> str:
    (found,) = set(re.findall(rf"http://\S+/{part}/\S+", body(mail)))
    return found


def _planned(story: Story) -> list[EmailMessage]:
    planner.plan()
    arrived = story.mails()
    for mail in arrived:
        assert "secret" not in mail.as_string()
    return arrived


def test_register_free_be_reminded_join_and_watch_it_again(
    open_context: Open, site: str, story: Story, clock: Clock
) -> None:
    clock.set(_START - timedelta(days=2, minutes=3))
    workshop = _workshop()
    page = open_context().new_page()

    _register(page, f"{site}{address(workshop)}")
    (proof,) = _planned(story)
    page.goto(_link(proof, "confirm"))
    page.get_by_role("button", name="Yes, I am coming").click()
    expect(page.locator("body")).to_contain_text(workshop.title)
    (ticket,) = _planned(story)
    way_in = _link(ticket, "j")

    clock.set(_START - timedelta(days=1, minutes=5))
    assert _planned(story) == []
    clock.advance(minutes=6)
    (reminder,) = _planned(story)
    assert "Dora" in body(reminder)
    assert _link(reminder, "j") == way_in

    clock.set(_START - timedelta(minutes=15, seconds=3))
    page.goto(way_in)
    expect(page.get_by_role("heading", name="The room opens in")).to_be_visible()
    assert "secret" not in page.content()
    registration = Registration.objects.get()
    assert registration.attended is None

    with page.expect_request(_ROOM):  # By itself: nobody clicks.
        clock.set(_START - timedelta(minutes=15))
    registration.refresh_from_db()
    assert (registration.attended, registration.attendance_source) == (True, "click")
    assert registration.joined_at == clock.now()

    _watch_again(page, workshop, story, clock)


def _watch_again(page: Page, workshop: Workshop, story: Story, clock: Clock) -> None:
    clock.set(workshop.ends_at + timedelta(minutes=3))
    kinds = [mail["Subject"] for mail in _planned(story)]
    assert len(kinds) == 1, kinds  # Thanks; the reminders of the last hour are stale by now.
    Workshop.objects.update(replay_url=_REPLAY)
    clock.advance(minutes=2)
    (replay,) = _planned(story)
    page.goto(_link(replay, "r"))
    assert "secret" not in page.content()
    with page.expect_request(_REPLAY):
        page.get_by_role("button", name="Watch the replay").click()


def _register(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_text("Other", exact=True).click()
    page.get_by_label("Your own amount").fill("0")
    page.locator("#id_name").fill("Dora")
    page.locator("#id_email").fill("dora@example.org")
    page.locator("button[data-submit]").click()
    expect(page.locator("body")).to_contain_text("dora@example.org")
