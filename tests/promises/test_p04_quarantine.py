"""Promise 4: a wrong amount, currency or livemode is quarantined and shown to the organizer; no
seat is confirmed by it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe
from django.conf import settings

from donations.models import LedgerEntry, StripeEvent
from donations.services import attention, inbox, ledger, reconcile, sweeper, totals
from events.models import Message
from events.states import BookingState
from tests.machine import checks
from tests.machine.world import CONNECTED, Attempt, World

WRONG = {"amount": 123_400, "currency": "chf", "livemode": True}


def pay_wrongly(world: World, what: str, *, place: int = 0) -> Attempt:
    """Pay a session that says something else than was asked for, and settle it in every way."""
    attempt = world.begun(place)
    world.sandbox.tamper(attempt.session, **{what: WRONG[what]})
    assert world.pay(attempt) == "succeeded"
    world.deliver_all()
    world.apply(attempt)
    sweeper.sweep(gateway=world.gateway)
    reconcile.run(gateway=world.gateway)
    return attempt


def believed(world: World, attempt: Attempt) -> list[str]:
    """Tell what follows from money that must not be believed, and whether it is hidden."""
    donation = world.donation(attempt)
    booking = donation.booking
    assert booking is not None
    items = attention.of_campaigns([donation.campaign], is_admin=False)
    found = []
    if booking.state == BookingState.CONFIRMED:
        found.append("a seat was confirmed")
    if donation.entries.exists() or totals.of_campaign(donation.campaign).gifts:
        found.append("money was counted")
    if Message.objects.filter(kind="confirmation", booking=booking).exists():
        found.append("a confirmation was written")
    if [item.kind for item in items if item.donation == donation] != ["quarantined"]:
        found.append("the organizer does not see it")
    return found


@pytest.mark.parametrize("place", [0, 1], ids=["own account", "connected account"])
@pytest.mark.parametrize("what", sorted(WRONG))
def test_what_was_not_asked_for_is_not_believed(world: World, what: str, place: int) -> None:
    attempt = pay_wrongly(world, what, place=place)
    donation = world.donation(attempt)
    assert donation.state == "open"
    assert donation.quarantine
    assert believed(world, attempt) == []
    assert checks.always(world) + checks.at_the_end(world) == []


def test_a_payment_that_changes_afterwards_is_shown_too(world: World) -> None:
    attempt = world.begun()
    world.pay(attempt)
    world.deliver_all()
    world.sandbox.tamper(attempt.session, amount=1)
    world.apply(attempt)
    items = attention.of_campaigns([attempt.place.campaign], is_admin=False)
    assert [item.kind for item in items] == ["quarantined"]
    assert world.donation(attempt).state == "paid"
    assert checks.at_the_end(world) == []


def test_what_turns_out_right_is_believed_again(world: World) -> None:
    attempt = pay_wrongly(world, "livemode")
    world.sandbox.tamper(attempt.session, livemode=False)
    world.apply(attempt)
    assert world.donation(attempt).state == "paid"
    assert checks.finish(world) == []


def test_somebody_elses_session_is_not_believed(world: World) -> None:
    """A paid session of another donation, put in this one's place."""
    mine, other = world.begun(), world.begun()
    world.pay(other)
    donation = world.donation(mine)
    other_donation = world.donation(other)
    other_donation.session_id = None
    other_donation.save(update_fields=["session_id"])
    donation.session_id = other.session
    donation.save(update_fields=["session_id"])
    world.apply(mine)
    assert world.donation(mine).quarantine == "the session names another donation"
    assert LedgerEntry.objects.count() == 0
    mine.paid, other.paid = False, False


def post_event(world: World, event: dict[str, Any], *, connect: bool) -> int:
    """Post an event that is signed with the endpoint's own secret."""
    secrets = (
        settings.STRIPE_CONNECT_WEBHOOK_SECRETS if connect else settings.STRIPE_WEBHOOK_SECRETS
    )
    body = json.dumps(event)
    signature = stripe.WebhookSignature.generate_signature_header(body, secrets[0])
    return world.client.post(
        "/stripe/webhook/connect/" if connect else "/stripe/webhook/",
        data=body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    ).status_code


def some_event(world: World, attempt: Attempt) -> dict[str, Any]:
    """Return the event that says that a session was completed, taken from the sandbox."""
    for delivery in world.sandbox.deliveries():
        event: dict[str, Any] = json.loads(delivery["body"])
        if event["type"] == "checkout.session.completed":
            world.drop_all()
            return event
    raise AssertionError(f"nothing tells of {attempt.session}")


def test_an_event_of_the_other_mode_is_set_aside_and_shown(world: World) -> None:
    attempt = world.begun()
    world.pay(attempt)
    event = some_event(world, attempt) | {"livemode": True}
    assert post_event(world, event, connect=False) == 200
    inbox.apply_pending(gateway=world.gateway)
    assert world.donation(attempt).state == "open"
    stored = StripeEvent.objects.get()
    assert (stored.set_aside_at is not None, stored.error) == (True, "livemode differs")
    items = attention.of_campaigns([attempt.place.campaign], is_admin=True)
    assert [item.kind for item in items] == ["poison_event"]


def test_an_event_of_another_account_moves_nothing(world: World) -> None:
    """A connected account cannot speak for a donation of the site's own account."""
    attempt = world.begun(0)
    world.pay(attempt)
    event = some_event(world, attempt) | {"account": CONNECTED, "id": "evt_foreign"}
    assert post_event(world, event, connect=True) == 200
    inbox.apply_pending(gateway=world.gateway)
    assert world.donation(attempt).state == "open"


# --- negative control ---------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["amount", "livemode"])
def test_control_without_the_comparison_it_is_believed(
    world: World, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "mismatch", lambda donation, payment: "")
    attempt = world.begun()
    world.sandbox.tamper(attempt.session, **{what: WRONG[what] if what == "livemode" else 700})
    world.pay(attempt)
    world.deliver_all()
    assert believed(world, attempt) == [
        "a seat was confirmed",
        "money was counted",
        "a confirmation was written",
        "the organizer does not see it",
    ]
