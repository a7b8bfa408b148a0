"""Being erased: what goes, what must stay, and what has to end first."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User

from donations.gateway.stripe import for_workers
from donations.models import CancellationChoice, Donation, LedgerEntry
from donations.services import refund_run
from donations.services.person import lost_links
from events.models import Booking, DeliveryProblem, Device, Message, Person, Registration, Workshop
from events.services import access
from events.services.seating import seat_changes
from tests.flows.test_cancelled_choices import cancel
from tests.flows.test_own_address import EMAIL, own_page
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story


def _everything() -> str:
    """Return every row of the tables that know people, as text."""
    from django.core import serializers

    models = (Donation, Booking, Registration, Message, Person, DeliveryProblem, Device)
    return "".join(serializers.serialize("json", one.objects.all()) for one in models)


def test_erasing_leaves_no_name_and_keeps_every_amount(story: Story, workshop: Workshop) -> None:
    story.give(workshop, email=EMAIL, name="Dora Quill", message="Hello from Dora Quill")
    story.give(workshop.campaign, email=EMAIL.upper(), name="Dora Quill")
    abandoned = story.register(workshop.campaign, email=EMAIL, name="Dora Quill")
    story.sandbox.expire(abandoned.session_id)
    story.webhooks(abandoned)
    DeliveryProblem.objects.create(email=EMAIL, kind="bounced", event_id="e1")
    own = own_page(story)
    entries = list(LedgerEntry.objects.order_by("pk").values())
    seat = f"/b/{access.booking_link(Booking.objects.get())}/"
    shown = story.page(f"{own}erase/")
    assert "Stripe" in shown
    wrong = story.client.post(f"{own}erase/", {"typed": "victor@example.org"})
    assert wrong.status_code == 422
    assert "Quill" in _everything()

    done = story.client.post(f"{own}erase/", {"typed": EMAIL.upper()})
    assert "Everything is erased" in done.content.decode()
    left = _everything().lower()
    assert "quill" not in left
    assert EMAIL not in left
    assert list(LedgerEntry.objects.order_by("pk").values()) == entries
    assert story.total(workshop.campaign).raised.minor == 4000
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0
    assert "Quill" not in story.page(f"/c/{workshop.campaign.slug}/")
    for path in (own, seat, f"{own}erase/"):
        assert story.client.get(path).status_code == 404
    assert story.mails() == []


def test_control_without_erasing_the_name_would_be_found(story: Story, workshop: Workshop) -> None:
    story.give(workshop, email=EMAIL, name="Dora Quill")
    assert "Quill" in _everything()
    assert EMAIL in _everything()


def test_money_in_flight_refuses_to_be_erased_until_it_is_settled(story: Story) -> None:
    workshop = make_workshop(make_campaign(currency="EUR"))
    donation = story.register(workshop, email=EMAIL)
    story.pay(donation, method="sepa_debit")
    own = own_page(story)
    before = _everything()
    answer = story.client.post(f"{own}erase/", {"typed": EMAIL})
    assert answer.status_code == 409
    assert "still under way" in answer.content.decode()
    assert _everything() == before
    story.sandbox.settle_debit(donation.session_id, succeeded=True)
    story.webhooks(donation)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    assert EMAIL not in _everything()
    assert story.total(workshop.campaign).raised.minor == 2000


def test_who_came_along_keeps_the_seat_of_an_erased_payer(story: Story) -> None:
    workshop = make_workshop(make_campaign())
    noor = {"person_2_name": "Noor", "person_2_email": "noor@example.org"}
    booking = story.give(workshop, email=EMAIL, seats=2, **noor).booking
    assert booking is not None
    own = own_page(story)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    booking.refresh_from_db()
    workshop.refresh_from_db()
    assert (booking.state, booking.seats, workshop.seats_taken) == ("confirmed", 1, 1)
    assert booking.registrations.get().email == "noor@example.org"


def test_an_erased_payers_nameless_company_goes_too(story: Story, workshop: Workshop) -> None:
    company = {"person_2_name": "Quill", "person_3_name": "Quill too"}
    story.give(workshop, email=EMAIL, seats=3, **company)
    own = own_page(story)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0
    assert "Quill" not in _everything()


def test_who_is_erased_leaves_another_ones_payment_alone(story: Story, workshop: Workshop) -> None:
    story.give(workshop.campaign, email=EMAIL)
    dora = {"person_2_name": "Dora Quill", "person_2_email": EMAIL}
    paying = story.register(workshop, email="victor@example.org", seats=2, **dora)
    own = own_page(story)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    assert "Quill" not in _everything()
    story.pay(paying)
    workshop.refresh_from_db()
    assert (paying.state, workshop.seats_taken) == ("paid", 2)


def test_who_handed_a_seat_over_is_erased_from_that_mail_too(
    story: Story, workshop: Workshop
) -> None:
    victor = {"email": "victor@example.org", "name": "Victor"}
    dora = {"person_2_name": "Dora Quill", "person_2_email": EMAIL}
    booking = story.give(workshop, seats=2, **victor, **dora).booking
    assert booking is not None
    second = booking.registrations.get(position=2)
    seat_changes.hand_over(second, seat_changes.NewPerson("Noor", "noor@example.org", "en"))
    lost_links.ask(EMAIL, "en")  # The mail to her has not left yet: it alone knows her.
    own = f"/p/{access.person_link(Person.objects.get())}/"
    data = json.loads(story.client.get(f"{own}data.json").content)
    assert [one["kind"] for one in data["mails"]] == ["seat_handed_over", "links"]
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    assert "Quill" not in _everything()
    assert booking.registrations.get(position=2).name == "Noor"
    assert EMAIL not in [mail["To"] for mail in story.mails()]


def test_a_refund_after_erasing_tells_nobody_and_fails_nowhere(
    story: Story, workshop: Workshop, alice: User
) -> None:
    donation = story.give(workshop.campaign, email=EMAIL)
    own = own_page(story)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    story.sandbox.refund(charge=donation.charge_id)
    story.webhooks(donation)
    assert [mail["To"] for mail in story.mails() if not mail["To"].endswith("example.org")] == []
    assert Message.objects.get(kind="refund").state == "dropped"
    assert story.total(workshop.campaign).raised.minor == 0


def _cancelled(story: Story, workshop: Workshop, alice: User, choice: str = "") -> str:
    """Give for a workshop that is cancelled then; return the giver's own page."""
    story.give(workshop, email=EMAIL, name="Dora Quill")
    cancel(alice, workshop)
    if choice:
        booking = access.booking_link(Booking.objects.get())
        assert story.client.post(f"/b/{booking}/choice/", {"choice": choice}).status_code == 302
    return own_page(story)


