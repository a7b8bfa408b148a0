"""An organizer gives money back, says why, and what becomes of the seat."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.gateway.stripe import for_workers
from donations.models import Donation, RefundOrder
from donations.services import attention, organizer_refunds
from events.models import Booking, Membership, Workshop
from events.states import Role
from tests.flows.test_cancelled_choices import organizer, refunds
from tests.support.clock import Clock
from tests.support.connecting import published
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
    story.webhooks(paid)
    assert (paid.purpose, paid.net_minor) == ("gift", 500)
    story.sandbox.fail_refund(RefundOrder.objects.get().refund_id)
    assert story.webhooks(paid).net_minor == 2000
    assert not any("Thank you" in mail["Subject"] for mail in story.mails())


def in_doubt(donation: Donation) -> list[str]:
    found = attention.of_campaigns([donation.campaign], is_admin=False)
    return [one.kind for one in found if one.kind.startswith("refund")]


def address(order: RefundOrder, verb: str) -> str:
    return f"/organize/donations/{order.donation.public_id}/refund/{order.nonce}/{verb}/"


def test_a_refund_that_the_bank_does_not_take_is_told_and_made_anew_once(
    story: Story, paid: Donation, alice: User
) -> None:
    post(alice, paid)
    order = RefundOrder.objects.get()
    story.sandbox.fail_refund(order.refund_id)
    assert story.webhooks(paid).net_minor == 2000
    dashboard = organizer(alice).get("/organize/").content.decode()
    assert "Dora has not got $5.00 back" in dashboard
    assert "bank did not take the money" in dashboard
    assert address(order, "again") in dashboard
    for _ in range(2):
        assert organizer(alice).post(address(order, "again")).status_code == 302
    assert refunds() == {"dora": [500, 500]}
    assert in_doubt(paid) == []
    story.sandbox.fail_refund(RefundOrder.objects.latest("pk").refund_id)
    story.webhooks(paid)
    assert in_doubt(paid) == ["refund_failed"], "and anew, if that one fails"
    last = RefundOrder.objects.latest("pk")
    assert organizer(alice).post(address(last, "seen")).status_code == 302
    assert in_doubt(paid) == []


def test_what_stripe_refuses_once_the_organizer_has_left_is_told(
    story: Story, paid: Donation, alice: User, clock: Clock
) -> None:
    story.sandbox.fail_next(3, how="500", path="/v1/refunds")
    assert post(alice, paid).status_code == 503
    story.sandbox.refund(charge=paid.charge_id, amount=1900)
    clock.advance(minutes=2)
    assert organizer_refunds.finish_all(gateway=for_workers()) == 0
    assert in_doubt(paid) == ["refund_failed"]
    story.webhooks(paid)
    order = RefundOrder.objects.get()
    assert organizer(alice).post(address(order, "again")).status_code == 302
    assert refunds() == {"dora": [1900, 100]}, "no more than is left"
    assert in_doubt(paid) == []


def ordered(donation: Donation, **values: Any) -> RefundOrder:
    """An order whose request died at once."""
    return RefundOrder.objects.create(
        donation=donation, nonce=uuid.uuid4(), amount_minor=500, reason="Twice.", **values
    )


def test_a_refund_that_went_through_before_its_account_left_blocks_nothing(
    story: Story, paid: Donation, alice: User, clock: Clock
) -> None:
    campaign = published(story.sandbox)
    Membership.objects.create(team=campaign.team, user=alice, role=Role.OWNER)
    gone = story.give(campaign)
    made = story.sandbox.refund(charge=gone.charge_id, amount=500)
    first, second = ordered(gone, refund_id=made["id"]), ordered(paid)
    story.sandbox.post("deauthorize", account=campaign.stripe_account)
    clock.advance(minutes=2)
    assert organizer_refunds.finish_all(gateway=for_workers()) == 2
    assert refunds() == {"dora": [500]}
    second.refresh_from_db()
    assert second.done_at is not None
    assert in_doubt(gone) == ["refund_unsettled"]
    assert "the total does not show it" in organizer(alice).get("/organize/").content.decode()
    organizer(alice).post(address(first, "seen"))
    assert in_doubt(gone) == []


def test_one_silence_stops_no_other_order_and_none_waits_behind_the_same_for_ever(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    names = ("ann", "ben", "cid", "dan")
    orders = [ordered(story.give(workshop, email=f"{one}@example.org")) for one in names]
    clock.advance(days=2)  # nobody has asked Stripe yet, so that it can have forgotten nothing
    calls = 3  # of one order: it is tried again twice
    story.sandbox.fail_next(calls * organizer_refunds.SILENCES, how="500", path="/v1/refunds")
    assert organizer_refunds.finish_all(gateway=for_workers()) == 0
    assert [one.pk for one in RefundOrder.objects.filter(tried_at=None)] == [orders[3].pk]
    clock.advance(minutes=1)
    story.sandbox.fail_next(calls, how="500", path="/v1/refunds")
    assert organizer_refunds.finish_all(gateway=for_workers()) == 3
    assert set(refunds()) == {"ann", "ben", "cid"}, "the one that was never tried came first"


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
    assert in_doubt(paid) == ["refund_unknown"]
    dashboard = organizer(alice).get("/organize/").content.decode()
    seen = address(RefundOrder.objects.get(), "seen")
    assert seen in dashboard
    organizer(alice).post(seen)
    assert in_doubt(paid) == []
    RefundOrder.objects.update(seen_at=None)
    story.sandbox.refund(charge=paid.charge_id)
    story.webhooks(paid)
    assert in_doubt(paid) == [], "nothing is left to be given back"


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
    order = ordered(paid, refused_at=paid.paid_at, error=organizer_refunds.NO_ANSWER)
    for verb in ("again", "seen"):
        assert organizer(bob).post(address(order, verb)).status_code == 403
        assert organizer(charlie).post(address(order, verb)).status_code == 404
    assert in_doubt(paid) == ["refund_unknown"]
