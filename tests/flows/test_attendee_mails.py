"""Who gets which mail about a seat before the workshop, what it says, and what is with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donations.services.mails import attendee_emails
from events.models import Booking, MailText, Message, Registration, Workshop
from events.services.mails import sender
from events.services.seating import confirmations, seat_changes
from events.states import BookingState
from fundraiser.core import clock as product_clock
from tests.support.attendee_mails import event_of, link_of, sent_by, subject_of
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.mail_samples import REPLAY, book, render, sample_workshop
from tests.support.story import Story, body

PEOPLE = (("Dora", "dora@example.org"), ("Eli", "eli@example.org"), ("Fay", "fay@example.org"))
START = datetime(2027, 3, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    clock.set(START - timedelta(days=10))
    return sample_workshop(raised_minor=0, starts_at=START)


@pytest.fixture
def raised(db: None, clock: Clock) -> Workshop:
    """A workshop whose campaign has raised 890 dollars, as the rollup says."""
    clock.set(START - timedelta(days=10))
    return sample_workshop(starts_at=START)


@pytest.fixture
def upcoming(db: None) -> Workshop:
    """A workshop in two weeks, where Stripe's clock and ours agree."""
    return sample_workshop(raised_minor=0)


def test_each_of_a_group_is_confirmed_with_a_link_of_their_own(
    story: Story, upcoming: Workshop
) -> None:
    typed: dict[str, Any] = {"seats": 3}
    for number, (name, email) in enumerate(PEOPLE[1:], 2):
        typed |= {f"person_{number}_name": name, f"person_{number}_email": email}
    story.give(upcoming, **typed)
    mails = sent_by(story.sink)
    assert set(mails) == {email for _, email in PEOPLE}
    payer = mails["dora@example.org"]
    assert "Your 3 seats are confirmed" in body(payer)
    assert "$20.00" in body(payer)
    assert "/b/" in body(payer)
    for name, email in PEOPLE[1:]:
        text = body(mails[email])
        assert f"Hello {name}," in text
        assert "Dora has booked a seat for you" in text
        for hidden in ("$", "/b/", "receipt"):
            assert hidden not in text + body(mails[email], "html"), hidden
    links = {link_of(mail) for mail in mails.values()}
    assert len(links) == 3
    events = {email: event_of(mail, "REQUEST") for email, mail in mails.items()}
    assert {email: event.attendee.value for email, event in events.items()} == {
        email: f"mailto:{email}" for _, email in PEOPLE
    }
    assert {event.url.value for event in events.values()} == links


def test_who_has_no_address_is_on_the_payers_mail(workshop: Workshop, smtp_sink: SmtpSink) -> None:
    booking = book(workshop, PEOPLE[0], ("Nan", ""), ("", ""))
    confirmations.queue(booking)
    (mail,) = sent_by(smtp_sink).values()
    assert "- Nan: http" in body(mail)
    assert "- Seat without a name: http" in body(mail)
    assert len(set(re.findall(r"/j/\S+/", body(mail)))) == 3


def test_a_handed_over_seat_is_told_to_both(workshop: Workshop, smtp_sink: SmtpSink) -> None:
    person = book(workshop).registrations.get()
    confirmations.queue(person.booking)
    before = event_of(sent_by(smtp_sink)["dora@example.org"], "REQUEST")
    gus = seat_changes.NewPerson(name="Gus", email="gus@example.org", language="fr")
    seat_changes.hand_over(person, gus)
    mails = sent_by(smtp_sink)
    assert set(mails) == {"dora@example.org", "gus@example.org"}
    former, new = mails["dora@example.org"], mails["gus@example.org"]
    assert subject_of(former) == "You have passed on your seat: How to open a web shop"
    assert "Your seat now belongs to Gus." in body(former)
    assert "/j/" not in body(former)
    gone = event_of(former, "CANCEL")
    assert gone.uid.value == before.uid.value
    assert int(gone.sequence.value) > int(before.sequence.value)
    assert subject_of(new) == "C’est confirmé : Ouvrir une boutique en ligne"
    assert "Dora vous a cédé cette place" in body(new)
    assert event_of(new, "REQUEST").attendee.value == "mailto:gus@example.org"
    assert "/b/" not in body(new)


