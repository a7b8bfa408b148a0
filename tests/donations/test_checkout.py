"""The same form, sent again: when it is the same gift, and when another one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import checkout
from events.models import Workshop
from tests.support.cast import make_gift, start

VISIT = uuid.UUID("5a1f1c0e-3b0b-4bd0-8a5b-000000000002")


@pytest.mark.django_db(transaction=True)
def test_a_second_click_while_the_first_one_ends_another_amount_is_the_same_gift(
    sandbox: Any, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = for_workers()
    first = start(workshop, make_gift(1000, visit=VISIT, email="dora@example.org"), gateway)
    changed = make_gift(2000, visit=VISIT, email="dora@example.org")
    replace_others, clicks = checkout.replace, []

    def second_click(others: list[Donation], gateway: Any) -> None:
        replace_others(others, gateway)
        if not clicks:
            clicks.append(True)
            clicks.append(start(workshop, changed, gateway))

    monkeypatch.setattr(checkout, "replace", second_click)
    donation = start(workshop, changed, gateway)
    assert donation == clicks[1]
    assert Donation.objects.live().get() == donation
    first.refresh_from_db()
    assert first.state == "expired"
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [{"hide_name": True}, {"hide_amount": True}, {"message": "For Ann"}],
    ids=["name hidden", "amount hidden", "message"],
)
def test_who_goes_back_to_hide_something_is_heard(
    sandbox: Any, workshop: Workshop, change: dict[str, Any]
) -> None:
    gift = make_gift(visit=VISIT, email="dora@example.org")
    first = start(workshop, gift, for_workers())
    second = start(workshop, replace(gift, **change), for_workers())
    assert {name: getattr(second, name) for name in change} == change
    first.refresh_from_db()
    assert (first.state, second.state) == ("expired", "open")


@pytest.mark.django_db(transaction=True)
def test_the_same_form_after_each_end_is_a_new_gift(sandbox: Any, workshop: Workshop) -> None:
    gift = make_gift(visit=VISIT, email="dora@example.org")
    made = []
    for _ in range(3):
        donation = start(workshop, gift, for_workers())
        assert start(workshop, gift, for_workers()) == donation
        made.append(checkout.end(donation, gateway=for_workers()).pk)
    assert len(set(made)) == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_that_did_not_see_each_other_the_next_click_leaves_one(
    sandbox: Any, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tabs = [make_gift(n, visit=VISIT, email="dora@example.org") for n in (1000, 2000)]
    with monkeypatch.context() as patch:
        patch.setattr(checkout, "replace", lambda _others, _gateway: None)
        first, second = [start(workshop, tab, for_workers()) for tab in tabs]
    assert start(workshop, tabs[0], for_workers()) == first
    second.refresh_from_db()
    assert (Donation.objects.live().get(), second.state) == (first, "expired")