@pytest.mark.parametrize("choice", ["", "refund"])
def test_money_that_is_to_go_back_is_not_turned_into_a_gift_by_being_erased(
    story: Story, workshop: Workshop, alice: User, clock: Clock, choice: str
) -> None:
    own = _cancelled(story, workshop, alice, choice)
    before = _everything()
    answer = story.client.post(f"{own}erase/", {"typed": EMAIL})
    assert answer.status_code == 409
    assert "A workshop was cancelled" in answer.content.decode()
    assert _everything() == before
    clock.advance(days=16)
    assert refund_run.run(gateway=for_workers()).done == 1
    assert story.total(workshop.campaign).raised.minor == 0
    story.webhooks(Donation.objects.get())
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    assert "quill" not in _everything().lower()


def test_before_anybody_asks_what_becomes_of_a_cancelled_seat_nobody_is_erased_from_it(
    story: Story, workshop: Workshop, alice: User
) -> None:
    own = _cancelled(story, workshop, alice)
    CancellationChoice.objects.all().delete()  # as the moment before the question is put
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 409
    assert Booking.objects.get().state == "confirmed"


def test_who_left_the_money_as_a_gift_need_not_wait_to_be_erased(
    story: Story, workshop: Workshop, alice: User, clock: Clock
) -> None:
    own = _cancelled(story, workshop, alice, "keep")
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    assert "quill" not in _everything().lower()
    clock.advance(days=16)
    refund_run.run(gateway=for_workers())
    assert story.total(workshop.campaign).raised.minor == 2000
