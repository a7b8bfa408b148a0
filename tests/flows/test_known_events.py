"""What tells of a charge about which Stripe was asked meanwhile is done without asking again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.gateway.stripe import for_workers
from donations.models import Donation, StripeEvent
from donations.services import inbox
from events.models import Workshop
from fundraiser.core import clock
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story

pytestmark = pytest.mark.django_db


class _Counting:
    """The gateway, which counts how often Stripe is asked for anything."""

    def __init__(self) -> None:
        self._gateway = for_workers()
        self.asked = 0

    def __getattr__(self, name: str) -> object:
        self.asked += 1
        return getattr(self._gateway, name)


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(make_campaign())


def _came(donation: Donation, *, after_asking: timedelta, account: str = "") -> StripeEvent:
    """Return a charge.updated of a donation, received so long after Stripe was asked about it."""
    assert donation.checked_at is not None
    return StripeEvent.objects.create(
        event_id=f"evt_{StripeEvent.objects.count()}_{after_asking.total_seconds():.0f}",
        type="charge.updated",
        account=account,
        livemode=False,
        created=clock.now(),
        references={"object": donation.charge_id, "payment_intent": donation.payment_intent_id},
        received_at=donation.checked_at + after_asking,
    )


def _applied(event: StripeEvent) -> tuple[int, bool, int | None]:
    """Let the worker's round go over what is due; return what it took and left of an event."""
    gateway = _Counting()
    inbox.apply_pending(gateway=gateway)
    event.refresh_from_db()
    return gateway.asked, event.applied_at is not None, event.donation_id


def test_what_came_before_stripe_was_asked_is_marked_at_once(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop)
    event = _came(donation, after_asking=timedelta(seconds=-1))
    assert _applied(event) == (0, True, donation.pk)
    assert event.attempts == 0


def test_what_came_later_is_asked_about(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop)
    event = _came(donation, after_asking=timedelta(seconds=1))
    assert _applied(event) == (1, True, donation.pk)


def test_another_accounts_event_reaches_no_donation_of_ours(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop)
    stranger = _came(donation, after_asking=timedelta(seconds=-1), account="acct_stranger")
    asked, _done, reached = _applied(stranger)
    assert (asked > 0, reached) == (True, None)


def test_what_waits_for_its_time_or_was_set_aside_stays(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop)
    waiting, aside = (_came(donation, after_asking=timedelta(seconds=-n)) for n in (1, 2))
    StripeEvent.objects.filter(pk=waiting.pk).update(
        next_attempt_at=clock.now() + timedelta(minutes=5)
    )
    StripeEvent.objects.filter(pk=aside.pk).update(set_aside_at=clock.now())
    assert _applied(waiting) == (0, False, None)
    assert _applied(aside) == (0, False, None)
