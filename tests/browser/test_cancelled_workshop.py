"""A cancelled workshop where three people choose three ways, in the browser and for everybody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from donations.gateway.stripe import for_workers
from donations.models import CancellationChoice, LedgerEntry
from donations.services import refund_run
from events.models import Booking, Membership, Workshop
from events.services import access
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]

NAMES = ("Rita", "Karl", "Dana")


@pytest.fixture
def workshop(story: Story) -> Workshop:
    """A workshop with three payers, another date, and Alice who organises it."""
    workshop = make_workshop(make_campaign())
    make_workshop(workshop.campaign, title="The other date", capacity=3)
    alice = User.objects.create_user("alice@example.org", "alice@example.org")
    Membership.objects.create(team=workshop.campaign.team, user=alice, role=Role.OWNER)
    for name in NAMES:
        story.give(workshop, name=name, email=f"{name.lower()}@example.org")
    return workshop


def _choice(page: Page, site: str, name: str) -> None:
    booking = Booking.objects.filter(name=name).earliest("pk")
    page.goto(f"{site}/b/{access.booking_link(booking)}/choice/")


def _three_ways(payer: Page, site: str) -> dict[str, list[str]]:
    """Let each of the three choose; return what is wrong with the page for somebody."""
    _choice(payer, site, "Karl")
    expect(payer.get_by_text("Ann is ill.")).to_be_visible()
    problems = looks.problems(payer, "choice open")
    payer.get_by_role("button", name="Keep it as a gift").click()
    expect(payer.get_by_text("You leave it as a gift")).to_be_visible()
    _choice(payer, site, "Dana")
    payer.get_by_role("button", name="Come on this date").click()
    payer.get_by_role("button", name="See my ticket").click()
    expect(payer.get_by_role("heading", name="Your ticket")).to_be_visible()
    _choice(payer, site, "Rita")
    payer.get_by_role("button", name="Refund me").click()
    expect(payer.get_by_text("It is being sent")).to_be_visible()
    return problems


@pytest.mark.timeout(300)
def test_three_people_choose_three_ways(open_context: Open, workshop: Workshop, site: str) -> None:
    options = {**PHONE, "locale": "en", "reduced_motion": "reduce"}
    page = signed_in(open_context, site, "alice@example.org", **options)
    base = f"{site}/organize/workshops/{workshop.public_id}/"
    page.goto(base)
    page.get_by_role("link", name="Cancel", exact=True).click()
    expect(page.get_by_text("$60.00")).to_be_visible()
    problems = looks.problems(page, "organize cancel")
    page.get_by_label("What you write to them").fill("Ann is ill.")
    page.get_by_label("The other date").check()
    page.get_by_role("button", name="Cancel the workshop").click()
    expect(page.get_by_role("heading", name="What they chose")).to_be_visible()

    problems |= _three_ways(open_context(**options).new_page(), site)
    page.reload()
    expect(page.get_by_text("0 of 1 refund is done")).to_be_visible()
    refund_run.run(gateway=for_workers())
    expect(page.get_by_text("1 of 1 refund is done")).to_be_visible()  # by itself
    problems |= looks.problems(page, "organize cancelled")
    assert [one.amount_minor for one in LedgerEntry.objects.filter(kind="refund")] == [2000]
    chosen = CancellationChoice.objects.values_list("booking__name", "choice")
    assert set(chosen) == {("Rita", "refund"), ("Karl", "keep"), ("Dana", "move")}

    moved = Booking.objects.get(moved_from__name="Dana")
    donation = moved.donations.get()
    page.goto(f"{site}/organize/donations/{donation.public_id}/refund/")
    problems |= looks.problems(page, "organize refund")
    person = moved.registrations.get().public_id
    page.goto(f"{site}/organize/workshops/{moved.workshop.public_id}/people/{person}/move/")
    problems |= looks.problems(page, "organize move")
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())
