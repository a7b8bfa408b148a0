"""Many answers to one wish at the same moment, and many choices about one late payment."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.models import Donation, LedgerEntry
from donations.services import refund_requests
from events.models import Booking, Workshop
from events.services import access
from tests.support.cast import make_campaign, make_workshop
from tests.support.race import Call, at_once, form
from tests.support.site import StartProcess
from tests.support.story import Story

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]

_SECRET = "c" * 32


def _refunded(donation: Donation) -> int:
    rows = LedgerEntry.objects.filter(donation=donation, kind="refund")
    return sum(rows.values_list("amount_minor", flat=True))


def _by(story: Story, user: Any, donation: Donation, action: str, **typed: str) -> Call:
    story.client.force_login(user)
    session = story.client.cookies["sessionid"].value
    call = form(f"/organize/refunds/{donation.public_id}/{action}/", typed)
    own = {"Cookie": f"sessionid={session}; csrftoken={_SECRET}", "X-CSRFToken": _SECRET}
    return Call(call.path, body=call.body, headers={**call.headers, **own})


@pytest.mark.parametrize("others", ["give-back", "decline"])
def test_many_answers_at_once_give_back_at_most_once(
    story: Story, start_web: StartProcess, others: str
) -> None:
    donation = story.give(make_workshop(make_campaign()).campaign)
    refund_requests.ask(donation.pk)
    users = [User.objects.create_superuser(f"root{n}") for n in range(2)]
    site = start_web(WEB_WORKERS="2").url
    calls = [_by(story, users[0], donation, "give-back") for _ in range(8)]
    calls += [_by(story, users[1], donation, others, reason="It was sent on.") for _ in range(8)]
    statuses = {one.status for one in at_once(site, calls)}
    assert statuses <= {302, 503}
    # Whoever was told to try again does so; then everything that Stripe did is in our rows.
    assert {one.status for one in at_once(site, calls[:1])} <= {302}
    story.webhooks(donation)
    assert _refunded(donation) in ({2000} if others == "give-back" else {0, 2000})
    assert len(story.sandbox.balance_transactions()) <= 2
    assert Donation.objects.get(pk=donation.pk).net_minor == 2000 - _refunded(donation)


def test_many_choices_at_once_about_late_money_end_in_one(
    story: Story, start_web: StartProcess
) -> None:
    workshop = make_workshop(make_campaign(), capacity=1, waiting_list=False)
    donation = story.register(workshop, email="late@example.org")
    story.sandbox.expire(donation.session_id)
    story.webhooks(donation)
    quick = story.give(workshop, email="quick@example.org").booking
    story.sandbox.pay(donation.session_id, outcome="late")
    story.webhooks(donation)
    assert quick is not None
    story.client.post(f"/b/{access.booking_link(quick)}/cancel/")
    booking = Booking.objects.get(pk=donation.booking_id)
    assert booking.state == "needs_attention"
    site = start_web(WEB_WORKERS="2").url
    own = f"/b/{access.booking_link(booking)}"
    calls = [Call(f"{own}/{action}/") for action in ("take-seat", "keep", "refund") * 5]
    assert {one.status for one in at_once(site, calls)} <= {302, 503}
    story.webhooks(donation)
    booking.refresh_from_db()
    workshop = Workshop.objects.get(pk=workshop.pk)
    given_back = _refunded(donation) == 2000
    assert workshop.seats_taken == (1 if booking.state == "confirmed" else 0)
    assert given_back is (donation.net_minor == 0)
    assert booking.state in {"confirmed", "cancelled"}
