"""More time, once: on the page after Stripe's, for a free seat, and in the form of an offer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from donations.models import Donation
from donations.services.checkout import SESSION_TIME
from donations.services.parameters import token
from events.models import Booking, Workshop
from events.services import access
from events.services.seating import free_seats, holds
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story

MORE = "I need more time"


@pytest.fixture
def workshop(clock: Clock, db: None) -> Workshop:
    return make_workshop(make_campaign(), capacity=1, zero_allowed=True)


def _own(booking: Booking) -> str:
    return f"/b/{access.booking_link(booking)}/"


def _advance(story: Story, clock: Clock, step: timedelta) -> None:
    clock.advance(step)
    story.sandbox.advance_clock(int(step.total_seconds()))


def test_who_turns_back_from_stripe_sees_until_when_and_gets_one_more_session(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    first = story.register(workshop)
    assert first.booking is not None
    page = story.page(f"/checkout/{token(first)}/cancelled/")
    assert "Kept for you until" in page
    assert MORE not in page, "there is plenty"

    _advance(story, clock, SESSION_TIME - timedelta(minutes=10))
    page = story.page(f"/checkout/{token(first)}/cancelled/")
    assert MORE in page
    (path,) = re.findall(r'action="(/b/[^"]+/extend/)"', page)
    answer = story.client.post(path)
    second = Donation.objects.get(session_url=answer["Location"])
    assert (second.booking, second.amount) == (first.booking, first.amount)
    first.refresh_from_db()
    assert first.state == "expired"
    assert story.client.post(path)["Location"] == second.session_url, "a double click"

    _advance(story, clock, timedelta(minutes=50))
    assert MORE not in story.page(f"/checkout/{token(second)}/cancelled/"), "once"
    story.pay(second)
    assert Booking.objects.get().state == "confirmed"


def test_a_free_seat_waits_longer_for_its_click(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    story.post(workshop, amount="other", other_amount="0")
    booking = Booking.objects.get()
    end = booking.created_at + free_seats.PROOF_TIME
    assert MORE in story.page(_own(booking))
    for _ in range(2):
        assert story.client.post(f"{_own(booking)}extend/").status_code == 302
        booking.refresh_from_db()
        assert booking.hold_expires_at == end + holds.MORE_TIME
    assert MORE not in story.page(_own(booking))
    clock.set(end + timedelta(minutes=29))
    story.client.post(f"/confirm/{access.booking_link(booking, access.CONFIRM_LINK)}/")
    booking.refresh_from_db()
    assert booking.state == "confirmed"


def test_what_has_ended_or_is_confirmed_gets_no_more_time(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    donation = story.give(workshop)
    assert donation.booking is not None
    assert MORE not in story.page(_own(donation.booking))
    assert story.client.post(f"{_own(donation.booking)}extend/").status_code == 302
    booking = Booking.objects.get()
    assert (booking.state, booking.extended_at) == ("confirmed", None)


def test_a_silent_stripe_gets_a_page_that_asks_again(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    first = story.register(workshop)
    assert first.booking is not None
    _advance(story, clock, SESSION_TIME - timedelta(minutes=10))
    story.sandbox.fail_next(3, how="500", path="/v1/")
    answer = story.client.post(f"{_own(first.booking)}extend/")
    assert answer.status_code == 503
    while story.sandbox.get("fail_next")["left"]:
        story.client.post(f"/checkout/{token(first)}/apply/")
    answer = story.client.post(f"{_own(first.booking)}extend/")
    assert "/pay/cs_test_" in answer["Location"]
    assert Donation.objects.live().count() == 1
