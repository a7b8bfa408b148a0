"""Promise 13. Payment landing 1 s before, at, or 1 s after expiry: a seat, or ``needs_attention``
with a way out; never neither."""

from __future__ import annotations

from itertools import product

import pytest

from donations.models import LedgerEntry
from donations.services import inbox, parameters, reconcile, seating, sweeper
from donations.services.checkout import SESSION_TIME
from events.models import Booking, Message
from events.services import access
from events.services.seating.seats import FullError
from tests.machine.world import Attempt, World

MOMENTS = (-1, 0, 1)
#: How we hear of it; without any webhook, the sweeper and the reconciler are left.
NEWS = ("in order", "reversed", "no webhook", "return page")


def neither(world: World, attempt: Attempt) -> list[str]:
    """Return what is missing so that the money of ``attempt`` has a seat or a way out."""
    donation = world.donation(attempt)
    booking = donation.booking
    assert booking is not None
    wrong = []
    if donation.state != "paid" or not LedgerEntry.objects.filter(
        donation=donation, kind="gift", amount_minor=donation.amount_minor
    ):
        wrong.append("the money is not in the ledger")
    if booking.state == "confirmed":
        return wrong
    if booking.state != "needs_attention":
        wrong.append(f"the booking is {booking.state}")
    if not Message.objects.filter(booking=booking, kind="payment_problem").exists():
        wrong.append("no mail asks what to do")
    token = access.booking_link(booking)
    page = world.client.get(f"/b/{token}/").content.decode()
    wrong += [
        f"the page has no {way}" for way in ("refund", "keep") if f"/b/{token}/{way}/" not in page
    ]
    return wrong


def _at(world: World, moment: int, *, rival: bool) -> Attempt:
    """Pay a session ``moment`` seconds after its end; a rival may have got the seat meanwhile."""
    world.begin(capacities=(1, 3))
    attempt = world.begun()
    world.advance(seconds=SESSION_TIME.total_seconds() + moment)
    if moment >= 0:
        sweeper.sweep(gateway=world.gateway)  # Stripe said expired; the seat is for sale
    if rival:
        try:
            world.begun()
        except FullError:
            assert moment < 0
    how = {"outcome": "late"} if moment >= 0 else {}
    assert world.pay(attempt, **how) == "succeeded"
    return attempt


def _hear(world: World, attempt: Attempt, news: str) -> None:
    if news in {"in order", "reversed"}:
        waiting = world.sandbox.deliveries()
        for delivery in waiting if news == "in order" else waiting[::-1]:
            world.post(delivery)
        inbox.apply_pending(gateway=world.gateway)
        return
    world.drop_all()
    if news == "no webhook":
        world.advance(seconds=90)
        sweeper.sweep(gateway=world.gateway)
        reconcile.run(gateway=world.gateway)
    else:
        token = parameters.token(world.donation(attempt))
        world.client.post(f"/checkout/{token}/apply/")


@pytest.mark.parametrize(("moment", "rival"), list(product(MOMENTS, (False, True))))
@pytest.mark.parametrize("news", NEWS)
def test_late_money_has_a_seat_or_a_way_out(
    world: World, moment: int, *, rival: bool, news: str
) -> None:
    attempt = _at(world, moment, rival=rival)
    _hear(world, attempt, news)
    assert neither(world, attempt) == []
    booking = Booking.objects.get(donations=attempt.donation)
    late_and_gone = moment >= 0 and rival
    assert booking.state == ("needs_attention" if late_and_gone else "confirmed")


@pytest.mark.parametrize("choice", ["refund", "keep"])
def test_each_way_out_leads_out(world: World, choice: str) -> None:
    attempt = _at(world, 1, rival=True)
    _hear(world, attempt, "in order")
    booking = Booking.objects.get(donations=attempt.donation)
    token = access.booking_link(booking)
    for _ in range(2):  # the second click changes nothing
        assert world.client.post(f"/b/{token}/{choice}/").status_code == 302
        donation = world.donation(attempt)
        assert donation.net_minor == (0 if choice == "refund" else donation.amount_minor)
        assert Booking.objects.get(pk=booking.pk).state == "cancelled"


def test_control_money_that_asks_nobody_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, broken_on_purpose: None
) -> None:
    monkeypatch.setattr(seating, "_ask", lambda donation, booking: None)
    attempt = _at(world, 1, rival=True)
    _hear(world, attempt, "in order")
    assert neither(world, attempt) == [
        "the booking is expired",
        "no mail asks what to do",
        "the page has no refund",
        "the page has no keep",
    ]
