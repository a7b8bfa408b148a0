"""What a fetched payment does to its donation, where no card of the sandbox gets there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from donations.gateway import Payment
from donations.gateway.stripe import for_workers
from donations.services import settlement
from events.models import Booking, Message, Workshop
from tests.support.cast import make_gift, start


class Voucher:
    """A gateway whose sessions are complete and wait for something that their giver does."""

    def __init__(self, intent_status: str) -> None:
        self.intent_status = intent_status

    def fetch_payment(self, session_id: str, *, account: str) -> Payment:
        found = for_workers().fetch_payment(session_id, account=account)
        session = replace(found.session, status="complete", payment_status="unpaid")
        return replace(found, session=session, intent_status=self.intent_status)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("intent_status", "expected"),
    [
        ("requires_action", ("processing", "confirmed", "processing")),
        ("processing", ("processing", "confirmed", "processing")),
        ("requires_payment_method", ("failed", "expired", "payment_failed")),
        ("canceled", ("failed", "expired", "payment_failed")),
    ],
)
def test_a_payment_that_waits_for_its_giver_has_not_failed(
    sandbox: Any, workshop: Workshop, intent_status: str, expected: tuple[str, str, str]
) -> None:
    donation = start(workshop, make_gift(), for_workers())
    gateway: Any = Voucher(intent_status)
    donation = settlement.apply(donation.pk, gateway=gateway)
    state, seat, mail = expected
    assert (donation.state, Booking.objects.get().state) == (state, seat)
    assert Message.objects.filter(kind=mail).count() == 1
    assert donation.net_minor == 0
