"""One seat of several is given back: its person is told, and nothing is kept of them."""

from __future__ import annotations

import pytest

from donations.services.person import personal_data
from events.models import Booking, Message, Person, Registration, Workshop
from events.services import access
from events.services.mails import claims, outbox, sender
from events.services.room import devices
from events.services.seating import confirmations, seat_changes
from fundraiser.core.http import DeadLinkError
from tests.support.cast import make_campaign, make_workshop
from tests.support.mail_samples import book
from tests.support.rooms import HOME
from tests.support.story import Story, body, calendar_of

NOOR = "noor@example.org"
PERSONAL = {"name", "email", "language", "time_zone"}


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(make_campaign())


def _pair(story: Story, workshop: Workshop) -> tuple[Booking, str]:
    """Book for Dora and Noor; return the booking and its payer's page. Mails so far are gone."""
    noor = {"person_2_name": "Noor", "person_2_email": NOOR}
    donation = story.give(workshop, seats="2", **noor)
    story.mails()
    booking = Booking.objects.get(pk=donation.booking_id)
    return booking, f"/b/{access.booking_link(booking)}/"


def test_the_person_is_told_and_the_date_leaves_their_calendar(
    story: Story, workshop: Workshop
) -> None:
    booking, own = _pair(story, workshop)
    noor = booking.registrations.get(position=2)
    link = f"/j/{access.registration_link(noor)}/"
    for _ in range(2):
        answer = story.client.post(f"{own}people/2/give-back/")
        assert answer.status_code == 302
        assert "That seat is given back." in story.page(own)
    (mail,) = story.mails()
    assert mail["To"] == NOOR
    assert "The seat that Dora booked for you is no longer kept" in body(mail)
    assert "METHOD:CANCEL" in calendar_of(mail)
    assert own not in body(mail)
    assert story.client.get(link).status_code == 404
    booking.refresh_from_db()
    workshop.refresh_from_db()
    assert (booking.seats, workshop.seats_taken) == (1, 1)


def test_a_payer_who_does_not_come_is_told_with_their_page(
    story: Story, workshop: Workshop
) -> None:
    _booking, own = _pair(story, workshop)
    story.client.post(f"{own}people/1/give-back/")
    (mail,) = story.mails()
    assert mail["To"] == "dora@example.org"
    assert "You have given your seat back" in body(mail)
    assert own in body(mail)


def test_a_second_seat_of_one_address_takes_nothing_out_of_its_calendar(
    story: Story, workshop: Workshop
) -> None:
    noor = {"person_2_name": "Dora’s guest", "person_2_email": "dora@example.org"}
    donation = story.give(workshop, seats="2", **noor)
    story.mails()
    booking = Booking.objects.get(pk=donation.booking_id)
    story.client.post(f"/b/{access.booking_link(booking)}/people/2/give-back/")
    assert story.mails() == []


def test_name_and_address_are_kept_no_longer_than_the_mail(
    story: Story, workshop: Workshop
) -> None:
    _booking, own = _pair(story, workshop)
    story.client.post(f"{own}people/2/give-back/")
    waiting = Message.objects.get(kind="seat_given_back")
    assert waiting.ids["email"] == NOOR
    person = Person.objects.create(email=NOOR.upper(), language="en")
    assert [one.pk for one in personal_data.messages_of(person, [], [], [])] == [waiting.pk]
    assert len(story.mails()) == 1
    waiting.refresh_from_db()
    assert (waiting.state, PERSONAL & set(waiting.ids)) == ("sent", set())
    assert waiting.ids, "what is an id stays"


@pytest.mark.parametrize("ending", ["dropped", "set_aside"])
def test_nor_where_the_mail_never_leaves(
    workshop: Workshop, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {"name": "Noor", "email": NOOR, "language": "en", "time_zone": "", "of_booking": 0}
    outbox.queue(key="one", kind="seat_given_back", workshop=workshop, **ids)
    if ending == "set_aside":
        Message.objects.update(attempts=sender.MAXIMUM_ATTEMPTS)
    sender.send_due()
    kept = Message.objects.get()
    assert (kept.state, kept.ids) == (ending, {"of_booking": 0})


def test_control_a_mail_that_is_tried_again_keeps_them(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_message: Message) -> None:
        raise ValueError

    monkeypatch.setattr(sender, "_rendered", broken)
    outbox.queue(key="one", kind="seat_given_back", workshop=workshop, email=NOOR)
    sender.send_due()
    kept = Message.objects.get()
    assert (kept.state, kept.ids["email"]) == ("queued", NOOR)


def test_a_seat_that_is_gone_is_no_error_to_its_person(workshop: Workshop) -> None:
    booking = book(workshop, ("Dora", "dora@example.org"), ("Noor", NOOR))
    noor = booking.registrations.get(position=2)
    late = Registration.objects.select_related("booking__workshop").get(pk=noor.pk)
    assert seat_changes.give_one_back(noor)
    person = seat_changes.NewPerson("Otto", "otto@example.org", "en")
    with pytest.raises(seat_changes.NotNowError):
        seat_changes.hand_over(late, person)
    with pytest.raises(seat_changes.NotNowError):
        seat_changes.save_answers(late, {})
    with pytest.raises(DeadLinkError):
        devices.admit(late, 1, devices.Visitor(devices.UUID(int=1), HOME))
    assert seat_changes.give_one_back(late), "it is given back: nothing is left to end"


def test_mails_of_a_person_who_is_gone_stop_no_others(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = book(workshop, ("Dora", "dora@example.org"), ("Noor", NOOR))
    confirmations.queue(booking)
    claimed = claims.take(10)
    assert len(claimed) == 2
    seat_changes.give_one_back(booking.registrations.get(position=2))
    assert [one.registration_id for one in claims.load(claimed)] == [None]


def test_seats_confirmed_again_are_told_again_each_time(workshop: Workshop) -> None:
    booking = book(workshop, ("Dora", "dora@example.org"), ("Noor", NOOR))
    confirmations.queue(booking)
    for times in range(1, 3):
        confirmations.queue_lost(booking)  # a bank debit failed: the payer hears it from its mail
        confirmations.queue(booking, again=True)
        kinds = list(Message.objects.values_list("kind", flat=True))
        assert kinds.count("confirmation") == 2 + 2 * times
        assert kinds.count("seat_given_back") == times


def test_seats_given_back_again_are_told_again(workshop: Workshop) -> None:
    booking = book(workshop, ("Dora", "dora@example.org"), ("Noor", NOOR))
    confirmations.queue(booking)
    confirmations.queue_given_back(booking)
    confirmations.queue(booking, again=True)
    confirmations.queue_given_back(booking)
    assert Message.objects.filter(kind="seat_given_back").count() == 4
