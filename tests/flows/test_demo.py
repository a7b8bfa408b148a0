"""The founding story, told by doing it."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from donations.models import Donation, LedgerEntry
from donations.services import invariants, totals
from events.models import Booking, Campaign, Message
from fundraiser.core.money import Money


def _counts() -> tuple[int, ...]:
    models = (Donation, LedgerEntry, Booking, Message, Campaign)
    return tuple(model.objects.count() for model in models)


@pytest.mark.django_db(transaction=True)
def test_the_story_brings_890_dollars_and_telling_it_again_changes_nothing(sandbox: object) -> None:
    call_command("seed_demo")
    campaign = Campaign.objects.get(slug="clean-water")
    assert totals.of_campaign(campaign).raised == Money(890_00, "USD")
    assert Booking.objects.filter(state="needs_attention").count() == 1
    before = _counts()

    call_command("seed_demo")
    assert _counts() == before
    assert totals.of_campaign(campaign).raised == Money(890_00, "USD")
    assert not list(invariants.broken())
