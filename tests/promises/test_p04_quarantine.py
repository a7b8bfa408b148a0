"""Promise 4: a wrong amount, currency or livemode is quarantined and shown to the organizer; no
seat is confirmed by it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe
from django.conf import settings

from donations.gateway import Payment
from donations.models import Difference, LedgerEntry, StripeEvent
from donations.services import attention, inbox, ledger, reconcile, sweeper, totals
from donations.services.mails import payment_emails
from donations.services.parameters import token
from events.models import Message, Workshop
from events.states import BookingState
from tests.machine import checks
from tests.machine.world import CONNECTED, Attempt, World

WRONG = {"amount": 123_400, "currency": "chf", "livemode": True}


def pay_wrongly(world: World, what: str, *, place: int = 0) -> Attempt:
    """Pay a session that says something else than was asked for, and settle it in every way."""
    attempt = world.begun(place)
    world.tamper(attempt, what, WRONG[what])
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


def give_back(world: World, attempt: Attempt) -> str:
    """Refund all of it in Stripe's dashboard; its webhooks arrive. Returns the refund's id."""
    refund = world.refund(attempt)
    assert refund is not None
    world.deliver_all()
    return refund


@pytest.mark.parametrize("place", [0, 1], ids=["own account", "connected account"])
@pytest.mark.parametrize("what", sorted(WRONG))
def test_what_was_given_back_ends_and_frees_its_seat(world: World, what: str, place: int) -> None:
    attempt = pay_wrongly(world, what, place=place)
    assert Workshop.objects.get(pk=attempt.place.workshop.pk).seats_taken == 1
    give_back(world, attempt)
    donation = world.donation(attempt)
    assert donation.quarantine == ""
    assert donation.state == ("paid" if what == "amount" else "failed")
    assert Workshop.objects.get(pk=attempt.place.workshop.pk).seats_taken == 0
    assert totals.of_campaign(donation.campaign).raised.minor == 0
    page = world.client.get(f"/checkout/{token(donation)}/").content.decode()
    assert 'data-state="given_back"' in page
    assert checks.finish(world) == []
    assert Difference.objects.filter(resolved_at=None).count() == 0
    assert attention.of_campaigns([donation.campaign], is_admin=False) == []


def test_a_wrong_amount_that_was_given_back_stands_as_stripe_has_it(world: World) -> None:
    attempt = pay_wrongly(world, "amount")
    give_back(world, attempt)
    rows = dict(world.donation(attempt).entries.values_list("kind", "amount_minor"))
    fee = next(
        one["fee"]
        for one in world.sandbox.balance_transactions(account="")
        if one["type"] == "charge"
    )
    assert rows == {"gift": 123_400, "fee": fee, "refund": 123_400}
    (refund,) = Message.objects.filter(kind="refund", ids__donation=attempt.donation)
    mail = payment_emails.refund(refund)
    assert mail is not None
    assert "€1,234.00" in mail.subject
    assert Message.objects.exclude(kind="refund").count() == 0


@pytest.mark.parametrize("what", ["currency", "livemode"])
def test_no_mail_tells_of_what_was_never_believed(world: World, what: str) -> None:
    give_back(world, pay_wrongly(world, what))
    assert Message.objects.count() == 0


@pytest.mark.parametrize("what", sorted(WRONG))
def test_money_that_comes_back_is_shown_again(world: World, what: str) -> None:
    attempt = pay_wrongly(world, what)
    refund = give_back(world, attempt)
    world.sandbox.fail_refund(refund)
    world.deliver_all()
    donation = world.donation(attempt)
    assert donation.quarantine
    items = attention.of_campaigns([donation.campaign], is_admin=False)
    assert [item.kind for item in items if item.donation] == ["quarantined"]
    assert totals.of_campaign(donation.campaign).raised.minor == 0
    assert checks.finish(world) == []
    give_back(world, attempt)
    assert world.donation(attempt).quarantine == ""
    assert checks.finish(world) == []


@pytest.mark.parametrize("what", sorted(WRONG))
def test_a_wrong_debit_that_fails_ends_and_frees_its_seat(world: World, what: str) -> None:
    attempt = world.begun()
    world.tamper(attempt, what, WRONG[what])
    world.pay(attempt, method="sepa_debit")
    world.deliver_all()
    world.apply(attempt)
    assert world.donation(attempt).quarantine
    assert world.donation(attempt).booking.state == BookingState.HELD
    world.settle_debit(attempt, succeeded=False)
    world.deliver_all()
    world.apply(attempt)
    donation = world.donation(attempt)
    assert (donation.state, donation.quarantine) == ("failed", "")
    assert donation.booking.state == BookingState.EXPIRED
    assert checks.always(world) + checks.at_the_end(world) == []


def test_what_was_given_back_in_part_stays_quarantined(world: World) -> None:
    attempt = pay_wrongly(world, "amount")
    world.refund(attempt, minor=123_399)
    world.deliver_all()
    assert world.donation(attempt).quarantine
    assert believed(world, attempt) == []
    world.refund(attempt, minor=1)
    world.deliver_all()
    assert world.donation(attempt).quarantine == ""
    assert checks.finish(world) == []


def test_a_counted_payment_keeps_its_rows_whatever_its_session_says_later(world: World) -> None:
    attempt = world.begun()
    world.pay(attempt)
    world.deliver_all()
    world.sandbox.tamper(attempt.session, currency="chf")
    give_back(world, attempt)
    donation = world.donation(attempt)
    assert (donation.state, donation.quarantine, donation.net_minor) == ("paid", "", 0)
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


@pytest.mark.parametrize("what", sorted(WRONG))
def test_control_without_a_look_at_refunds_it_stays_for_ever(
    world: World, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Payment, "is_given_back", False)
    attempt = pay_wrongly(world, what)
    give_back(world, attempt)
    (ended, seat) = checks.finish(world)
    assert "was given back whole, and has not ended" in ended
    assert "was given back whole, and still holds its seats" in seat


@pytest.mark.parametrize("what", ["currency", "livemode"])
def test_control_whoever_believes_any_refund_hides_what_is_left(
    world: World, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refund of a part, or one that failed, taken for the whole."""
    monkeypatch.setattr(Payment, "is_given_back", property(lambda self: bool(self.refunds)))
    attempt = pay_wrongly(world, what)
    world.sandbox.fail_refund(give_back(world, attempt))
    world.deliver_all()
    problems = checks.finish(world)
    assert [one.split(") ")[1] for one in problems] == ["was paid at Stripe, and nothing says so"]
