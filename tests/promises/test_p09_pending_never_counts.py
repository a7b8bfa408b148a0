"""Promise 9: pending and unpaid money never counts towards a public total."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from donations.gateway import Payment
from donations.services import ledger, settlement, totals
from donations.states import DonationState
from events.states import BookingState
from tests.machine import checks
from tests.machine.world import Attempt, World

CARDS = ("4000000000000002", "4000000000009995", "4000000000000069", "4000000000000119")


def shown(world: World, place: int = 0) -> tuple[int, int]:
    """Return what the campaign shows: raised in minor units, and donors."""
    total = totals.of_campaign(world.campaigns[place])
    return (total.raised.minor, total.donors)


def public_pages(world: World) -> list[str]:
    """Return everything that anybody can read of the campaign."""
    slug = world.campaigns[0].slug
    addresses = (f"/c/{slug}/", f"/c/{slug}/total/", f"/c/{slug}/entries.csv", "/")
    cache.clear()
    return [b"".join(world.client.get(address)).decode() for address in addresses]


def on_its_way(world: World) -> Attempt:
    """A bank debit that Stripe accepted and the bank has not answered."""
    attempt = world.begun(steps=77)
    assert world.pay(attempt, method="sepa_debit") == "processing"
    world.deliver_all()
    return attempt


def test_a_debit_on_its_way_holds_the_seat_and_counts_nothing(world: World) -> None:
    attempt = on_its_way(world)
    donation = world.donation(attempt)
    assert donation.booking is not None
    assert (donation.state, donation.booking.state) == ("processing", BookingState.CONFIRMED)
    assert shown(world) == (0, 0)
    assert donation.entries.count() == 0
    assert not any("€77" in page for page in public_pages(world))
    assert not any(donation.name in page for page in public_pages(world))
    assert checks.always(world) == []


def test_the_debit_counts_when_it_arrives(world: World) -> None:
    attempt = on_its_way(world)
    world.settle_debit(attempt, succeeded=True)
    assert shown(world) == (0, 0)
    world.deliver_all()
    assert shown(world) == (7700, 1)
    assert sum("77" in page for page in public_pages(world)) == len(public_pages(world))
    assert checks.finish(world) == []


def test_a_debit_that_fails_never_counted(world: World) -> None:
    attempt = on_its_way(world)
    world.settle_debit(attempt, succeeded=False)
    world.deliver_all()
    donation = world.donation(attempt)
    assert donation.booking is not None
    assert (donation.state, donation.booking.state) == ("failed", BookingState.CANCELLED)
    assert shown(world) == (0, 0)
    assert checks.finish(world) == []


def test_a_late_debit_that_fails_unseen_never_counted(world: World) -> None:
    """Expired, paid late by debit, and failed, before anybody asked."""
    attempt = world.begun()
    world.sandbox.expire(attempt.session)
    world.deliver_all()
    world.pay(attempt, method="sepa_debit", outcome="late")
    world.settle_debit(attempt, succeeded=False)
    world.deliver_all()
    assert world.donation(attempt).state == "failed"
    assert checks.finish(world) == []


@pytest.mark.parametrize("card", CARDS)
def test_a_declined_card_counts_nothing(world: World, card: str) -> None:
    attempt = world.begun()
    assert world.pay(attempt, card=card) == "declined"
    world.deliver_all()
    world.apply(attempt)
    assert world.donation(attempt).state == "open"
    assert shown(world) == (0, 0)
    assert world.pay(attempt) == "succeeded"
    world.deliver_all()
    assert shown(world) == (2000, 1)
    assert checks.finish(world) == []


def test_an_open_an_expired_and_an_abandoned_attempt_count_nothing(world: World) -> None:
    world.begun(2)
    expired = world.begun(2)
    world.sandbox.expire(expired.session)
    failed = world.begun(2)
    world.pay(failed, card="4000002500003155", outcome="fail_authentication")
    world.deliver_all()
    world.advance(hours=2)
    world.deliver_all()
    assert shown(world) == (0, 0)
    assert checks.finish(world) == []


def test_a_late_fee_changes_nothing_of_what_was_raised(world: World) -> None:
    world.sandbox.late_fees(on=True)
    attempt = world.begun()
    world.pay(attempt)
    world.deliver_all()
    assert shown(world) == (2000, 1)
    assert totals.of_campaign(world.campaigns[0]).fees.minor == 0
    world.sandbox.release_fees()
    world.deliver_all()
    assert totals.of_campaign(world.campaigns[0]).fees.minor == 55
    assert checks.finish(world) == []


# --- negative controls --------------------------------------------------------------------------
def test_control_counting_what_is_on_its_way_is_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A debit is posted as soon as it is accepted: the same checks report it."""

    def eager(donation: Any) -> None:
        payment = world.gateway.fetch_payment(donation.session_id, account="")
        ledger.post_missing(donation, payment)

    monkeypatch.setattr(settlement, "_settle_processing", eager)
    on_its_way(world)
    problems = checks.always(world)
    assert any("but only 0 was paid" in problem for problem in problems)
    assert any("no unpaid donation has ledger rows" in problem for problem in problems)


def test_control_believing_a_complete_session_is_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes ``checkout.session.completed`` for money counts debits that are on their way."""
    monkeypatch.setattr(Payment, "is_paid", property(lambda self: self.charge_id is not None))
    attempt = on_its_way(world)
    assert world.donation(attempt).state == DonationState.PAID
    assert any("but only 0 was paid" in problem for problem in checks.always(world))
