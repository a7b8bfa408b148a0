"""A promised day of sending that passed: banner, mails to the owners, and what needs a person."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pgtrigger
import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.services.mails import notices
from events.models import Campaign, Membership, Team, Workshop
from events.states import Destination, Role
from tests.flows.test_remittances import organizer, path, send  # noqa: F401 -- a fixture
from tests.support.clock import Clock
from tests.support.story import Story, body


@pytest.fixture
def promised(workshop: Workshop, story: Story) -> Campaign:
    """A campaign with $50 in it that were to be sent by 10 May 2027, New York's time."""
    story.give(workshop, amount=5000)
    story.mails()
    Team.objects.update(time_zone="America/New_York")
    Campaign.objects.filter(pk=workshop.campaign_id).update(send_by=date(2027, 5, 10))
    return Campaign.objects.get(pk=workshop.campaign_id)


def told(story: Story) -> list[tuple[str, str]]:
    notices.plan()
    return [(mail["To"], mail["Subject"]) for mail in story.mails()]


BANNER = "promised to send the money to charity: water by 10 May 2027"


def test_who_promised_is_told_once_a_week_until_it_is_sent(
    organizer: Client,  # noqa: F811 -- a fixture
    bob: User,
    story: Story,
    promised: Campaign,
    clock: Clock,
) -> None:
    editor = User.objects.create_user("ed@example.org", "ed@example.org")
    Membership.objects.create(team=promised.team, user=editor, role=Role.ORGANIZER)
    public = f"/c/{promised.slug}/"
    clock.set(datetime(2027, 5, 11, 3, 59, tzinfo=UTC))  # the evening of 10 May there
    assert told(story) == []
    assert BANNER not in story.page(public)

    clock.set(datetime(2027, 5, 11, 4, 1, tzinfo=UTC))
    ((to, words),) = told(story)
    assert (to, "should be with charity: water by now" in words) == ("alice@example.org", True)
    assert BANNER in story.page(public)
    organizer.force_login(User.objects.get(username="alice@example.org"))
    assert "that was 1 day ago" in organizer.get(path(promised)).content.decode()
    needs = organizer.get("/organize/").content.decode()
    assert "should be with charity: water by now" in needs
    assert path(promised) in needs
    assert told(story) == []
    clock.advance(days=6)
    assert told(story) == []
    clock.advance(days=1)
    assert len(told(story)) == 1

    # A mail that is queued when the money is recorded as sent does not go.
    clock.advance(days=7)
    notices.plan()
    owed = story.total(promised).owed
    organizer.force_login(User.objects.get(username="alice@example.org"))
    assert send(organizer, promised, str(owed.major)).status_code == 302
    assert story.mails() == []
    clock.advance(days=30)
    assert told(story) == []
    assert BANNER not in story.page(public)


def test_who_wants_no_such_mails_gets_none_and_the_mail_says_how_to_end_them(
    organizer: Client,  # noqa: F811 -- a fixture
    story: Story,
    promised: Campaign,
    clock: Clock,
) -> None:
    clock.set(datetime(2027, 5, 12, 12, 0, tzinfo=UTC))
    notices.plan()
    (mail,) = story.mails()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "has not been recorded as sent" in body(mail)
    off = str(mail["List-Unsubscribe"]).strip("<>")
    assert story.client.post(off[off.index("/organize/") :]).status_code == 200
    clock.advance(days=14)
    assert told(story) == []
    assert BANNER in story.page(f"/c/{promised.slug}/")


def test_where_nothing_is_to_be_sent_no_promise_is_missed(
    organizer: Client,  # noqa: F811 -- a fixture
    story: Story,
    promised: Campaign,
    clock: Clock,
) -> None:
    clock.set(datetime(2027, 6, 1, tzinfo=UTC))
    assert BANNER in story.page(f"/c/{promised.slug}/")  # the control
    with pgtrigger.ignore("donations.CampaignMoney:money_place_fixed"):
        Campaign.objects.update(destination=Destination.CHARITY, stripe_account="acct_1")
    assert BANNER not in story.page(f"/c/{promised.slug}/")
    assert told(story) == []
    with pgtrigger.ignore("donations.CampaignMoney:money_place_fixed"):
        Campaign.objects.update(destination=Destination.TEAM, stripe_account="")
