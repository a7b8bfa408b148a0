"""Notices keep apart what is new from what is old, and one team from another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from donations.models import Difference, Donation
from donations.services.mails import notices
from events.models import Membership, Message, Workshop
from events.services import access
from fundraiser.core import clock
from tests.flows.test_notices import told, wishes
from tests.flows.test_own_words import signed_in
from tests.support.cast import make_campaign
from tests.support.story import Story


def _paid_earlier(story: Story, workshop: Workshop, age: timedelta) -> Donation:
    """Return a gift of some time ago that nobody was told of, and that nothing happened to."""
    donation = story.give(workshop)
    then = clock.now() - age
    Donation.objects.filter(pk=donation.pk).update(paid_at=then, checked_at=then)
    story.mails()
    return donation


def _refund_a_part(story: Story, donation: Donation) -> None:
    story.sandbox.refund(charge=donation.charge_id, amount=500)
    story.webhooks(donation)


def _gift_mails(story: Story) -> list[str]:
    """Return who is told of a gift now."""
    told(story)
    rows = Message.objects.filter(kind="new_gift", state="sent")
    members = [Membership.objects.get(pk=one.ids["membership"]) for one in rows]
    return sorted(str(one.user) for one in members)


def test_a_refund_makes_no_news_of_a_gift_from_before_one_joined(
    story: Story, workshop: Workshop, alice: User, bob: User
) -> None:
    donation = _paid_earlier(story, workshop, timedelta(days=1))
    Membership.objects.filter(user=alice).update(created_at=clock.now() - timedelta(days=2))
    Membership.objects.filter(user=bob).update(created_at=clock.now() - timedelta(hours=1))
    _refund_a_part(story, donation)
    assert _gift_mails(story) == ["alice@example.org"], (
        "the control was there already, and was not told yet"
    )


@pytest.mark.parametrize("by", ["form", "mail", "nothing"])
def test_a_refund_makes_no_news_of_a_gift_from_before_one_wanted_them(
    story: Story, workshop: Workshop, alice: User, by: str
) -> None:
    Membership.objects.update(created_at=clock.now() - timedelta(days=9), wants_gift_mails=False)
    donation = _paid_earlier(story, workshop, timedelta(days=1))
    mine = Membership.objects.get(user=alice)
    if by == "form":
        signed_in(alice).post("/organize/notifications/", wishes(mine, gifts=True))
    elif by == "mail":
        story.client.post(_off(mine), {"again": "yes"})
    else:
        Membership.objects.update(wants_gift_mails=True)
    mine.refresh_from_db()
    assert mine.wants_gift_mails
    _refund_a_part(story, donation)
    assert _gift_mails(story) == (["alice@example.org"] if by == "nothing" else [])


def _off(member: Membership) -> str:
    return reverse("notice_off", args=["new_gift", access.membership_link(member, "new_gift")])


def test_one_teams_hundred_items_do_not_silence_another_team(
    story: Story, workshop: Workshop, alice: User, charlie: User
) -> None:
    theirs = Membership.objects.get(user=charlie).team
    other = make_campaign(title="Trees", team=theirs)
    Membership.objects.update(wants_gift_mails=False, wants_digest=False)
    rows = [(workshop.campaign, f"ch_{n}") for n in range(100)] + [(other, "ch_last")]
    values = {"expected_minor": 1, "found_minor": 0, "currency": "USD", "account": ""}
    values |= {"first_seen_at": clock.now(), "last_seen_at": clock.now()}
    Difference.objects.bulk_create(
        Difference(campaign=campaign, source_id=source, kind="gift", **values)
        for campaign, source in rows
    )
    notices.plan()
    mine = Membership.objects.get(user=charlie)
    told_to = Message.objects.filter(kind="attention").values_list("ids__membership", flat=True)
    assert list(told_to).count(mine.pk) == 1
    assert len(told_to) == 100 + 1
    Difference.objects.all().delete()
