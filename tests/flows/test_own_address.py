"""The page of one address: lost links, years, data, and being forgotten."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage

import pytest
from django.contrib.auth.models import User

from donations.models import Donation, LedgerEntry
from donations.services import lost_links
from events.models import Booking, DeliveryProblem, Device, Message, Person, Registration, Workshop
from events.services import access, seat_changes
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, body

EMAIL = "dora@example.org"


def _ask(story: Story, email: str, **headers: str) -> tuple[int, str]:
    answer = story.client.post("/lost/", {"email": email}, headers=headers)
    return answer.status_code, answer.content.decode().replace(email or "\0", "ADDRESS")


def _person_page(mail: EmailMessage) -> str:
    found = re.search(r"http://[^/\s]+(/p/\S+)", body(mail))
    assert found
    return found.group(1)


def _own_page(story: Story) -> str:
    """Ask for the links of Dora, and return the page that the mail names."""
    story.mails()
    _ask(story, EMAIL)
    (mail,) = story.mails()
    return _person_page(mail)


def test_lost_links_come_by_mail_to_their_owner_alone(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop, email=EMAIL)
    gift = story.give(workshop.campaign, email=EMAIL.upper())
    story.mails()
    assert _ask(story, "Dora@Example.org")[0] == 200
    (mail,) = story.mails()
    text, html = body(mail), body(mail, "html")
    assert mail["To"].lower() == EMAIL
    assert donation.booking is not None
    for text_part in (text, html):
        assert f"/b/{access.booking_link(donation.booking)}/" in text_part
        assert workshop.title in text_part
    assert mail["List-Unsubscribe"] is None
    page = story.page(_person_page(mail))
    assert workshop.title in page
    assert page.count("$20.00") >= 2
    assert gift.campaign.charity_name in page


def test_known_and_unknown_addresses_are_answered_the_same(
    story: Story, workshop: Workshop
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    story.give(workshop, email=EMAIL)
    story.mails()
    seen = []
    for email in (EMAIL, "stranger@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answer = _ask(story, email)
        statements = [re.sub(r"\d+|'[^']*'", "?", one["sql"]) for one in queries]
        seen.append((answer, statements))
    assert seen[0] == seen[1]
    assert [mail["To"] for mail in story.mails()] == [EMAIL]
    assert Message.objects.get(state="dropped").kind == "links"


def test_an_address_is_mailed_at_most_once_in_ten_minutes(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    story.give(workshop, email=EMAIL)
    story.mails()
    for _ in range(3):
        assert _ask(story, EMAIL)[0] == 200
    assert len(story.mails()) == 1
    clock.advance(minutes=9)
    _ask(story, EMAIL)
    assert story.mails() == []
    clock.advance(minutes=2)
    _ask(story, EMAIL)
    assert len(story.mails()) == 1


def test_a_bad_address_is_told_at_the_field(story: Story) -> None:
    for typed in ("", "dora", "a\x00@example.org"):
        status, page = _ask(story, typed)
        assert status == 422
        assert 'href="#id_email"' in page
    assert not Person.objects.exists()


def test_strangers_are_forgotten_after_a_day(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    story.give(workshop, email=EMAIL)
    for email in (EMAIL, "stranger@example.org"):
        _ask(story, email)
    assert lost_links.forget_strangers() == 0
    clock.advance(days=1)
    assert lost_links.forget_strangers() == 1
    assert Person.objects.get().email == EMAIL


def test_the_payers_page_has_a_button_for_the_link_to_everything(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop, email=EMAIL)
    story.mails()
    assert donation.booking is not None
    own = f"/b/{access.booking_link(donation.booking)}/"
    assert story.client.post(f"{own}links/").status_code == 302
    (mail,) = story.mails()
    assert mail["To"] == EMAIL
    assert "/p/" not in story.page(own)


def test_a_year_is_told_by_currency_and_never_added_across(story: Story, clock: Clock) -> None:
    dollars, euros = make_campaign(title="Wells"), make_campaign(title="Trees", currency="EUR")
    story.give(dollars, email=EMAIL, amount="1000")
    refunded = story.give(dollars, email=EMAIL, amount="2000")
    story.sandbox.refund(charge=refunded.charge_id, amount=500)
    story.webhooks(refunded)
    story.give(euros, email=EMAIL, amount="5000")
    story.give(euros, email="victor@example.org", amount="5000")
    own = _own_page(story)
    year = clock.now().year
    page = story.page(own)
    assert f"{own}{year}/USD/" in page
    assert f"{own}{year}/EUR/" in page
    statement = story.page(f"{own}{year}/USD/")
    assert ("$25.00" in statement, "€" in statement) == (True, False)
    assert story.client.get(f"{own}{year}/EUR.pdf").content.startswith(b"%PDF-")
    for wrong in (f"{year - 1}/USD", f"{year}/CHF"):
        assert story.client.get(f"{own}{wrong}/").status_code == 404
        assert story.client.get(f"{own}{wrong}.pdf").status_code == 404


def test_my_data_is_complete(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop, email=EMAIL, message="For the wells")
    story.mails()
    seat = Registration.objects.get()
    Registration.objects.update(answers={"level": "new"})
    Device.objects.create(registration=seat, link_version=1)
    DeliveryProblem.objects.create(email=EMAIL, kind="bounced", event_id="e1", detail="full")
    story.give(workshop, email="victor@example.org", name="Victor")
    answer = story.client.get(f"{_own_page(story)}data.json")
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode()
    data = json.loads(text)
    assert data["bookings"][0]["name"] == "Dora"
    assert data["seats"][0]["answers"] == {"level": "new"}
    assert len(data["seats"][0]["devices"]) == 1
    assert data["donations"][0]["amount_minor"] == donation.amount_minor
    assert data["donations"][0]["message"] == "For the wells"
    assert {one["kind"] for one in data["donations"][0]["movements"]} == {"gift", "fee"}
    assert {one["kind"] for one in data["mails"]} == {"confirmation", "links"}
    assert data["delivery_problems"][0]["detail"] == "full"
    assert "Victor" not in text
    assert "new_gift" not in text


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
    own = _own_page(story)
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
    own = _own_page(story)
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
    own = _own_page(story)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    booking.refresh_from_db()
    workshop.refresh_from_db()
    assert (booking.state, booking.seats, workshop.seats_taken) == ("confirmed", 1, 1)
    assert booking.registrations.get().email == "noor@example.org"


def test_an_erased_payers_nameless_company_goes_too(story: Story, workshop: Workshop) -> None:
    company = {"person_2_name": "Quill", "person_3_name": "Quill too"}
    story.give(workshop, email=EMAIL, seats=3, **company)
    own = _own_page(story)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0
    assert "Quill" not in _everything()


def test_who_is_erased_leaves_another_ones_payment_alone(story: Story, workshop: Workshop) -> None:
    story.give(workshop.campaign, email=EMAIL)
    dora = {"person_2_name": "Dora Quill", "person_2_email": EMAIL}
    paying = story.register(workshop, email="victor@example.org", seats=2, **dora)
    own = _own_page(story)
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
    own = _own_page(story)
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    story.sandbox.refund(charge=donation.charge_id)
    story.webhooks(donation)
    assert [mail["To"] for mail in story.mails() if not mail["To"].endswith("example.org")] == []
    assert Message.objects.get(kind="refund").state == "dropped"
    assert story.total(workshop.campaign).raised.minor == 0


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_speak_both_languages(story: Story, workshop: Workshop, language: str) -> None:
    story.give(workshop, email=EMAIL)
    own = _own_page(story)
    words = {"en": "Everything of my address", "fr": "Tout ce qui concerne mon adresse"}
    assert words[language] in story.page(own, language=language)
