"""The founding story, told by doing it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from donations.demo import sandbox_calls, telling
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
    # Stripe calls the charge of a bank debit py_…; one of the story's givers pays by one.
    assert Donation.objects.get(charge_id__startswith="py_").state == "paid"
    before = _counts()

    call_command("seed_demo")
    assert _counts() == before
    assert totals.of_campaign(campaign).raised == Money(890_00, "USD")
    assert not list(invariants.broken())


class _PowerCutError(Exception):
    """Ends a run in the middle."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("last", [("pay", "us_bank_account"), ("settle_debit", None)])
def test_a_story_interrupted_at_the_bank_debit_is_finished_by_the_next_run(
    sandbox: object, monkeypatch: pytest.MonkeyPatch, last: tuple[str, str | None]
) -> None:
    def cut(control: str, **given: Any) -> Any:
        answer = sandbox_calls.call(control, **given)
        if (control, given.get("method")) == last:
            raise _PowerCutError
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(telling, "call", cut)
        with pytest.raises(_PowerCutError):
            call_command("seed_demo")
    call_command("seed_demo")
    campaign = Campaign.objects.get(slug="clean-water")
    assert totals.of_campaign(campaign).raised == Money(890_00, "USD")
    assert not list(invariants.broken())
