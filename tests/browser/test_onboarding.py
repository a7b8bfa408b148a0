"""An organizer connects the charity's account, its officer fills it in, a gift goes there."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from donations.models import ConnectedAccount
from donations.services import account_readiness, totals
from events.models import Campaign, Membership
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.connecting import draft
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]


def signed_in(open_context: Open, site: str, user: User, **options: Any) -> Page:
    client = Client()
    client.force_login(user)
    context = open_context(**options)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
    return context.new_page()


@pytest.mark.timeout(300)
def test_from_connecting_to_a_gift_that_is_sent_at_once(
    open_context: Open, site: str, story: Story
) -> None:
    campaign = draft()
    owner = User.objects.create_user("alice@example.org", "alice@example.org")
    Membership.objects.create(team=campaign.team, user=owner, role=Role.OWNER)
    page = signed_in(open_context, site, owner, **{**PHONE, "locale": "en"})
    problems: dict[str, list[str]] = {}

    page.goto(f"{site}/organize/campaigns/{campaign.public_id}/payments/")
    problems |= looks.problems(page, "payments before", ("light",))
    page.get_by_role("button", name="Connect, and get a link to send").click()
    link = page.locator("code.share-address").inner_text()
    problems |= looks.problems(page, "payments connected")

    officer = open_context(locale="fr-FR", viewport={"width": 1280, "height": 800}).new_page()
    officer.goto(link)
    problems |= looks.problems(officer, "onboarding asked")
    officer.get_by_role("button", name="Continuer chez Stripe").click()
    officer.get_by_label("L’organisation").check()
    problems |= looks.problems(officer, "sandbox onboarding", ("light",))
    officer.get_by_role("button", name="Enregistrer ce qui est coché").click()
    expect(officer.get_by_text("Un compte bancaire")).to_be_visible()
    expect(officer.get_by_text("La dénomination légale")).to_have_count(0)
    expect(officer.get_by_role("button", name="Regarder maintenant")).to_have_count(0)
    officer.get_by_role("button", name="Continuer chez Stripe").click()
    officer.get_by_role("button", name="Tout remplir").click()
    expect(officer.get_by_role("heading", name="Merci, tout est fourni")).to_be_visible()
    problems |= looks.problems(officer, "onboarding done", ("light",))

    page.reload()
    expect(page.get_by_text("Takes gifts")).to_be_visible()
    problems |= looks.problems(page, "payments ready", ("light",))
    _gives(page, site, campaign, story)
    _leaves(page, site, campaign, problems)
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


def _gives(page: Page, site: str, campaign: Campaign, story: Story) -> None:
    """The campaign opens; a visitor pays at Stripe, and the charity has it."""
    campaign.refresh_from_db()
    assert account_readiness.problems(campaign) == []
    Campaign.objects.filter(pk=campaign.pk).update(state="published")
    page.goto(f"{site}/c/{campaign.slug}/give/")
    page.get_by_text("$10", exact=True).click()
    page.get_by_role("textbox", name="Your name").fill("Dora")
    page.get_by_role("textbox", name="E-mail address").fill("dora@example.org")
    page.locator("[data-submit]").click()
    page.locator("button.pay").click()
    expect(page.locator("[data-state=paid]")).to_be_visible()
    total = totals.of_campaign(campaign)
    assert total.sent == total.owed
    assert total.raised.minor == 1000
    page.goto(f"{site}/c/{campaign.slug}/")
    expect(page.get_by_role("row", name="Received by charity: water")).to_contain_text(
        total.sent.format("en")
    )


def _leaves(page: Page, site: str, campaign: Campaign, problems: dict[str, list[str]]) -> None:
    """The owner disconnects the account: the public page says so, and it can come back."""
    page.goto(f"{site}/organize/campaigns/{campaign.public_id}/payments/")
    page.get_by_text("Link and connection").click()
    page.get_by_role("button", name="Disconnect this account").click()
    expect(page.get_by_text("Its campaigns take no gifts")).to_be_visible()
    problems |= looks.problems(page, "payments disconnected", ("light",))
    assert account_readiness.is_paused(campaign)
    page.goto(f"{site}/c/{campaign.slug}/give/")
    expect(page.get_by_role("heading", name="No gifts can be taken right now")).to_be_visible()
    problems |= looks.problems(page, "paused", ("light",))
    page.goto(f"{site}/organize/campaigns/{campaign.public_id}/payments/")
    page.get_by_role("button", name="Use it again").click()
    expect(page.get_by_text("The account of charity: water can take gifts.")).to_be_visible()
    assert ConnectedAccount.objects.get().is_connected
