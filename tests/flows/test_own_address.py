"""The page of one address: lost links, years, data, and being forgotten."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage

import pytest
from django.conf import settings

from donations import tasks
from donations.gateway.stripe import for_workers
from donations.services import sweeper
from donations.services.person import lost_links
from events.models import DeliveryProblem, Device, Message, Person, Registration, Workshop
from events.services import access
from tests.support.cast import make_campaign
from tests.support.clock import Clock
from tests.support.story import Story, body

EMAIL = "dora@example.org"


def _ask(story: Story, email: str, **headers: str) -> tuple[int, str]:
    answer = story.client.post("/lost/", {"email": email}, headers=headers)
    return answer.status_code, answer.content.decode().replace(email or "\0", "ADDRESS")


def _person_page(mail: EmailMessage) -> str:
    found = re.search(r"http://[^/\s]+(/p/\S+)", body(mail))
    assert found
    return found.group(1)


def own_page(story: Story) -> str:
    """Ask for the links of Dora, and return the page that the mail names."""
    story.mails()
    _ask(story, EMAIL)
    (mail,) = story.mails()
    return _person_page(mail)


def test_lost_links_come_by_mail_to_their_owner_alone(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop, email=EMAIL)
    gift = story.give(workshop.campaign, email=EMAIL.upper())
    story.mails()
    assert _ask(story, "Dora@Example.org")[0] == 200
    (mail,) = story.mails()
    text, html = body(mail), body(mail, "html")
    assert mail["To"].lower() == EMAIL
    assert donation.booking is not None
    for text_part in (text, html):
        assert f"/b/{access.booking_link(donation.booking)}/" in text_part
        assert workshop.title in text_part
    assert mail["List-Unsubscribe"] is None
    page = story.page(_person_page(mail))
    assert workshop.title in page
    assert page.count("$20.00") >= 2
    assert gift.campaign.charity_name in page


def test_known_and_unknown_addresses_are_answered_the_same(
    story: Story, workshop: Workshop
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    story.give(workshop, email=EMAIL)
    story.mails()
    seen = []
    for email in (EMAIL, "stranger@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answer = _ask(story, email)
        statements = [re.sub(r"\d+|'[^']*'", "?", one["sql"]) for one in queries]
        seen.append((answer, statements))
    assert seen[0] == seen[1]
    assert [mail["To"] for mail in story.mails()] == [EMAIL]
    assert Message.objects.get(state="dropped").kind == "links"


def test_an_address_is_mailed_at_most_once_in_ten_minutes(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    story.give(workshop, email=EMAIL)
    story.mails()
    for _ in range(3):
        assert _ask(story, EMAIL)[0] == 200
    assert len(story.mails()) == 1
    clock.advance(minutes=9)
    _ask(story, EMAIL)
    assert story.mails() == []
    clock.advance(minutes=2)
    _ask(story, EMAIL)
    assert len(story.mails()) == 1


def test_a_bad_address_is_told_at_the_field(story: Story) -> None:
    for typed in ("", "dora", "a\x00@example.org"):
        status, page = _ask(story, typed)
        assert status == 422
        assert 'href="#id_email"' in page
    assert not Person.objects.exists()


def test_strangers_are_forgotten_after_a_day(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    story.give(workshop, email=EMAIL)
    for email in (EMAIL, "stranger@example.org"):
        _ask(story, email)
    assert lost_links.forget_strangers() == 0
    clock.advance(days=1)
    assert lost_links.forget_strangers() == 1
    assert Person.objects.get().email == EMAIL


def test_a_sweep_does_not_look_for_strangers_and_a_task_of_its_own_does(
    story: Story, clock: Clock
) -> None:
    _ask(story, "stranger@example.org")
    clock.advance(days=1)
    sweeper.sweep(gateway=for_workers())
    assert Person.objects.exists()
    assert settings.CELERY_BEAT_SCHEDULE["donations.forget_strangers"]["schedule"] >= 3600
    assert tasks.forget_strangers() == 1
    assert not Person.objects.exists()


def test_the_payers_page_has_a_button_for_the_link_to_everything(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop, email=EMAIL)
    story.mails()
    assert donation.booking is not None
    own = f"/b/{access.booking_link(donation.booking)}/"
    assert story.client.post(f"{own}links/").status_code == 302
    (mail,) = story.mails()
    assert mail["To"] == EMAIL
    assert "/p/" not in story.page(own)


def test_a_year_is_told_by_currency_and_never_added_across(story: Story, clock: Clock) -> None:
    dollars, euros = make_campaign(title="Wells"), make_campaign(title="Trees", currency="EUR")
    story.give(dollars, email=EMAIL, amount="1000")
    refunded = story.give(dollars, email=EMAIL, amount="2000")
    story.sandbox.refund(charge=refunded.charge_id, amount=500)
    story.webhooks(refunded)
    story.give(euros, email=EMAIL, amount="5000")
    story.give(euros, email="victor@example.org", amount="5000")
    own = own_page(story)
    year = clock.now().year
    page = story.page(own)
    assert f"{own}{year}/USD/" in page
    assert f"{own}{year}/EUR/" in page
    statement = story.page(f"{own}{year}/USD/")
    assert ("$25.00" in statement, "€" in statement) == (True, False)
    assert story.client.get(f"{own}{year}/EUR.pdf").content.startswith(b"%PDF-")
    for wrong in (f"{year - 1}/USD", f"{year}/CHF"):
        assert story.client.get(f"{own}{wrong}/").status_code == 404
        assert story.client.get(f"{own}{wrong}.pdf").status_code == 404


def test_my_data_is_complete(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop, email=EMAIL, message="For the wells")
    story.mails()
    seat = Registration.objects.get()
    Registration.objects.update(answers={"level": "new"})
    Device.objects.create(registration=seat, link_version=1)
    DeliveryProblem.objects.create(email=EMAIL, kind="bounced", event_id="e1", detail="full")
    story.give(workshop, email="victor@example.org", name="Victor")
    answer = story.client.get(f"{own_page(story)}data.json")
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode()
    data = json.loads(text)
    assert data["bookings"][0]["name"] == "Dora"
    assert data["seats"][0]["answers"] == {"level": "new"}
    assert len(data["seats"][0]["devices"]) == 1
    assert data["donations"][0]["amount_minor"] == donation.amount_minor
    assert data["donations"][0]["message"] == "For the wells"
    assert {one["kind"] for one in data["donations"][0]["movements"]} == {"gift", "fee"}
    assert {one["kind"] for one in data["mails"]} == {"confirmation", "links"}
    assert data["delivery_problems"][0]["detail"] == "full"
    assert "Victor" not in text
    assert "new_gift" not in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_speak_both_languages(story: Story, workshop: Workshop, language: str) -> None:
    story.give(workshop, email=EMAIL)
    own = own_page(story)
    words = {"en": "Everything of my address", "fr": "Tout ce qui concerne mon adresse"}
    assert words[language] in story.page(own, language=language)
