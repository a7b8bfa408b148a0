"""An organizer gives money back, says why, and what becomes of the seat."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.gateway.stripe import for_workers
from donations.models import Donation, RefundOrder
from donations.services import attention, organizer_refunds
from events.models import Booking, Workshop
from tests.flows.test_cancelled_choices import organizer, refunds
from tests.support.clock import Clock
from tests.support.story import Story, body


def post(user: User, donation: Donation, **typed: Any) -> Any:
    form = {"amount": "5", "reason": "You paid twice.", "seat": "keep", "nonce": uuid.uuid4()}
    path = f"/organize/donations/{donation.public_id}/refund/"
    language = {"Accept-Language": typed.pop("language", "en")}
    return organizer(user).post(path, {**form, **typed}, headers=language)


@pytest.fixture
def paid(story: Story, workshop: Workshop) -> Donation:
    donation = story.give(workshop, name="Dora", email="dora@example.org")
    story.mails()
    return donation


def test_parts_go_back_with_a_reason_and_a_double_click_is_one(
    story: Story, paid: Donation, workshop: Workshop, alice: User
) -> None:
    people = organizer(alice).get(f"/organize/workshops/{workshop.public_id}/").content.decode()
    assert f"/organize/donations/{paid.public_id}/refund/" in people
    number = uuid.uuid4()
    for _ in range(2):
        assert post(alice, paid, nonce=number).status_code == 302
    assert post(alice, paid, amount="2,50 $", language="fr").status_code == 302
    story.webhooks(paid)
    assert refunds() == {"dora": [500, 250]}
    mails = story.mails()
    assert len(mails) == 2
    assert all("You paid twice." in body(mail) for mail in mails)
    assert Booking.objects.get().state == "confirmed"
    assert story.total(workshop.campaign).raised.minor == 1250
    for typed in ({"amount": "12.51"}, {"amount": "nothing"}, {"amount": "-1"}, {"reason": ""}):
        answer = post(alice, paid, **{"reason": "My own words", **typed})
        assert answer.status_code == 422
        if typed.get("reason") != "":
            assert "My own words" in answer.content.decode()
    assert RefundOrder.objects.count() == 2


def test_the_seat_is_freed_where_that_was_chosen(
    story: Story, paid: Donation, workshop: Workshop, alice: User
) -> None:
    post(alice, paid, amount="20", seat="free")
    booking = Booking.objects.get()
    workshop.refresh_from_db()
    assert (booking.state, workshop.seats_taken) == ("cancelled", 0)
    assert refunds() == {"dora": [2000]}
    subjects = sorted(str(mail["Subject"]) for mail in story.mails())
    assert "on its way back" in subjects[0]
    assert "no longer kept" in subjects[1]


def test_the_rest_of_a_part_stays_a_gift_where_the_seat_is_freed(
    story: Story, paid: Donation, alice: User
) -> None:
    post(alice, paid, amount="15", seat="free")
    paid.refresh_from_db()
    assert (paid.purpose, paid.net_minor) == ("gift", 500)


def test_stripes_no_is_told_in_plain_words_and_can_be_mended(
    story: Story, paid: Donation, alice: User
) -> None:
    story.sandbox.refund(charge=paid.charge_id)  # in the dashboard; its webhook is not here yet
    answer = post(alice, paid, amount="20")
    assert answer.status_code == 422
    assert "given back already" in answer.content.decode()
    story.webhooks(paid)
    assert refunds() == {"dora": [2000]}


@pytest.mark.parametrize("how", ["500", "after"])
def test_silence_is_a_page_to_try_again_and_the_job_finishes_it(
    story: Story, paid: Donation, alice: User, clock: Clock, how: str
) -> None:
    story.sandbox.fail_next(3, how=how, path="/v1/refunds")
    answer = post(alice, paid)
    assert answer.status_code == 503
    assert "You paid twice." in answer.content.decode()
    assert post(alice, paid, amount="19").status_code == 422, "what is ordered is not left"
    clock.advance(minutes=2)
    assert organizer_refunds.finish_all(gateway=for_workers()) == 1
    story.webhooks(paid)
    assert refunds() == {"dora": [500]}
    (mail,) = story.mails()
    assert "You paid twice." in body(mail)


def test_an_order_that_stripe_may_have_forgotten_is_not_sent_again(
    story: Story, paid: Donation, alice: User, clock: Clock
) -> None:
    story.sandbox.fail_next(3, how="500", path="/v1/refunds")
    post(alice, paid)
    clock.advance(days=2)
    assert organizer_refunds.finish_all(gateway=for_workers()) == 0
    assert refunds() == {}
    (item,) = attention.of_campaigns([paid.campaign], is_admin=False)
    assert item.kind == "refund_unknown"


@pytest.mark.parametrize(("action", "state"), [("keep", "confirmed"), ("free", "cancelled")])
def test_a_seat_whose_money_went_back_in_the_dashboard_is_asked_about(
    story: Story, paid: Donation, alice: User, action: str, state: str
) -> None:
    story.sandbox.refund(charge=paid.charge_id)
    story.webhooks(paid)
    path = f"/organize/donations/{paid.public_id}/seat/{action}/"
    assert path in organizer(alice).get("/organize/").content.decode()
    for _ in range(2):
        assert organizer(alice).post(path).status_code == 302
    assert Booking.objects.get().state == state
    assert attention.of_campaigns([paid.campaign], is_admin=False) == []


def test_others_may_not(paid: Donation, bob: User, charlie: User) -> None:
    assert post(bob, paid).status_code == 403
    assert post(charlie, paid).status_code == 404
    for action in ("keep", "free"):
        path = f"/organize/donations/{paid.public_id}/seat/{action}/"
        assert organizer(bob).post(path).status_code == 403
        assert organizer(charlie).post(path).status_code == 404
    assert not RefundOrder.objects.exists()
