"""Money that comes after its seat was released, and payments that come twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from donations.models import Donation
from events.models import Booking, Workshop
from fundraiser.core import clock
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, address, body


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(make_campaign(), capacity=1)


def _late(story: Story, workshop: Workshop) -> tuple[Donation, str]:
    """Let a giver lose the seat and pay all the same; return the donation and its own page.

    The session expires, somebody else takes the seat, and then the money is there: as when the
    payment was made in the very second of the end.
    """
    donation = story.register(workshop, name="Zoe", email="zoe@example.org")
    story.sandbox.expire(donation.session_id)
    story.webhooks(donation)
    assert donation.state == "expired"
    quicker = story.give(workshop, name="Victor", email="victor@example.org", amount="5000")
    assert quicker.booking is not None
    assert quicker.booking.state == "confirmed"
    story.mails()
    story.sandbox.pay(donation.session_id, outcome="late")
    story.webhooks(donation)
    assert donation.state == "paid"
    (mail,) = story.mails()
    assert mail["To"] == "zoe@example.org"
    assert "arrived late" in mail["Subject"]
    found = re.search(r"http://[^/\s]+(/b/\S+)", body(mail))
    assert found
    return donation, found.group(1)


def test_late_money_can_be_had_back(story: Story, workshop: Workshop) -> None:
    donation, own = _late(story, workshop)
    booking = Booking.objects.get(pk=donation.booking_id)
    assert booking.state == "needs_attention"
    assert story.total(workshop.campaign).raised.minor == 7000
    assert "Your money arrived late" in story.returned(donation)
    page = story.page(own)
    assert "Refund me" in page
    assert "$20.00" in page

    for _ in range(2):  # A double click refunds once.
        assert story.client.post(f"{own}refund/").status_code == 302
    story.webhooks(donation)
    booking.refresh_from_db()
    assert booking.state == "cancelled"
    assert donation.net_minor == 0
    total = story.total(workshop.campaign)
    assert (total.raised.minor, total.refunds.minor, total.donors) == (5000, 2000, 1)
    (mail,) = story.mails()
    assert "on its way back" in mail["Subject"]
    assert "$20.00" in body(mail)
    page = story.page(own)
    assert "given back in full" in page
    assert "Refund me" not in page


def test_late_money_that_went_back_at_stripe_is_not_asked_for_twice(
    story: Story, workshop: Workshop
) -> None:
    """Refunded in Stripe's dashboard, and its webhook is not here yet."""
    donation, own = _late(story, workshop)
    story.sandbox.refund(charge=donation.charge_id)
    assert story.client.post(f"{own}refund/").status_code == 302
    assert Booking.objects.get(pk=donation.booking_id).state == "cancelled"
    story.webhooks(donation)
    assert donation.net_minor == 0
    assert donation.entries.filter(kind="refund").count() == 1


def test_who_chose_a_refund_that_failed_is_asked_again(story: Story, workshop: Workshop) -> None:
    donation, own = _late(story, workshop)
    story.client.post(f"{own}refund/")
    story.webhooks(donation)
    (mail,) = story.mails()
    assert "on its way back" in mail["Subject"]
    (refund,) = donation.entries.filter(kind="refund")
    story.sandbox.fail_refund(refund.source_id)
    story.webhooks(donation)
    assert donation.net_minor == 2000
    (mail,) = story.mails()
    assert "arrived late" in mail["Subject"]
    assert "Refund me" in story.page(own)


def test_late_money_gets_no_seat_in_a_workshop_that_is_over(
    story: Story, workshop: Workshop
) -> None:
    donation = story.register(workshop)
    story.sandbox.expire(donation.session_id)
    story.webhooks(donation)
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=clock.now() - timedelta(hours=3))
    story.sandbox.pay(donation.session_id, outcome="late")
    story.webhooks(donation)
    assert Booking.objects.get(pk=donation.booking_id).state == "needs_attention"


def test_late_money_can_be_kept_as_a_gift(story: Story, workshop: Workshop) -> None:
    donation, own = _late(story, workshop)
    for _ in range(2):
        assert story.client.post(f"{own}keep/").status_code == 302
    donation.refresh_from_db()
    assert donation.purpose == "gift"
    assert story.total(workshop.campaign).raised.minor == 7000
    (mail,) = story.mails()
    assert mail["Subject"] == "Thank you for your gift to charity: water"
    assert "Refund me" not in story.page(own)
    assert story.client.post(f"{own}refund/").status_code == 302
    story.webhooks(donation)
    assert story.total(workshop.campaign).refunds.minor == 0, "the choice was made"


