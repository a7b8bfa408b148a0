"""Promise 41. At most 3 mails to one address a day before payment; a spoofed X-Forwarded-For
changes nothing (that is tried in test_p39_card_testing.py and tests/core/test_tools.py)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from donations.services.person import lost_links
from events.models import Booking, Campaign, Message, Workshop
from events.services.mails import caps
from events.services.seating import free_seats, seats, waiting_list
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.outbox import seat
from tests.support.story import Story
from tests.support.threads import together

VICTIM = "victim@example.org"
WAYS: tuple[Callable[[Workshop, seats.Payer], Any], ...] = (
    lambda shop, payer: free_seats.start(workshop=shop, payer=payer, nonce=_number()),
    lambda shop, payer: lost_links.ask(payer.email, "en"),
)


def _number() -> Any:
    return uuid.uuid4()


@pytest.fixture(autouse=True)
def limited(settings: Any) -> None:
    settings.LIMITS = replace(settings.LIMITS, mails_before_payment=3)


def flood(campaign: Campaign, clock: Clock, story: Story, email: str = VICTIM) -> int:
    """Make every form write to an address for a day, each ten times; return how many mails came."""
    free = make_workshop(campaign, zero_allowed=True, capacity=100)
    lines = [make_workshop(campaign, waiting_list=True, capacity=1) for _ in range(3)]
    for line in lines:
        seat(line, 1)
    payer = seats.Payer("Victim", email, "en")
    for line in lines:
        waiting_list.join(workshop=line, payer=payer, nonce=_number())
    for _ in range(10):
        for way in WAYS:
            way(free, payer)
        clock.advance(minutes=11)
        story.mails()
    return Message.objects.filter(state="sent").count()


@pytest.mark.django_db
def test_a_flooded_address_gets_three_a_day(
    campaign: Campaign, clock: Clock, story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    assert flood(campaign, clock, story) == 3
    # One of each kind is put off, until it may go; the others are dropped.
    put_off = Message.objects.filter(~Q(state__in=["sent", "dropped"]))
    kinds = list(put_off.values_list("kind", flat=True))
    assert sorted(kinds) == sorted(set(kinds))
    assert set(kinds) <= {"confirm_address", "links", "waiting_joined"}
    assert kinds
    assert "had its number" in caplog.text
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    assert VICTIM not in "".join(ours)
    clock.advance(days=1)
    late = story.mails()
    assert [mail["To"] for mail in late] == [VICTIM] * len(late)
    assert 1 <= len(late) <= 3
    assert not put_off.exists()
    # A flood of yesterday takes nothing of the day after.
    clock.advance(days=1)
    free = make_workshop(campaign, zero_allowed=True)
    free_seats.start(workshop=free, payer=seats.Payer("V", VICTIM, "en"), nonce=_number())
    assert [mail["To"] for mail in story.mails()] == [VICTIM]
    assert caps.forget() >= 3


@pytest.mark.django_db
def test_control_without_the_cap_it_gets_many(
    campaign: Campaign, clock: Clock, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caps, "allows", lambda kind, email, **how: True)
    flood(campaign, clock, story)
    assert Message.objects.filter(state="sent").count() > 3


@pytest.mark.django_db
def test_who_has_a_seat_is_written_to_as_before(
    campaign: Campaign, clock: Clock, story: Story
) -> None:
    seat(make_workshop(campaign), 1, email="Victim@example.org")
    flood(campaign, clock, story)
    assert Message.objects.filter(state="sent").count() > 3


@pytest.mark.django_db
def test_a_mail_that_is_tried_again_counts_once(clock: Clock) -> None:
    assert [caps.counts(VICTIM, key="a") for _ in range(5)] == [True] * 5
    assert [caps.counts(VICTIM.upper(), key=one) for one in "bcd"] == [True, True, False]
    clock.advance(timedelta(days=1))
    assert caps.counts(VICTIM, key="d")
    assert Booking.objects.count() == 0


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_senders_at_once_do_not_go_over_the_cap(clock: Clock) -> None:
    keys = iter("abcdefgh")
    assert sum(together(8, lambda: caps.counts(VICTIM, key=next(keys)))) == 3


@pytest.mark.django_db
def test_a_mail_over_the_number_goes_as_soon_as_it_may_if_it_still_makes_sense(
    campaign: Campaign, clock: Clock, story: Story
) -> None:
    first = clock.now()
    for key in "abc":
        assert caps.counts(VICTIM, key=key)
        clock.advance(minutes=20)
    for shop in (make_workshop(campaign, zero_allowed=True, capacity=5) for _ in range(2)):
        free_seats.start(workshop=shop, payer=seats.Payer("V", VICTIM, "en"), nonce=_number())
        assert story.mails() == []
    [waits] = Message.objects.filter(state="queued")
    assert waits.due_at == first + timedelta(days=1)
    clock.set(waits.due_at - timedelta(seconds=1))
    assert story.mails() == []
    clock.advance(seconds=1)
    assert [mail["To"] for mail in story.mails()] == [VICTIM]
    waits.refresh_from_db()
    assert (waits.state, waits.attempts) == ("sent", 2)
    # Control: one that was made a day ago, after an outage, is dropped and not put off again.
    assert caps.later("links", "w@example.org", key="k", since=clock.now() - caps.DAY) is None
