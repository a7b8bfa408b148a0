"""Giving a seat back, while something else happens to its payment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import cancelling, settlement
from events.models import Booking, Workshop
from events.services import access
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story


def _is_free(pk: int) -> bool:
    """Return whether another process could lock the donation now."""
    try:
        with transaction.atomic():
            rows = Donation.objects.select_for_update(skip_locked=True).filter(pk=pk)
            return rows.first() is not None
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_debit_cannot_arrive_in_the_middle_of_giving_its_seat_back(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = story.register(make_workshop(make_campaign(currency="EUR")))
    story.pay(donation, method="sepa_debit")
    assert (donation.state, donation.booking.state) == ("processing", "confirmed")
    release, free = cancelling.seats.release, []

    def watched(*args: Any) -> None:
        with ThreadPoolExecutor(1) as pool:
            free.append(pool.submit(_is_free, donation.pk).result(timeout=10))
        release(*args)

    monkeypatch.setattr(cancelling.seats, "release", watched)
    cancelling.cancel_seat(Booking.objects.get(), gateway=for_workers())
    assert free == [False]
    monkeypatch.undo()

    story.sandbox.settle_debit(donation.session_id, succeeded=True)
    story.webhooks(donation)
    assert Booking.objects.get().state == "needs_attention"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["cancel", "refund"])
def test_a_payment_that_others_keep_moving_is_a_page_to_try_again(
    story: Story, workshop: Workshop, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    if action == "cancel":
        booking = story.register(workshop).booking
    else:
        donation = story.register(workshop)
        story.sandbox.expire(donation.session_id)
        booking = story.webhooks(donation).booking
        Workshop.objects.filter(pk=workshop.pk).update(capacity=0)
        story.sandbox.pay(donation.session_id, outcome="late")
        story.webhooks(donation)
    assert booking is not None
    with monkeypatch.context() as patch:
        patch.setattr(settlement, "_TRIES", 0)
        answer = story.client.post(f"/b/{access.booking_link(booking)}/{action}/")
    assert answer.status_code == 503
    page = answer.content.decode()
    assert f"/{action}/" in page
    assert "We cannot tell whether it worked" in page
    for wrong in ("Nothing was charged", "Your seat is kept", "payment page"):
        assert wrong not in page
    assert f'href="/b/{access.booking_link(booking)}/"' in page
