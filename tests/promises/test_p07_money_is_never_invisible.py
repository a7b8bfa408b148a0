"""Promise 7: money received is never invisible: with no seat left it is still in the ledger, the
booking is ``needs_attention``, and the donor is offered a refund or to keep it as a gift.
"""

from __future__ import annotations

from typing import Any

import pytest

from donations.gateway import GatewayError
from donations.services import attention, cancelling, late_choices, seating, totals
from events.models import Message
from events.services import access
from events.services.mails import sender
from events.services.seating import seats
from events.states import BookingState
from tests.machine import checks
from tests.machine.faults import dying_at
from tests.machine.world import Attempt, World


def too_late(world: World, *, method: str = "card") -> Attempt:
    """Let a seat be released and taken by others; then its money arrives after all."""
    attempt = world.begun()
    world.sandbox.expire(attempt.session)
    world.deliver_all()
    other = world.begun(seats=2)
    world.pay(other)
    world.pay(attempt, method=method, outcome="late")
    if method == "sepa_debit":
        world.settle_debit(attempt, succeeded=True)
    world.deliver_all()
    return attempt


def booking_of(world: World, attempt: Attempt) -> Any:
    booking = world.donation(attempt).booking
    assert booking is not None
    return booking


@pytest.mark.parametrize("method", ["card", "sepa_debit"])
def test_late_money_without_a_seat_waits_for_its_giver(world: World, method: str) -> None:
    attempt = too_late(world, method=method)
    donation = world.donation(attempt)
    assert (donation.state, booking_of(world, attempt).state) == ("paid", "needs_attention")
    assert totals.of_campaign(donation.campaign).gifts.minor == 2 * donation.amount_minor
    items = attention.of_campaigns([donation.campaign], is_admin=False)
    assert [(item.kind, item.donation) for item in items] == [("late_money", donation)]
    assert Message.objects.filter(kind="payment_problem", booking=donation.booking).count() == 1
    assert checks.always(world) + checks.at_the_end(world) == []


def test_the_giver_is_mailed_and_finds_both_choices(world: World, mailoutbox: list[Any]) -> None:
    attempt = too_late(world)
    booking = booking_of(world, attempt)
    sender.send_due()
    mails = [mail for mail in mailoutbox if mail.to == [booking.email]]
    link = f"/b/{access.booking_link(booking)}/"
    assert any(link in mail.body for mail in mails)
    page = world.client.get(link).content.decode()
    assert f"{link}refund/" in page
    assert f"{link}keep/" in page


def test_kept_it_is_a_gift(world: World) -> None:
    attempt = too_late(world)
    link = f"/b/{access.booking_link(booking_of(world, attempt))}/"
    assert world.client.post(f"{link}keep/").status_code == 302
    assert booking_of(world, attempt).state == BookingState.CANCELLED
    assert world.donation(attempt).purpose == "gift"
    assert checks.finish(world) == []


def test_given_back_it_leaves_the_total(world: World) -> None:
    attempt = too_late(world)
    link = f"/b/{access.booking_link(booking_of(world, attempt))}/"
    for _ in range(2):
        assert world.client.post(f"{link}refund/").status_code == 302
    donation = world.donation(attempt)
    assert (donation.net_minor, booking_of(world, attempt).state) == (0, "cancelled")
    assert totals.of_campaign(donation.campaign).refunds.minor == donation.amount_minor
    assert checks.finish(world) == []


def test_a_refund_that_failed_can_be_asked_for_again(world: World) -> None:
    attempt = too_late(world)
    late_choices.give_back(booking_of(world, attempt), gateway=world.gateway)
    (event,) = (one for one in world.sandbox.events()["events"] if one["type"] == "refund.created")
    world.sandbox.fail_refund(event["data"]["object"]["id"])
    world.deliver_all()
    assert booking_of(world, attempt).state == BookingState.NEEDS_ATTENTION
    donation = late_choices.give_back(booking_of(world, attempt), gateway=world.gateway)
    assert donation.net_minor == 0
    assert checks.finish(world) == []


def test_a_choice_that_stripe_refuses_stays_open(world: World) -> None:
    attempt = too_late(world)
    world.dispute(attempt)
    with pytest.raises((GatewayError, late_choices.NothingToChooseError)):
        late_choices.give_back(booking_of(world, attempt), gateway=world.gateway)
    world.deliver_all()
    assert checks.finish(world) == []


def test_late_money_gets_a_seat_that_is_still_free(world: World) -> None:
    attempt = world.begun()
    world.sandbox.expire(attempt.session)
    world.deliver_all()
    world.pay(attempt, outcome="late")
    world.deliver_all()
    assert booking_of(world, attempt).state == BookingState.CONFIRMED
    assert checks.finish(world) == []


def test_money_for_a_seat_that_was_given_back_meanwhile_is_asked_about(world: World) -> None:
    """A bank debit arrives after its attendee cancelled."""
    attempt = world.begun()
    world.pay(attempt, method="sepa_debit")
    world.deliver_all()
    cancelling.cancel_seat(booking_of(world, attempt), gateway=world.gateway)
    world.settle_debit(attempt, succeeded=True)
    world.deliver_all()
    assert booking_of(world, attempt).state == BookingState.NEEDS_ATTENTION
    assert checks.finish(world) == []


@pytest.mark.parametrize("point", ["apply:posted", "apply:advanced"])
def test_a_death_half_way_hides_nothing(world: World, point: str) -> None:
    attempt = world.begun()
    world.pay(attempt)
    with dying_at(point) as died:
        world.apply(attempt)
    assert died == [point]
    assert world.donation(attempt).state == "open"
    assert checks.always(world) == []
    assert checks.finish(world) == []


# --- negative controls --------------------------------------------------------------------------
def test_control_whoever_only_looks_for_a_held_seat_hides_late_money(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seating, "_ask", lambda donation, booking: None)
    too_late(world)
    assert any("no seat and no way out" in problem for problem in checks.at_the_end(world))


def test_control_refusing_late_money_hides_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(donation: Any) -> None:
        raise seats.FullError("no seat")

    monkeypatch.setattr(seating, "after_payment", refuse)
    too_late(world)
    assert any("nothing says so" in problem for problem in checks.at_the_end(world))
