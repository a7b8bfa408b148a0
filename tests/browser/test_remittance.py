"""The money's way, in a browser: recorded by the organizer, acknowledged by the charity, shown."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import Page, expect

from donations.models import CampaignUpdate
from donations.services import ledger_digests
from events.models import Campaign, Membership
from events.states import Role
from fundraiser.core import clock
from tests.access import money_rows
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.cast import make_campaign
from tests.support.story import Story, body

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def campaign(story: Story) -> Campaign:
    """A campaign with $890 that was to be sent yesterday."""
    made = make_campaign(
        charity_site="https://www.charitywater.org/",
        fees_paid_by_organizer=True,
        send_by=clock.now().date() - timedelta(days=2),
    )
    alice = User.objects.create_user("alice@example.org", "alice@example.org")
    Membership.objects.create(team=made.team, user=alice, role=Role.OWNER)
    story.give(made, amount="", other_amount="890", news="on")
    CampaignUpdate.objects.create(
        campaign=made, title="The well gives water", body="It is **deep**.", translations={}
    )
    story.mails()
    return made


def _receipt() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(out, "PNG")
    return out.getvalue()


def _record(page: Page) -> None:
    page.get_by_label("Amount", exact=True).fill("900")
    page.get_by_label("Reference").fill("RF-1234")
    file = {"name": "receipt.png", "mimeType": "image/png", "buffer": _receipt()}
    page.locator("#id_receipt").set_input_files(file)
    page.get_by_label("Show the receipt on the campaign’s page").check()
    page.get_by_role("button", name="Record it").click()
    # It was a slip; the receipt is still there.
    expect(page.get_by_role("alert")).to_contain_text("Only $890.00 is still to send")
    expect(page.get_by_text("We have your file.")).to_be_visible()
    page.get_by_label("Amount", exact=True).fill("890")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Now ask the charity to acknowledge it.")).to_be_visible()
    expect(page.get_by_text("Everybody sees it")).to_be_visible()


def test_money_is_recorded_acknowledged_and_shown(
    open_context: Open, campaign: Campaign, story: Story, site: str
) -> None:
    organizer = signed_in(open_context, site, "alice@example.org")
    public = open_context().new_page()
    public.goto(f"{site}/c/{campaign.slug}/")
    expect(public.get_by_text("has not been sent yet")).to_be_visible()
    organizer.goto(f"{site}/organize/campaigns/{campaign.public_id}/remittances/")
    _record(organizer)
    organizer.get_by_label("E-mail address").fill("olive@charitywater.org")
    organizer.get_by_role("button", name="Ask the charity").click()
    expect(organizer.get_by_text("The link is on its way")).to_be_visible()

    (mail,) = [one for one in story.mails() if "olive" in one["To"]]
    link = re.search(r"http\S+/acknowledge/\S+/", body(mail))
    assert link is not None
    officer = open_context().new_page()
    officer.goto(link[0])
    expect(officer.get_by_label("Amount received")).to_have_value("890.00")
    officer.get_by_label("Your name").fill("Olive Officer")
    officer.get_by_label("Your role").fill("Treasurer")
    officer.get_by_role("button", name="Confirm that it arrived").click()
    expect(officer.get_by_role("heading", name="Thank you")).to_be_visible()

    public.goto(f"{site}/c/{campaign.slug}/?now")
    expect(public.get_by_text("charity: water: “received $890.00")).to_be_visible()
    expect(public.locator(".steps li.done")).to_have_count(4)
    expect(public.get_by_text("has not been sent yet")).to_have_count(0)
    expect(public.get_by_role("link", name="See the receipt")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_its_pages_can_be_used_by_everybody(
    open_context: Open, campaign: Campaign, site: str, language: str
) -> None:
    money_rows.make_for(campaign)
    later = clock.now() + timedelta(days=40)
    with clock.using(lambda: later):
        ledger_digests.make_due()
    asked, transfer = money_rows.link(campaign), campaign.remittances.get().public_id
    base = f"/organize/campaigns/{campaign.public_id}/"
    update = campaign.updates.first()
    assert update is not None
    paths = {
        "remittances": f"{base}remittances/",
        "remittance": f"/organize/remittances/{transfer}/",
        "updates": f"{base}updates/",
        "update": f"{base}updates/{update.public_id}/",
        "acknowledge": f"/acknowledge/{asked}/",
        "digests": "/ledger/digests/",
        "campaign late": f"/c/{campaign.slug}/?now",
    }
    options = {**PHONE, "locale": language, "reduced_motion": "reduce"}
    page = signed_in(open_context, site, "alice@example.org", **options)
    problems: dict[str, list[str]] = {}
    for name, path in paths.items():
        page.goto(f"{site}{path}")
        page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
        assert page.locator("h1").count() == 1, name
        problems |= looks.problems(page, f"money {name} {language}", looks.schemes(language))
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())
