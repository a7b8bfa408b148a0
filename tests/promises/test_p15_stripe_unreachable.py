"""Promise 15. Stripe unreachable for 30 minutes: nothing oversold, no hold lost, the visitor sees a
clear retry page within 5 s."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import override_settings

from donations.models import Donation
from donations.services import checkout, sweeper
from events.models import Booking, Workshop
from events.services.seating.seats import FullError
from tests.machine.world import World
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.proxy import BLACK_HOLE, PASS, RESET, TcpProxy, in_front_of
from tests.support.race import Answer, at_once, form

PROMISED_SECONDS = 5.0
OUTAGE_MINUTES = 30


@pytest.fixture
def stripe_line() -> Iterator[TcpProxy]:
    """The line to Stripe: the sandbox is reached through it."""
    with in_front_of(settings.STRIPE_API_BASE) as proxy:
        yield proxy


def retry_form(page: str) -> tuple[str, dict[str, str]]:
    """Return the address and the fields of the page's "Try again" button."""
    action = re.search(r'<form method="post" action="([^"]+)" data-once>', page)
    assert action is not None, page[:2000]
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return unescape(action[1]), {name: unescape(value) for name, value in inputs}


def _clear(answer: Answer) -> bool:
    """Whether the visitor is told what happened, and has a button to go on."""
    told = "We cannot reach the payment page" in answer.text
    return answer.status == 503 and told and "Try again" in answer.text


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [BLACK_HOLE, RESET])
def test_visitors_get_a_clear_page_in_time_and_go_on_afterwards(
    trouble: str, stripe_line: TcpProxy, sandbox: object, start_web: object
) -> None:
    workshop = make_workshop(make_campaign(), capacity=4)
    web = start_web(STRIPE_API_BASE=f"http://127.0.0.1:{stripe_line.port}")
    path = f"/c/{workshop.campaign.slug}/{workshop.slug}/"
    calls = [form(path, give_form(email=f"visitor{n}@example.org")) for n in range(7)]

    assert at_once(web.url, calls[:1])[0].status == 302  # the line is warm, its connection stands
    stripe_line.become(trouble)
    answers = at_once(web.url, calls[1:])

    assert sorted(one.status for one in answers) == [409, 409, 409, 503, 503, 503]
    waiting = [one for one in answers if one.status == 503]
    assert all(_clear(one) for one in waiting)
    # The best of them is what Stripe's silence costs; the others had this busy machine to share.
    assert min(one.seconds for one in waiting) < PROMISED_SECONDS
    _nothing_lost(workshop)
    again = [form(*retry_form(one.text)) for one in waiting]
    assert all(_clear(one) for one in at_once(web.url, again))  # still silent: the same seats
    _nothing_lost(workshop)

    stripe_line.become(PASS)
    assert [one.status for one in at_once(web.url, again)] == [302, 302, 302]
    _nothing_lost(workshop)
    assert Donation.objects.filter(state="open", session_id__isnull=False).count() == 4
    assert "Traceback" not in web.output()


def _nothing_lost(workshop: Workshop) -> None:
    workshop.refresh_from_db()
    assert (workshop.seats_taken, workshop.seats_left) == (4, 0)
    assert Booking.objects.filter(state="held").count() == 4
    assert Donation.objects.count() == 4


@pytest.fixture
def cut_off(world: World, stripe_line: TcpProxy) -> Iterator[World]:
    """A world of two seats, whose Stripe stops answering after one of them was held."""
    with override_settings(STRIPE_API_BASE=f"http://127.0.0.1:{stripe_line.port}"):
        world.begin(capacities=(2, 3))
        world.begun()
        stripe_line.become(RESET)
        with pytest.raises(checkout.UnreachableError):
            world.begun()
        yield world


def _sit_it_out(world: World, minutes: int) -> None:
    """Let the outage last, with sweeps; nobody gets a seat that is held."""
    for _ in range(minutes):
        world.advance(minutes=1)
        swept = sweeper.sweep(gateway=world.gateway)
        assert swept.failures > 0
        with pytest.raises(FullError):
            world.begun()
        assert Booking.objects.filter(state="held").count() == 2


def _created() -> Donation:
    return Donation.objects.get(state="created")


def test_after_30_minutes_the_sweeper_completes_every_hold(
    cut_off: World, stripe_line: TcpProxy
) -> None:
    _sit_it_out(cut_off, OUTAGE_MINUTES)
    stripe_line.become(PASS)
    period = settings.CELERY_BEAT_SCHEDULE["donations.sweep"]["schedule"]
    cut_off.advance(seconds=period)  # the next round of the sweeper
    sweeper.sweep(gateway=cut_off.gateway)
    assert set(Donation.objects.values_list("state", flat=True)) == {"open"}
    assert Booking.objects.filter(state="held").count() == 2


def test_after_30_minutes_the_visitors_own_retry_completes_it(
    cut_off: World, stripe_line: TcpProxy
) -> None:
    waiting = _created()
    _sit_it_out(cut_off, OUTAGE_MINUTES)
    stripe_line.become(PASS)
    checkout.open_session(waiting, gateway=cut_off.gateway)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.session_url[:4]) == ("open", "http")
    cut_off.sandbox.pay(waiting.session_id)
    cut_off.deliver_all()
    assert Booking.objects.get(donations=waiting).state == "confirmed"


def test_control_a_hold_of_exactly_the_outage_is_lost_and_the_check_says_so(
    world: World, stripe_line: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "SESSION_TIME", timedelta(minutes=58))
    with override_settings(STRIPE_API_BASE=f"http://127.0.0.1:{stripe_line.port}"):
        world.begin(capacities=(2, 3))
        stripe_line.become(RESET)
        with pytest.raises(checkout.UnreachableError):
            world.begun()
        world.advance(minutes=OUTAGE_MINUTES)
        stripe_line.become(PASS)
        sweeper.sweep(gateway=world.gateway)
    assert Booking.objects.filter(state="held").count() == 0
    assert Donation.objects.get().state == "expired"
