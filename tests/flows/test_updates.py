"""Updates to donors: written, published once, mailed to who agreed; asked for after a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from donations.models import CampaignUpdate, Donation
from donations.services.mails import notices
from donations.services.person import personal_data
from donations.services.updating import prompts
from events.models import Booking, Campaign, DeliveryProblem, Message, Person, Workshop
from events.services import suspending
from tests.flows.test_remittances import organizer  # noqa: F401 -- a fixture
from tests.support.clock import Clock
from tests.support.story import Story, body

WORDS = {
    "title": "The well gives water",
    "body": "It is **deep**.\n\n<script>alert(1)</script>",
    "title_fr": "Le puits donne de l’eau",
    "body_fr": "Il est **profond**.",
}


def path(campaign: Campaign, update: CampaignUpdate | None = None, more: str = "") -> str:
    base = f"/organize/campaigns/{campaign.public_id}/updates/"
    return f"{base}{update.public_id}/{more}" if update else base


def write(client: Client, campaign: Campaign, **words: str) -> Any:
    return client.post(path(campaign), {**WORDS, **words})


@pytest.fixture
def donors(workshop: Workshop, story: Story) -> Workshop:
    """Two who agreed to news, by a seat and by a gift; two who did not, or whose mail bounces."""
    story.give(workshop, name="Dora", email="dora@example.org", news="on")
    story.give(workshop, name="Quiet", email="quiet@example.org")
    story.register(workshop, name="Unpaid", email="unpaid@example.org", news="on")
    gift = {"name": "Émile", "email": "emile@example.org", "news": "on", "language": "fr"}
    story.give(workshop.campaign, **gift)
    story.give(workshop.campaign, **{**gift, "email": "EMILE@example.org"})
    story.give(workshop.campaign, **{**gift, "email": "gone@example.org"})
    DeliveryProblem.objects.create(
        email="gone@example.org", kind="bounced", permanent=True, event_id="1"
    )
    story.mails()
    return workshop


def test_an_update_goes_once_to_those_who_agreed_in_their_language(
    organizer: Client,  # noqa: F811 -- a fixture
    donors: Workshop,
    story: Story,
) -> None:
    campaign = donors.campaign
    assert write(organizer, campaign).status_code == 302
    update = CampaignUpdate.objects.get()
    page = organizer.get(path(campaign, update)).content.decode()
    assert "goes by e-mail to 2 people" in page
    assert "<script>alert" not in page
    assert "The well gives water" not in story.page(f"/c/{campaign.slug}/")
    assert story.mails() == []

    for _click in range(2):
        assert organizer.post(path(campaign, update, "publish/")).status_code == 302
    mails = {mail["To"].lower(): mail for mail in story.mails()}
    assert set(mails) == {"dora@example.org", "emile@example.org"}
    assert mails["dora@example.org"]["Subject"] == "The well gives water"
    assert "<strong>profond</strong>" in body(mails["emile@example.org"], "html")
    assert "The well gives water" in story.page(f"/c/{campaign.slug}/")
    assert "Le puits donne de l’eau" in story.page(f"/c/{campaign.slug}/", language="fr")
    assert "mailed to 2 people" in organizer.get(path(campaign)).content.decode()

    assert organizer.post(path(campaign, update, "edit/"), {**WORDS, "title": "x"})
    organizer.post(path(campaign, update, "discard/"))
    assert CampaignUpdate.objects.get().title == "The well gives water"
    person = Person.objects.create(email="emile@example.org", language="fr")
    known = personal_data.of_person(person)
    assert "campaign_update" in {mail["kind"] for mail in known["mails"]}
    assert known["donations"][0]["wants_news"] is True


def test_a_suspended_campaign_writes_to_nobody(
    organizer: Client,  # noqa: F811 -- a fixture
    donors: Workshop,
    story: Story,
) -> None:
    campaign = donors.campaign
    write(organizer, campaign)
    update = CampaignUpdate.objects.get()
    suspending.suspend_campaign(campaign.pk, reason="Questions")
    assert organizer.post(path(campaign, update, "publish/")).status_code == 410
    assert not story.mails()
    suspending.resume_campaign(campaign.pk)
    assert organizer.post(path(campaign, update, "publish/")).status_code == 302
    suspending.suspend_campaign(campaign.pk, reason="Questions")
    assert not story.mails(), "what was queued is dropped"


def test_one_click_ends_them_for_the_address_and_a_queued_mail_does_not_go(
    organizer: Client,  # noqa: F811 -- a fixture
    donors: Workshop,
    story: Story,
) -> None:
    campaign = donors.campaign
    for number in range(2):
        write(organizer, campaign, title=f"News {number}")
    first, second = CampaignUpdate.objects.order_by("pk")
    organizer.post(path(campaign, first, "publish/"))
    for mail in story.mails():
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = str(mail["List-Unsubscribe"]).strip("<>")
        off = address[address.index("/updates-off/") :]
        if mail["To"].lower() == "emile@example.org":
            organizer.post(path(campaign, second, "publish/"))
            assert "Stop the news" in story.page(off)
            assert Message.objects.filter(state="queued").count() == 2
        visitor = Client(enforce_csrf_checks=True)
        assert visitor.post(off, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert story.mails() == []
    assert not Donation.objects.filter(email__iexact="emile@example.org", wants_news=True).exists()
    assert not Booking.objects.filter(email="dora@example.org", wants_news=True).exists()
    # A mistake is undone.
    visitor.post(off, {"again": "yes"})
    write(organizer, campaign, title="News again")
    organizer.post(path(campaign, CampaignUpdate.objects.latest("pk"), "publish/"))
    assert len(story.mails()) == 1


def test_what_is_missing_is_said_at_its_field(
    organizer: Client,  # noqa: F811 -- a fixture
    campaign: Campaign,
) -> None:
    for field, value in (("title", ""), ("body", ""), ("body_fr", ""), ("title", "x" * 121)):
        answer = write(organizer, campaign, **{field: value})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in page
        assert "Il est **profond**." in page or field == "body_fr"
    assert not CampaignUpdate.objects.exists()


def test_others_updates_are_not_found(
    organizer: Client,  # noqa: F811 -- a fixture
    campaign: Campaign,
    bob: Any,
    charlie: Any,
) -> None:
    write(organizer, campaign)
    update = CampaignUpdate.objects.get()
    for person, status in ((bob, 403), (charlie, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(path(campaign, update)).status_code == status
        assert client.post(path(campaign, update, "publish/")).status_code == status
    other = Campaign.objects.exclude(pk=campaign.pk).get()
    client = Client()
    client.force_login(charlie)
    assert client.get(path(other, update)).status_code == 404
    assert CampaignUpdate.objects.get().published_at is None


def test_after_three_and_twelve_months_the_organizer_is_asked(
    organizer: Client,  # noqa: F811 -- a fixture
    donors: Workshop,
    story: Story,
    clock: Clock,
) -> None:
    campaign = donors.campaign
    closed = datetime(2027, 11, 30, 12, tzinfo=UTC)
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=closed)

    def asked() -> list[str]:
        notices.plan()
        return [mail["Subject"] for mail in story.mails() if "became" in mail["Subject"]]

    clock.set(datetime(2028, 2, 29, 11, tzinfo=UTC))
    assert asked() == []
    clock.set(datetime(2028, 2, 29, 12, tzinfo=UTC))  # three months: November has 30 days
    assert asked() == ["What became of the gifts?"]
    assert asked() == []
    organizer.force_login(campaign.team.members.get(username="alice@example.org"))
    assert "would like to hear" in organizer.get("/organize/").content.decode()
    write(organizer, campaign)
    organizer.post(path(campaign, CampaignUpdate.objects.get(), "publish/"))
    assert "would like to hear" not in organizer.get("/organize/").content.decode()
    story.mails()
    clock.set(datetime(2028, 11, 30, 13, tzinfo=UTC))
    assert asked() == ["What became of the gifts?"]
    clock.advance(prompts.SHOWN + timedelta(days=1))
    assert list(prompts.due()) == []
