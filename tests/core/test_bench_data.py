"""The rows that ``bench/`` measures on keep every invariant, so that it measures the product."""

from __future__ import annotations

import pytest

from bench import data
from donations.models import Donation, LedgerEntry
from donations.services import invariants, totals
from fundraiser.core.money import Money


@pytest.mark.django_db
def test_gifts_and_seats_by_the_thousand_are_like_real_ones() -> None:
    giving, coming = data.campaign(), data.campaign()
    data.give(giving, 20)
    data.seat(data.workshop(coming, capacity=30), 10)
    assert LedgerEntry.objects.count() == 60
    for campaign, count in ((giving, 20), (coming, 10)):
        amounts = Donation.objects.filter(campaign=campaign).values_list("amount_minor", flat=True)
        assert len(amounts) == count
        assert totals.of_campaign(campaign).gifts == Money(sum(amounts), campaign.currency)
    assert list(invariants.broken()) == []
