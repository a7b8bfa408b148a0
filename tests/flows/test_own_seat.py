"""What the people of a booking change on their own pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.models import Donation
from events.models import Booking, Registration, Workshop
from events.services import access
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, body

QUESTIONS = [
    {
        "id": "level",
        "label": "Your level",
        "kind": "choice",
        "required": True,
        "choices": ["new", "skilled"],
        "translations": {"fr": {"label": "Votre niveau", "choices": ["débutant", "confirmé"]}},
    },
    {"id": "wish", "label": "A wish", "kind": "text", "required": False},
]


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(make_campaign(), questions=QUESTIONS)


def _seated(story: Story, workshop: Workshop, **typed: str) -> tuple[Booking, str]:
    """Register and pay; return the booking and its payer's own page. Mails so far are gone."""
    donation = story.give(workshop, **{"question_level": "new", **typed})
    story.mails()
    booking = Booking.objects.get(pk=donation.booking_id)
    return booking, f"/b/{access.booking_link(booking)}/"


def _over(name: str, email: str, language: str = "en") -> dict[str, str]:
    return {"over-1-name": name, "over-1-email": email, "over-1-language": language}


def test_answers_can_be_changed_until_the_workshop_ends(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    booking, own = _seated(story, workshop)
    assert "My answers" in story.page(own)
    assert "Votre niveau" in story.page(own, language="fr")
    sent = {"answers-1-question_level": "skilled", "answers-1-question_wish": "more time"}
    assert story.client.post(f"{own}people/1/answers/", sent)["Location"] == own
    person = booking.registrations.get()
    assert person.answers == {"level": "skilled", "wish": "more time"}
    assert "Your answers are saved." in story.page(own)

    clock.set(workshop.ends_at + timedelta(seconds=1))
    story.client.post(f"{own}people/1/answers/", {**sent, "answers-1-question_wish": "too late"})
    person.refresh_from_db()
    assert person.answers["wish"] == "more time"
    assert "cannot be changed any more" in story.page(own)
    assert "My answers" not in story.page(own)


def test_a_wrong_answer_is_told_at_its_field_and_loses_nothing(
    story: Story, workshop: Workshop
) -> None:
    booking, own = _seated(story, workshop)
    answer = story.client.post(
        f"{own}people/1/answers/",
        {"answers-1-question_level": "", "answers-1-question_wish": "tea"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert 'href="#id_answers-1-question_level"' in page
    assert "Please answer: Your level" in page
    assert 'value="tea"' in page
    assert booking.registrations.get().answers["level"] == "new"


def test_mails_follow_the_language_and_zone_that_the_payer_chose(
    story: Story, workshop: Workshop
) -> None:
    booking, own = _seated(story, workshop)
    chosen = {"mails-language": "fr", "mails-time_zone": "America/Montreal"}
    assert story.client.post(f"{own}mails/", chosen).status_code == 302
    booking.refresh_from_db()
    assert (booking.language, booking.time_zone) == ("fr", "America/Montreal")
    wrong = {"mails-language": "xx", "mails-time_zone": "Mars/Base"}
    assert story.client.post(f"{own}mails/", wrong).status_code == 422
    booking.refresh_from_db()
    assert (booking.language, booking.time_zone) == ("fr", "America/Montreal")


def test_a_seat_handed_over_has_a_new_person_a_new_link_and_no_old_answers(
    story: Story, workshop: Workshop
) -> None:
    booking, own = _seated(story, workshop)
    former = booking.registrations.get()
    old_link = f"/j/{access.registration_link(former)}/"
    assert story.client.get(old_link).status_code == 200
    for _ in range(2):  # A double click hands it over once.
        sent = _over("Noor", "noor@example.org", "fr")
        assert story.client.post(f"{own}people/1/hand-over/", sent).status_code == 302
    person = booking.registrations.get()
    assert (person.name, person.email, person.answers) == ("Noor", "noor@example.org", {})
    assert person.link_version == former.link_version + 1
    assert story.client.get(old_link).status_code == 404
    assert story.client.get(f"/j/{access.registration_link(person)}/").status_code == 200

    mails = {mail["To"]: mail for mail in story.mails()}
    assert set(mails) == {"noor@example.org", "dora@example.org"}
    link = f"/j/{access.registration_link(person)}/"
    assert link in body(mails["noor@example.org"])
    assert link not in body(mails["dora@example.org"])
    own_page = f"/s/{access.registration_link(person, access.SEAT_LINK)}/"
    assert own_page in body(mails["noor@example.org"])
    assert own_page not in body(mails["dora@example.org"])
    # The payer keeps the page, and the receipt.
    assert "Receipt (PDF)" in story.page(own)
    assert Donation.objects.get().email == "dora@example.org"


def test_the_new_person_has_a_page_of_their_own_that_dies_with_the_next_one(
    story: Story, workshop: Workshop
) -> None:
    booking, own = _seated(story, workshop)
    story.client.post(f"{own}people/1/hand-over/", _over("Noor", "noor@example.org"))
    person = booking.registrations.get()
    seat = f"/s/{access.registration_link(person, access.SEAT_LINK)}/"
    page = story.page(seat)
    assert "$20" not in page  # What was paid is the payer's business.
    assert "METHOD:PUBLISH" in story.client.get(f"{seat}calendar.ics").content.decode()
    sent = {"answers-1-question_level": "skilled", "answers-1-question_wish": ""}
    assert story.client.post(f"{seat}answers/", sent)["Location"] == seat
    chosen = {"mails-language": "fr", "mails-time_zone": ""}
    assert story.client.post(f"{seat}mails/", chosen).status_code == 302
    person.refresh_from_db()
    booking.refresh_from_db()
    assert (person.answers["level"], person.language, booking.language) == ("skilled", "fr", "en")

    answer = story.client.post(f"{seat}hand-over/", _over("Otto", "otto@example.org"))
    assert "Your seat is handed over" in answer.content.decode()
    assert story.client.get(seat).status_code == 404
    assert booking.registrations.get().name == "Otto"


@pytest.mark.parametrize("email", ["", "nobody", "a\x00b@example.org"])
def test_a_bad_address_for_the_new_person_changes_nothing(
    story: Story, workshop: Workshop, email: str
) -> None:
    booking, own = _seated(story, workshop)
    answer = story.client.post(f"{own}people/1/hand-over/", _over("Noor", email))
    assert answer.status_code == 422
    assert 'value="Noor"' in answer.content.decode()
    assert booking.registrations.get().name == "Dora"
    assert story.mails() == []


def test_a_seat_that_was_given_back_is_handed_to_nobody(story: Story, workshop: Workshop) -> None:
    booking, own = _seated(story, workshop)
    story.client.post(f"{own}cancel/")
    story.mails()
    story.client.post(f"{own}people/1/hand-over/", _over("Noor", "noor@example.org"))
    assert booking.registrations.get().name == "Dora"
    assert story.mails() == []


def test_control_another_position_of_the_booking_is_not_there(
    story: Story, workshop: Workshop
) -> None:
    _booking, own = _seated(story, workshop)
    sent = _over("Noor", "noor@example.org")
    assert story.client.post(f"{own}people/2/hand-over/", sent).status_code == 404
    assert not Registration.objects.filter(name="Noor").exists()


def test_one_more_gift_knows_its_giver(story: Story, workshop: Workshop) -> None:
    _booking, own = _seated(story, workshop)
    page = story.page(f"{own}give/")
    assert 'value="dora@example.org"' in page
    assert f'action="/c/{workshop.campaign.slug}/give/#give"' in page
    assert "dora" not in f"{own}give/"
    story.give(workshop.campaign, amount="1000")
    assert story.total(workshop.campaign).raised.minor == 3000


def test_one_seat_of_several_is_given_back_alone(story: Story, workshop: Workshop) -> None:
    noor = {"person_2_name": "Noor", "person_2_email": "noor@example.org"}
    booking, own = _seated(story, workshop, seats="2", **noor)
    assert "Give only this seat back" in story.page(own)
    for _ in range(2):  # The second click finds nobody there, or the only seat: it stays.
        assert story.client.post(f"{own}people/2/give-back/").status_code in {302, 404}
    story.client.post(f"{own}people/1/give-back/")
    booking.refresh_from_db()
    workshop.refresh_from_db()
    assert (booking.state, booking.seats, workshop.seats_taken) == ("confirmed", 1, 1)
    assert booking.registrations.get().name == "Dora"
    assert "Give only this seat back" not in story.page(own)