def test_late_money_gets_the_seat_where_one_is_left(story: Story, workshop: Workshop) -> None:
    donation = story.register(workshop)
    story.sandbox.expire(donation.session_id)
    story.webhooks(donation)
    story.sandbox.pay(donation.session_id, outcome="late")
    story.webhooks(donation)
    donation.booking.refresh_from_db()
    assert donation.booking.state == "confirmed"
    assert len(story.mails()) == 1


def test_an_abandoned_seat_is_for_sale_again(story: Story, workshop: Workshop) -> None:
    donation = story.register(workshop)
    assert "Every seat is taken" in story.page(address(workshop))
    story.sandbox.advance_clock(2 * 3600)
    story.webhooks(donation)
    assert donation.state == "expired"
    assert 'name="email"' in story.page(address(workshop))
    page = story.returned(donation)
    assert "The time to pay ran out" in page
    assert f'href="{address(workshop)}"' in page


def test_a_second_payment_for_an_address_is_a_gift_and_frees_its_seat(story: Story) -> None:
    workshop = make_workshop(make_campaign(), capacity=2)
    story.give(workshop, email="dora@example.org")
    second = story.give(workshop, email="Dora@Example.org", amount="5000")
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
    assert second.purpose == "gift"
    subjects = [mail["Subject"] for mail in story.mails()]
    assert subjects == [
        "You are in: How to open a web shop",
        "Thank you for your gift to charity: water",
    ]
    assert "Thank you!" in story.returned(second)
    assert story.total(workshop.campaign).raised.minor == 7000


def test_an_attendee_gives_the_seat_back_and_the_gift_stays(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop)
    (mail,) = story.mails()
    found = re.search(r"http://[^/\s]+(/b/[^/\s]+/)\s", body(mail))
    assert found
    own = found.group(1)
    assert "Give my seat back" in story.page(own)

    for _ in range(2):
        assert story.client.post(f"{own}cancel/").status_code == 302
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0
    page = story.page(own)
    assert "Your seat is given back" in page
    assert "Give my seat back" not in page
    assert "Add it to your calendar" not in page
    total = story.total(workshop.campaign)
    assert (total.raised.minor, total.donors) == (2000, 1)
    calendar = story.client.get(f"{own}calendar.ics").content.decode()
    assert "METHOD:CANCEL" in calendar
    donation.refresh_from_db()
    assert donation.purpose == "gift"
    assert "Give" in story.page(address(workshop))


def test_a_bank_debit_confirms_the_seat_and_not_the_total(story: Story) -> None:
    workshop = make_workshop(make_campaign(currency="EUR"))
    donation = story.register(workshop, language="fr")
    story.pay(donation, method="sepa_debit")
    assert donation.state == "processing"
    assert donation.booking is not None
    donation.booking.refresh_from_db()
    assert donation.booking.state == "confirmed"
    assert story.total(workshop.campaign).raised.minor == 0
    assert story.total(workshop.campaign).donors == 0
    assert "Your seat is confirmed" in story.returned(donation)
    assert "Dora" not in story.page(f"/c/{workshop.campaign.slug}/")
    assert len(story.mails()) == 2, "the ticket, and that the money is on its way"

    story.sandbox.settle_debit(donation.session_id, succeeded=False)
    story.webhooks(donation)
    assert donation.state == "failed"
    donation.booking.refresh_from_db()
    workshop.refresh_from_db()
    assert donation.booking.state == "cancelled"
    assert workshop.seats_taken == 0
    (mail,) = story.mails()
    assert mail["Subject"].strip().startswith("Votre paiement")
    assert '<html lang="fr"' in body(mail, "html")
    assert "The payment did not go through" in story.returned(donation)


def test_a_bank_debit_that_arrives_counts_once(story: Story) -> None:
    workshop = make_workshop(make_campaign(currency="EUR"))
    donation = story.register(workshop)
    story.pay(donation, method="sepa_debit")
    assert len(story.mails()) == 2, "the ticket, and that the money is on its way"
    story.sandbox.settle_debit(donation.session_id, succeeded=True)
    story.webhooks(donation)
    assert donation.state == "paid"
    (mail,) = story.mails()
    assert "has arrived" in body(mail)
    assert story.total(workshop.campaign).raised.minor == 2000
    assert "You are in!" in story.returned(donation)


def test_a_debit_of_a_gift_without_a_workshop_fails(story: Story) -> None:
    campaign = make_campaign(currency="EUR")
    donation = story.register(campaign)
    story.pay(donation, method="sepa_debit")
    assert "Your gift is on its way" in story.returned(donation)
    story.mails()
    story.sandbox.settle_debit(donation.session_id, succeeded=False)
    story.webhooks(donation)
    (mail,) = story.mails()
    assert mail["Subject"] == "Your gift did not go through"
