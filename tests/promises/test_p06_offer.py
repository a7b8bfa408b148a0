"""Promise 6, for an offer of the waiting list, whose booking is there before its form: double
click, back button, two tabs, ten parallel submits: at most one payable Stripe session per booking.
"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import offers
from events.models import Booking, Workshop
from events.services import access
from events.services.seating import holds, waiting_list
from events.services.seating.seats import Payer
from tests.machine.checks import open_sessions
from tests.promises.test_p06_one_payable_session import SUBMITS, payable
from tests.promises.test_p12_line import buy
from tests.support.cast import give_form, make_campaign, make_gift, make_workshop
from tests.support.race import Call, at_once, form
from tests.support.sandbox import SandboxControl

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def offer(transactional_db: None) -> Booking:
    """A booking to which the one seat of a workshop is offered."""
    workshop = make_workshop(make_campaign(), capacity=1)
    buy(workshop, "holder")()
    payer = Payer("Wanda", "wanda@example.org", "en")
    booking = waiting_list.join(workshop=workshop, payer=payer, nonce=uuid.uuid4())
    assert booking is not None
    holds.let_go(Booking.objects.get(email="holder@example.org").pk)
    assert waiting_list.offer(workshop.pk) == 1
    booking.refresh_from_db()
    return booking


def call(offer: Booking, **typed: Any) -> Call:
    """Return one sending of the offer's form."""
    return form(f"/b/{access.booking_link(offer)}/seat/", give_form(**typed))


def seats_taken() -> int:
    return Workshop.objects.get().seats_taken


def test_ten_parallel_submits_of_an_offer_lead_to_one_payable_page(
    offer: Booking, sandbox: SandboxControl, start_web: Any
) -> None:
    web = start_web(WEB_WORKERS="2", WEB_THREADS="8")
    answers = at_once(web.url, [call(offer, nonce=uuid.uuid4())] * SUBMITS)
    assert {one.status for one in answers} == {302}, web.output()[-3000:]
    assert len({one.headers["location"] for one in answers}) == 1
    assert payable(sandbox) == [Donation.objects.get().session_id]
    assert seats_taken() == 1


def test_ten_tabs_of_an_offer_leave_one_payable_page(
    offer: Booking, sandbox: SandboxControl, start_web: Any
) -> None:
    """Each tab has a number, and an amount, of its own; all are sent at the same moment."""
    web = start_web(WEB_WORKERS="2", WEB_THREADS="8")
    tabs = [call(offer, amount="other", other_amount=10 + number) for number in range(SUBMITS)]
    answers = at_once(web.url, tabs)
    assert {one.status for one in answers} <= {302, 503}, web.output()[-3000:]
    assert len(payable(sandbox)) <= 1
    (last,) = at_once(web.url, tabs[-1:])
    assert last.status == 302
    assert [f"{sandbox.base}/pay/{one}" for one in payable(sandbox)] == [last.headers["location"]]
    assert (seats_taken(), Booking.objects.get(pk=offer.pk).state) == (1, "held")
    assert "Traceback" not in web.output()


def test_control_tabs_that_do_not_end_each_other_meet_the_database(
    offer: Booking, sandbox: SandboxControl, start_web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the code stands a constraint: a second live attempt at one seat cannot be written."""
    web = start_web(WEB_WORKERS="1", WEB_THREADS="2")
    (answer,) = at_once(web.url, [call(offer)])
    assert answer.status == 302
    first = Donation.objects.get()
    monkeypatch.setattr(offers, "_check", lambda _locked, _workshop: None)
    monkeypatch.setattr("donations.services.checkout.replace", lambda _others, _gateway: None)
    with pytest.raises(Exception, match="donation_one_live_per_booking"):
        _start_again(offer)
    assert [one["id"] for one in open_sessions(sandbox, "")] == [first.session_id]


def _start_again(offer: Booking) -> None:
    found = Booking.objects.select_related("workshop__campaign").get(pk=offer.pk)
    offers.start(booking=found, gift=make_gift(5000), gateway=for_visitors())
