"""Attempts for which Stripe refuses to make a payable page: too late, or not to be taken at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.gateway import SessionImpossibleError
from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import attention, sweeper
from events.models import Workshop
from fundraiser.core import clock
from tests.support.cast import make_gift, start
from tests.support.story import Story

#: Below 50 cents (docs.stripe.com/currencies, "Minimum and maximum charge amounts").
TOO_SMALL = 10


def items_of(workshop: Workshop) -> list[tuple[str, str]]:
    """Return kind and detail of what needs a person."""
    found = attention.of_campaigns([workshop.campaign], is_admin=False)
    return [(item.kind, item.detail) for item in found]


def test_what_stripe_does_not_take_is_told_to_its_giver(story: Story, workshop: Workshop) -> None:
    donation = start(workshop, make_gift(TOO_SMALL), for_workers())
    workshop.refresh_from_db()
    assert (donation.state, donation.session_id, workshop.seats_taken) == ("failed", None, 0)
    page = story.returned(donation)
    assert "The payment could not be started" in page
    assert "Nothing was charged, and no seat is kept." in page
    assert "mailto:alice@example.org" in page
    assert "time to pay ran out" not in page
    french = story.returned(donation, language="fr")
    assert "Le paiement n’a pas pu commencer" in french
    assert "Stripe, which" not in french
    assert story.mails() == []


def test_it_reaches_the_organizer_for_a_week(story: Story, workshop: Workshop, alice: User) -> None:
    start(workshop, make_gift(TOO_SMALL, name="Mallory"), for_workers())
    assert items_of(workshop) == [("refused", "amount_too_small")]
    story.client.force_login(alice)
    page = story.page("/organize/")
    assert "Payment refused" in page
    assert "Mallory could not pay $0.10: Stripe did not take it" in page
    assert "Stripe’s reason: amount_too_small." in page
    later = clock.now() + timedelta(days=8)
    with clock.using(lambda: later):
        assert items_of(workshop) == []


def test_what_came_too_late_expires_and_is_nobodys_business(
    story: Story, workshop: Workshop
) -> None:
    story.sandbox.fail_next(1, how="500", path="/v1/checkout/sessions")
    story.post(workshop)
    donation = Donation.objects.get()
    story.sandbox.advance_clock(3 * 3600)
    with clock.using(lambda: donation.created_at + timedelta(hours=3)):
        sweeper.sweep(gateway=for_workers())
    donation.refresh_from_db()
    assert (donation.state, donation.session_id) == ("expired", None)
    assert items_of(workshop) == []
    assert "The time to pay ran out" in story.returned(donation)


# --- negative control ---------------------------------------------------------------------------
def test_control_without_the_difference_it_says_that_the_time_ran_out(
    story: Story, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = SessionImpossibleError.__init__

    def always_late(self: Any, message: str, **_: Any) -> None:
        begin(self, message, out_of_time=True)

    monkeypatch.setattr(SessionImpossibleError, "__init__", always_late)
    donation = start(workshop, make_gift(TOO_SMALL), for_workers())
    assert "The time to pay ran out" in story.returned(donation)
    assert items_of(workshop) == []
