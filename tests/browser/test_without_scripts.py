"""Cancelling with its three choices, and the money's way to the charity, without JavaScript."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from donations.gateway.stripe import for_workers
from donations.models import CancellationChoice, LedgerEntry
from donations.services import refund_run
from events.models import Campaign, Workshop
from tests.browser import test_cancelled_workshop as cancelled
from tests.browser import test_remittance as remittance
from tests.browser.conftest import Open
from tests.browser.test_cancelled_workshop import workshop  # noqa: F401 -- a fixture
from tests.browser.test_organizer_pages import signed_in
from tests.browser.test_remittance import campaign  # noqa: F401 -- a fixture
from tests.support.story import Story, body

pytestmark = [pytest.mark.django_db(transaction=True)]

PLAIN: Final[dict[str, Any]] = {"java_script_enabled": False}


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_cancelling_asks_and_gives_back(
    open_context: Open,
    workshop: Workshop,  # noqa: F811
    site: str,
) -> None:
    page = signed_in(open_context, site, "alice@example.org", **PLAIN)
    page.goto(f"{site}/organize/workshops/{workshop.public_id}/cancel/")
    page.get_by_label("What you write to them").fill("Ann is ill.")
    page.get_by_label("The other date").check()
    _press(page, "Cancel the workshop")
    expect(page.get_by_role("heading", name="What they chose")).to_be_visible()

    payer = open_context(**PLAIN).new_page()
    for name, button, told in (
        ("Karl", "Keep it as a gift", "You leave it as a gift"),
        ("Dana", "Come on this date", "See my ticket"),
        ("Rita", "Refund me", "It is being sent"),
    ):
        cancelled._choice(payer, site, name)
        _press(payer, button)
        expect(payer.get_by_text(told)).to_be_visible()
    refund_run.run(gateway=for_workers())
    page.reload()
    expect(page.get_by_text("1 of 1 refund is done")).to_be_visible()
    assert [one.amount_minor for one in LedgerEntry.objects.filter(kind="refund")] == [2000]
    chosen = CancellationChoice.objects.values_list("booking__name", "choice")
    assert set(chosen) == {("Rita", "refund"), ("Karl", "keep"), ("Dana", "move")}


def test_money_is_recorded_and_acknowledged(
    open_context: Open,
    campaign: Campaign,  # noqa: F811
    story: Story,
    site: str,
) -> None:
    page = signed_in(open_context, site, "alice@example.org", **PLAIN)
    page.goto(f"{site}/organize/campaigns/{campaign.public_id}/remittances/")
    remittance._record(page)
    page.get_by_label("E-mail address").fill("olive@charitywater.org")
    _press(page, "Ask the charity")
    (mail,) = [one for one in story.mails() if "olive" in one["To"]]
    link = re.search(r"http\S+/acknowledge/\S+/", body(mail))
    assert link is not None
    officer = open_context(**PLAIN).new_page()
    officer.goto(link[0])
    officer.get_by_label("Your name").fill("Olive Officer")
    officer.get_by_label("Your role").fill("Treasurer")
    _press(officer, "Confirm that it arrived")
    expect(officer.get_by_role("heading", name="Thank you")).to_be_visible()