def test_a_seat_that_came_back_is_not_taken_out_of_the_calendar(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    person = book(workshop).registrations.get()
    for name in ("Gus", "Dora"):
        clock.advance(minutes=1)
        email = f"{name.lower()}@example.org"
        seat_changes.hand_over(person, seat_changes.NewPerson(name, email, "en"))
        person.refresh_from_db()
    sender.send_due()
    to_dora = [mail for mail in smtp_sink.messages if mail["To"] == "dora@example.org"]
    assert [event_of(mail, "REQUEST").status.value for mail in to_dora] == ["CONFIRMED"]
    assert "Your seat is confirmed." in body(to_dora[0])
    assert "has given you" not in body(to_dora[0])


@pytest.mark.parametrize(
    ("before", "of", "subject"),
    [
        (timedelta(days=3), ("Europe/Paris", "en"), "In 3 days: How to open a web shop"),
        (timedelta(days=1), ("Europe/Paris", "en"), "Tomorrow at 19:00: How to open a web shop"),
        (timedelta(days=1), ("Asia/Tokyo", "en"), "Tomorrow at 03:00: How to open a web shop"),
        (timedelta(hours=3), ("", "en"), "Today at 19:00: How to open a web shop"),
        (timedelta(hours=6), ("Asia/Tokyo", "en"), "Tomorrow at 03:00: How to open a web shop"),
        (timedelta(hours=1), ("Europe/Paris", "en"), "In 1 hour: How to open a web shop"),
        (timedelta(minutes=61), ("Europe/Paris", "en"), "In 1 hour: How to open a web shop"),
        (timedelta(minutes=90), ("Europe/Paris", "en"), "Today at 19:00: How to open a web shop"),
        (timedelta(minutes=21), ("Europe/Paris", "en"), "In 20 minutes: How to open a web shop"),
        (timedelta(minutes=10), ("Europe/Paris", "en"), "We are starting: How to open a web shop"),
        (timedelta(days=3), ("Europe/Paris", "fr"), "Dans 3 jours : Ouvrir une boutique en ligne"),
        (timedelta(days=1), ("", "fr"), "Demain à 19:00 : Ouvrir une boutique en ligne"),
        (timedelta(hours=3), ("", "fr"), "Aujourd’hui à 19:00 : Ouvrir une boutique en ligne"),
        (timedelta(hours=1), ("", "fr"), "Dans 1 heure : Ouvrir une boutique en ligne"),
        (timedelta(minutes=10), ("", "fr"), "C’est parti : Ouvrir une boutique en ligne"),
    ],
)
def test_a_reminder_says_how_soon_by_the_persons_own_day(
    workshop: Workshop, clock: Clock, before: timedelta, of: tuple[str, str], subject: str
) -> None:
    zone, language = of
    person = book(workshop, time_zone=zone, language=language).registrations.get()
    clock.set(START - before)
    mail = render("reminder", person, minutes=int(before.total_seconds()) // 60)
    assert mail is not None
    assert mail.subject.replace("\u00a0", " ") == subject
    assert "<h1" in str(mail.alternatives[0][0])


def test_a_reminder_has_one_big_button_and_can_be_stopped_with_one_click(
    workshop: Workshop, clock: Clock
) -> None:
    person = book(workshop).registrations.get()
    clock.set(START - timedelta(hours=24))
    mail = render("reminder", person, minutes=1440)
    assert mail is not None
    html = str(mail.alternatives[0][0])
    assert html.count('class="wide"') == 1
    assert "/j/" in html[html.index('class="wide"') :][:200]
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.extra_headers["List-Unsubscribe"][1:-1] in mail.body
    assert mail.attachments == []


@pytest.mark.parametrize(
    "spoil",
    [
        {"booking": {"state": BookingState.CANCELLED}},
        {"person": {"wants_reminders": False}},
        {"workshop": {"schedule_version": 7}},
        {"workshop": {"state": "cancelled"}},
        {"late": timedelta(hours=24)},
    ],
)
def test_a_reminder_that_is_no_longer_due_is_not_made(
    workshop: Workshop, clock: Clock, spoil: dict[str, Any]
) -> None:
    person = book(workshop).registrations.get()
    clock.set(START - timedelta(hours=24) + spoil.get("late", timedelta(0)))
    Booking.objects.filter(pk=person.booking_id).update(**spoil.get("booking", {"seats": 1}))
    Registration.objects.filter(pk=person.pk).update(**spoil.get("person", {"position": 1}))
    Workshop.objects.filter(pk=workshop.pk).update(**spoil.get("workshop", {"slug": "x"}))
    person = Registration.objects.select_related("booking__workshop__campaign__team").get()
    message = Message(
        kind="reminder",
        booking=person.booking,
        registration=person,
        workshop=person.booking.workshop,
        schedule_version=0,
        ids={"minutes": 1440},
    )
    assert attendee_emails.reminder(message) is None


def test_a_former_holder_who_was_erased_is_not_written_to(
    workshop: Workshop, smtp_sink: SmtpSink
) -> None:
    person = book(workshop).registrations.get()
    gus = seat_changes.NewPerson("Gus", "gus@example.org", "en")
    seat_changes.hand_over(person, gus)
    Message.objects.filter(kind="seat_handed_over").update(ids={})
    assert set(sent_by(smtp_sink)) == {"gus@example.org"}


def test_waiting_and_being_offered_a_seat(workshop: Workshop, clock: Clock) -> None:
    values: dict[str, Any] = {"confirmed_at": None, "language": "fr", "time_zone": "Asia/Tokyo"}
    waits = book(workshop, state=BookingState.WAITING, **values).registrations.get()
    until = clock.now() + timedelta(hours=12)
    held = {**values, "state": BookingState.HELD, "hold_expires_at": until}
    offered = book(workshop, **held, offered_at=clock.now()).registrations.get()
    joined, offer = render("waiting_joined", waits), render("waiting_offer", offered)
    assert joined is not None
    assert offer is not None
    assert joined.subject == "Vous êtes sur la liste d’attente : Ouvrir une boutique en ligne"
    assert offer.subject == "Une place s’est libérée : Ouvrir une boutique en ligne"
    assert "lundi 15 mars 2027 à 15:00 (Tokyo)" in offer.body
    for mail in (joined, offer):
        assert mail.attachments == []
        assert "/b/" in mail.body
        assert "/j/" not in mail.body
        assert "List-Unsubscribe" not in mail.extra_headers
    assert render("waiting_joined", offered) is None
    assert render("waiting_offer", waits) is None
    clock.set(until)
    assert render("waiting_offer", offered) is None


@pytest.mark.parametrize("kind", ["confirmation", "reminder", "changed", "cancelled", "replay"])
def test_own_words_stand_for_ours_and_what_must_stay_stays(
    raised: Workshop, clock: Clock, kind: str
) -> None:
    MailText.objects.create(
        workshop=raised,
        kind=kind,
        language="en",
        subject="Dear {name}: {workshop}",
        body="**Ours** for {charity} by {organizer}: {when}, {total}, {link}, {nonsense}",
    )
    Workshop.objects.filter(pk=raised.pk).update(
        replay_url=REPLAY, state="cancelled" if kind == "cancelled" else "published"
    )
    person = book(Workshop.objects.get(), ("D*ra_", "dora@example.org")).registrations.get()
    clock.set(START - timedelta(hours=1))
    mail = render(kind, person, as_payer=kind == "confirmation", minutes=60)
    assert mail is not None
    html = str(mail.alternatives[0][0])
    assert mail.subject == "Dear D*ra_: How to open a web shop"
    assert "<strong>Ours</strong> for charity: water by Alice" in html
    for text in (mail.body, html):
        address = "http" if text == mail.body else '<a href="http'
        assert f"Wednesday 24 March 2027 at 14:00 (New York), $890, {address}" in text
        assert "{nonsense}" in text
        assert "Hello" not in text
    if kind != "replay":
        assert "19:00 (Paris)" in mail.body
    assert product_clock.now() < START


def test_a_fresh_link_is_the_new_one(workshop: Workshop, smtp_sink: SmtpSink) -> None:
    person = book(workshop).registrations.get()
    old = render("fresh_link", person)
    Registration.objects.update(link_version=2)
    new = render("fresh_link", person)
    assert old is not None
    assert new is not None
    assert re.findall(r"/j/\S+/", old.body) != re.findall(r"/j/\S+/", new.body)
    assert new.subject == "Your fresh link: How to open a web shop"


def test_the_payers_reminder_has_the_links_of_who_gets_no_mail(
    workshop: Workshop, clock: Clock
) -> None:
    booking = book(workshop, PEOPLE[0], PEOPLE[1], ("Nan", ""))
    clock.set(START - timedelta(hours=1))
    payer, eli, nan = booking.registrations.order_by("position")
    mail = render("reminder", payer, minutes=60)
    other = render("reminder", eli, minutes=60)
    assert mail is not None
    assert other is not None
    assert "- Nan: http" in mail.body
    assert "Eli" not in mail.body
    assert len(set(re.findall(r"/j/\S+/", str(mail.body)))) == 2
    assert "Nan" not in other.body
    assert render("reminder", nan, minutes=60) is None
