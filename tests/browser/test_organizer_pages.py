"""An organizer's pages of a workshop: usable by everybody; writing with a preview in a frame."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from events.models import (
    DeliveryProblem,
    MailText,
    Membership,
    Message,
    Registration,
    WebhookDelivery,
    WebhookEndpoint,
    Workshop,
)
from events.services.mails import announcements
from events.services.room import hosts
from events.services.webhooks import endpoints, outbox
from events.services.webhooks.kinds import KINDS
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(story: Story) -> Workshop:
    """A workshop with people, answers, mails in every state, speakers and messages."""
    workshop = make_workshop(
        make_campaign(translations={"fr": {"title": "De l’eau potable"}}),
        translations={"fr": {"title": "Ouvrir une boutique en ligne"}},
        questions=[{"id": "shop", "label": "What do you sell?", "kind": "text"}],
    )
    alice = User.objects.create_user("alice@example.org", "alice@example.org", first_name="Alice")
    bob = User.objects.create_user("bob@example.org", "bob@example.org")
    for user, role in ((alice, Role.OWNER), (bob, Role.VIEWER)):
        Membership.objects.create(team=workshop.campaign.team, user=user, role=role)
    long = "emile.zola.fontaine@a-rather-long-domain.example.org"
    story.give(workshop, name="Dora Marchand", question_shop="Soap and candles")
    story.give(workshop, name="Émile Zola-Fontaine", email=long)
    Registration.objects.filter(name="Dora Marchand").update(attended=True)
    Message.objects.filter(booking__email=long).update(state="set_aside", error="550 unknown")
    DeliveryProblem.objects.create(email=long, kind="bounced", permanent=True, event_id="1")
    hosts.add(workshop=workshop, name="Ann", email="ann@example.org", language="en")
    url = "https://hooks.a-rather-long-domain.example.org/fundraiser/events?team=alice"
    _secret, endpoint = endpoints.add(team=workshop.campaign.team, url=url, kinds=KINDS)
    outbox.tell_test(endpoint)
    for state, status in (("delivered", 200), ("failed", 503)):
        row = outbox.tell_test(endpoint)
        WebhookDelivery.objects.filter(pk=row.pk).update(state=state, status=status, attempts=1)
    words = {"audience": "everybody", "subject": "Bring a pen", "body": "Dear {name},\n\n- one"}
    announcements.draft(workshop=workshop, author=alice, **words)
    announcements.send(announcements.draft(workshop=workshop, author=alice, **words))
    return workshop


def signed_in(open_context: Open, site: str, name: str, **options: Any) -> Page:
    """Return a page of a member of the team."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    key = settings.SESSION_COOKIE_NAME
    context = open_context(**options)
    context.add_cookies([{"name": key, "value": client.cookies[key].value, "url": site}])
    return context.new_page()


def paths(workshop: Workshop) -> dict[str, str]:
    base = f"/organize/workshops/{workshop.public_id}/"
    sent, draft = workshop.announcements.order_by("queued_at")
    return {
        "people": base,
        "nobody found": f"{base}?q=nobody",
        "mails": f"{base}mails/",
        "words": f"{base}mails/confirmation/en/",
        "write": f"{base}messages/",
        "draft": f"{base}messages/{draft.public_id}/",
        "sent": f"{base}messages/{sent.public_id}/",
        "speakers": f"{base}hosts/",
        "webhooks": _webhooks(workshop),
        "webhook": f"{_webhooks(workshop)}{WebhookEndpoint.objects.get().public_id}/",
        "notifications": "/organize/notifications/",
        "dashboard": "/organize/",
    }


def _webhooks(workshop: Workshop) -> str:
    return f"/organize/teams/{workshop.campaign.team.public_id}/webhooks/"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_organizers_pages_can_be_used_by_everybody(
    open_context: Open, busy: Workshop, site: str, language: str
) -> None:
    options = {**PHONE, "locale": language, "reduced_motion": "reduce"}
    page = signed_in(open_context, site, "alice@example.org", **options)
    problems: dict[str, list[str]] = {}
    for name, path in paths(busy).items():
        page.goto(f"{site}{path}")
        page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
        assert page.locator("h1").count() == 1, name
        problems |= looks.problems(page, f"organize {name} {language}", looks.schemes(language))
    viewer = signed_in(open_context, site, "bob@example.org", **options)
    viewer.goto(f"{site}{paths(busy)['people']}")
    problems |= looks.problems(viewer, f"organize viewer {language}", looks.schemes(language))
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


def test_words_are_seen_in_the_frame_before_they_are_kept(
    open_context: Open, busy: Workshop, site: str
) -> None:
    page = signed_in(open_context, site, "alice@example.org")
    page.goto(f"{site}{paths(busy)['words']}")
    frame = page.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("heading", name="You are in!")).to_be_visible()
    page.get_by_label("Subject").fill("See you, {name}")
    page.get_by_label("Text", exact=True).fill("Dear {name}, **bring a pen**.")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(frame.get_by_text("See you, Alice")).to_be_visible()
    expect(frame.locator("strong", has_text="bring a pen")).to_be_visible()
    page.get_by_role("button", name="Preview as text").click()
    expect(frame.get_by_text("Dear Alice, **bring a pen**.")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("Dear {nmae}")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(frame.get_by_text("There is no placeholder {nmae}.")).to_be_visible()
    assert not MailText.objects.exists()
    page.get_by_label("Text", exact=True).fill("Dear {name}, **bring a pen**.")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Your words are kept")).to_be_visible()
    assert MailText.objects.get().subject == "See you, {name}"


def test_a_message_counts_along_while_it_leaves(
    open_context: Open, busy: Workshop, story: Story, site: str
) -> None:
    page = signed_in(open_context, site, "alice@example.org")
    page.goto(f"{site}{paths(busy)['draft']}")
    expect(page.frame_locator("iframe").get_by_text("Dear Alice,")).to_be_visible()
    page.get_by_role("button", name="Send to 2 people").click()
    expect(page.get_by_text("It goes to 2 people.")).to_be_visible()
    expect(page.get_by_text("0 of 2 mails sent")).to_be_visible()
    story.mails()
    # By itself; the other address has bounced.
    expect(page.get_by_text("1 of 2 mails sent · 1 did not leave")).to_be_visible()
