"""The external way in a browser: from the visit to the accepted receipt; usable by everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from donations.models import Claim
from events.models import Booking, Membership, Workshop
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.cast import make_workshop
from tests.support.claims import external_campaign, picture
from tests.support.story import Story, address, body

pytestmark = [pytest.mark.django_db(transaction=True)]

_PHONE = {**PHONE, "locale": "en-US", "reduced_motion": "reduce"}


@pytest.fixture
def shop(story: Story) -> Workshop:
    """A workshop whose gifts go to the charity's own page, with an owner and a viewer."""
    shop = make_workshop(external_campaign(), capacity=5)
    for name, role in (("alice", Role.OWNER), ("bob", Role.VIEWER)):
        user = User.objects.create_user(f"{name}@example.org", f"{name}@example.org")
        Membership.objects.create(team=shop.campaign.team, user=user, role=role)
    return shop


@pytest.mark.timeout(300)
def test_a_visitor_shows_a_receipt_and_an_organizer_accepts_it(
    shop: Workshop, story: Story, open_context: Open, site: str, tmp_path: Path
) -> None:
    file = tmp_path / "receipt.png"
    file.write_bytes(picture("PNG", size=(600, 300)))
    problems: dict[str, list[str]] = {}
    visitor = open_context(**_PHONE).new_page()
    visitor.goto(site + address(shop))
    link = visitor.get_by_role("button", name="Open the page of charity: water")
    expect(link).to_have_attribute("href", "https://www.charitywater.example/give")
    visitor.get_by_role("button", name="Show my gift and register").click()
    expect(visitor.get_by_role("alert")).to_contain_text("Write the amount.")
    problems |= looks.problems(visitor, "show a gift")
    visitor.get_by_label("What you gave").fill("20")
    visitor.get_by_label("Picture or PDF of the receipt").set_input_files(file)
    visitor.get_by_label("Your name").fill("Dora")
    visitor.get_by_label("E-mail address").first.fill("dora@example.org")
    visitor.get_by_role("button", name="Show my gift and register").click()
    expect(visitor.get_by_text("Waiting for an answer")).to_be_visible()
    problems |= looks.problems(visitor, "a gift shown", ("light",))
    assert visitor.url.partition("#")[0] in body(story.mails()[0])

    organizer = signed_in(open_context, site, "alice@example.org", **_PHONE)
    organizer.goto(f"{site}/organize/campaigns/{shop.campaign.public_id}/claims/")
    drawn = organizer.get_by_role("img", name="Receipt of Dora")
    expect(drawn).to_be_visible()
    assert drawn.evaluate("async (e) => { await e.decode(); return e.naturalWidth }") == 600
    problems |= looks.problems(organizer, "receipts")
    organizer.get_by_role("button", name="Accept Dora", exact=True).click()
    expect(organizer.get_by_text("We have told Dora")).to_be_visible()
    assert (Claim.objects.get().state, Booking.objects.get().state) == ("accepted", "confirmed")
    visitor.reload()
    expect(visitor.get_by_role("button", name="To my ticket")).to_be_visible()
    (mail,) = story.mails()
    assert mail["Subject"] == "You are in: How to open a web shop"
    visitor.goto(f"{site}/c/{shop.campaign.slug}/")
    expect(visitor.get_by_text("told to us with a receipt")).to_be_visible()
    assert problems == {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_organizers_pages_can_be_used_by_everybody(
    shop: Workshop, open_context: Open, site: str, language: str
) -> None:
    claim = Claim.objects.create(
        campaign=shop.campaign,
        amount_minor=2000,
        currency="USD",
        name="Dora",
        email="dora@example.org",
        language="en",
        reference="CW-1",
        visit="5a1f1c0e-3b0b-4bd0-8a5b-000000000003",
        nonce="5a1f1c0e-3b0b-4bd0-8a5b-000000000004",
    )
    organizer = signed_in(open_context, site, "alice@example.org", locale=language)
    campaign = f"{site}/organize/campaigns/{shop.campaign.public_id}/"
    found: dict[str, list[str]] = {}
    for name, path in {
        "claims": f"{campaign}claims/",
        "by hand": f"{campaign}by-hand/",
        "decline": f"{site}/organize/claims/{claim.public_id}/decline/",
        "carried": f"{site}/organize/workshops/{shop.public_id}/carried/",
    }.items():
        organizer.goto(path)
        found |= looks.problems(organizer, f"{name} {language}", looks.schemes(language))
    assert found == {}
