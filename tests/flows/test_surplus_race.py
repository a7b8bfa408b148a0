"""Many who ask for a carried seat at the same moment: no more get one than are carried."""

from __future__ import annotations

from itertools import count
from uuid import uuid4

import pytest

from donations.models import CarriedSeat
from donations.services.declaring import carried
from events.services.seating import seats
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story
from tests.support.threads import together

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def test_eight_at_once_get_no_more_than_are_carried(story: Story) -> None:
    shop = make_workshop(make_campaign(), surplus_seats=True, surplus_minimum_minor=2000)
    story.give(shop, amount="other", other_amount="60")  # two further seats
    numbers = count(1)

    def ask() -> bool:
        payer = seats.Payer(name="Gus", email=f"g{next(numbers)}@example.org", language="en")
        try:
            carried.ask(workshop=shop, payer=payer, nonce=uuid4())
        except carried.NoneLeftError:
            return False
        return True

    assert sum(together(8, ask)) == 2
    assert CarriedSeat.objects.count() == 2
