"""Who gets which mail about a seat, what it says in both languages, and what is with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject

from events.models import Booking, Campaign, MailText, Message, Registration, Workshop
from events.services import confirmations, sender, workshops
from events.states import BookingState
from fundraiser.core import clock as product_clock
from tests.support.calendars import read_calendar
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.mail_samples import REPLAY, ROOM, book, render, sample_workshop
from tests.support.story import Story, body, calendar_of

_PEOPLE = (("Dora", "dora@example.org"), ("Eli", "eli@example.org"), ("Fay", "fay@example.org"))
_START = datetime(2027, 3, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    clock.set(_START - timedelta(days=10))
    return sample_workshop(raised_minor=0, starts_at=_START)


@pytest.fixture
def upcoming(db: None) -> Workshop:
    """A workshop in two weeks, where Stripe's clock and ours agree."""
    return sample_workshop(raised_minor=0)


@pytest.fixture
def raised(db: None, clock: Clock) -> Workshop:
    """A workshop whose campaign has raised 890 dollars, as the rollup says."""
    clock.set(_START - timedelta(days=10))
    return sample_workshop(starts_at=_START)


def _subject(mail: EmailMessage) -> str:
    return str(mail["Subject"]).strip()  # A header that was folded begins with a space.


def _sent(sink: SmtpSink) -> dict[str, EmailMessage]:
    """Send what is due; return the mails by address, and prove what holds for each of them."""
    sender.send_due()
    mails = {str(mail["To"]): mail for mail in sink.messages}
    assert len(mails) == len(sink.messages)
    sink.clear()
    for mail in mails.values():
        whole = mail.as_string() + body(mail) + body(mail, "html")
        assert "secret-room" not in whole
        assert "secret-replay" not in whole
        assert mail["Reply-To"] == "alice@example.org"
    return mails


def _event(mail: EmailMessage, method: str) -> vobject.base.Component:
    text = calendar_of(mail)
    calendar = read_calendar(text)
    assert calendar.method.value == method
    (part,) = [one for one in mail.iter_attachments() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == method
    assert ROOM not in text.replace("\r\n ", "")
    assert "/b/" not in text.replace("\r\n ", "")
    return calendar.vevent


def _link(mail: EmailMessage, kind: str = "j") -> str:
    """Return the one address of a kind in a mail's text: the HTML has it too."""
    (found,) = set(re.findall(rf"http://\S+/{kind}/\S+/", body(mail)))
    assert found in body(mail, "html")
    return found


def test_each_of_a_group_is_confirmed_with_a_link_of_their_own(
    story: Story, upcoming: Workshop
) -> None:
    typed: dict[str, Any] = {"seats": 3}
    for number, (name, email) in enumerate(_PEOPLE[1:], 2):
        typed |= {f"person_{number}_name": name, f"person_{number}_email": email}
    story.give(upcoming, **typed)
    mails = _sent(story.sink)
    assert set(mails) == {email for _, email in _PEOPLE}
    payer = mails["dora@example.org"]
    assert "Your 3 seats are confirmed" in body(payer)
    assert "$20.00" in body(payer)
    assert "/b/" in body(payer)
    for name, email in _PEOPLE[1:]:
        text = body(mails[email])
        assert f"Hello {name}," in text
        assert "Dora has booked a seat for you" in text
        for hidden in ("$", "/b/", "receipt"):
            assert hidden not in text + body(mails[email], "html"), hidden
    links = {_link(mail) for mail in mails.values()}
    assert len(links) == 3
    events = {email: _event(mail, "REQUEST") for email, mail in mails.items()}
    assert {email: event.attendee.value for email, event in events.items()} == {
        email: f"mailto:{email}" for _, email in _PEOPLE
    }
    assert {event.url.value for event in events.values()} == links


def test_who_has_no_address_is_on_the_payers_mail(workshop: Workshop, smtp_sink: SmtpSink) -> None:
    booking = book(workshop, _PEOPLE[0], ("Nan", ""), ("", ""))
    confirmations.queue(booking)
    (mail,) = _sent(smtp_sink).values()
    assert "- Nan: http" in body(mail)
    assert "- Seat without a name: http" in body(mail)
    assert len(set(re.findall(r"/j/\S+/", body(mail)))) == 3


def test_a_handed_over_seat_is_told_to_both(workshop: Workshop, smtp_sink: SmtpSink) -> None:
    from events.services import seat_changes

    person = book(workshop).registrations.get()
    confirmations.queue(person.booking)
    before = _event(_sent(smtp_sink)["dora@example.org"], "REQUEST")
    gus = seat_changes.NewPerson(name="Gus", email="gus@example.org", language="fr")
    seat_changes.hand_over(person, gus)
    mails = _sent(smtp_sink)
    assert set(mails) == {"dora@example.org", "gus@example.org"}
    former, new = mails["dora@example.org"], mails["gus@example.org"]
    assert _subject(former) == "You have passed on your seat: How to open a web shop"
    assert "Your seat now belongs to Gus." in body(former)
    assert "/j/" not in body(former)
    gone = _event(former, "CANCEL")
    assert gone.uid.value == before.uid.value
    assert int(gone.sequence.value) > int(before.sequence.value)
    assert _subject(new) == "C’est confirmé : Ouvrir une boutique en ligne"
    assert "Dora vous a cédé cette place" in body(new)
    assert _event(new, "REQUEST").attendee.value == "mailto:gus@example.org"
    assert "/b/" not in body(new)


def test_a_seat_that_came_back_is_not_taken_out_of_the_calendar(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    from events.services import seat_changes

    person = book(workshop).registrations.get()
    for name in ("Gus", "Dora"):
        clock.advance(minutes=1)
        email = f"{name.lower()}@example.org"
        seat_changes.hand_over(person, seat_changes.NewPerson(name, email, "en"))
        person.refresh_from_db()
    sender.send_due()
    to_dora = [mail for mail in smtp_sink.messages if mail["To"] == "dora@example.org"]
    assert [_event(mail, "REQUEST").status.value for mail in to_dora] == ["CONFIRMED"]
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
    clock.set(_START - before)
    mail = render("reminder", person, minutes=int(before.total_seconds()) // 60)
    assert mail is not None
    assert mail.subject.replace("\u00a0", " ") == subject
    assert "<h1" in str(mail.alternatives[0][0])


def test_a_reminder_has_one_big_button_and_can_be_stopped_with_one_click(
    workshop: Workshop, clock: Clock
) -> None:
    person = book(workshop).registrations.get()
    clock.set(_START - timedelta(hours=24))
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
    from donations.services import attendee_emails

    person = book(workshop).registrations.get()
    clock.set(_START - timedelta(hours=24) + spoil.get("late", timedelta(0)))
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


def test_a_moved_workshop_is_told_to_all_who_count_on_it(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    group = book(workshop, *_PEOPLE[:2])
    confirmations.queue(group)
    before = {to: _event(mail, "REQUEST") for to, mail in _sent(smtp_sink).items()}
    book(workshop, ("Wim", "wim@example.org"), state=BookingState.WAITING, confirmed_at=None)
    book(workshop, ("Off", "off@example.org"), state=BookingState.CANCELLED)
    clock.advance(hours=1)
    for _ in range(2):
        workshops.reschedule(
            workshop.pk,
            starts_at=_START + timedelta(days=7),
            time_zone="Europe/Berlin",
            duration_minutes=90,
        )
    mails = _sent(smtp_sink)
    assert set(mails) == {"dora@example.org", "eli@example.org", "wim@example.org"}
    for to in ("dora@example.org", "eli@example.org"):
        assert mails[to]["Subject"] == "New time: How to open a web shop"
        assert "Wednesday 31 March 2027 at 20:00 (Berlin)" in body(mails[to])
        assert "1½ hours" in body(mails[to])
        event = _event(mails[to], "REQUEST")
        assert event.uid.value == before[to].uid.value
        assert int(event.sequence.value) > int(before[to].sequence.value)
        assert event.dtstart.value == _START + timedelta(days=7)
        assert "List-Unsubscribe" not in mails[to]
    assert "/b/" in body(mails["dora@example.org"])
    assert "/b/" not in body(mails["eli@example.org"])
    assert "You stay on the waiting list." in body(mails["wim@example.org"])
    assert list(mails["wim@example.org"].iter_attachments()) == []


def test_two_moves_before_the_mail_leaves_tell_only_the_last_time(
    workshop: Workshop, smtp_sink: SmtpSink
) -> None:
    book(workshop)
    for days in (1, 2):
        workshops.reschedule(
            workshop.pk,
            starts_at=_START + timedelta(days=days),
            time_zone="Europe/Paris",
            duration_minutes=120,
        )
    (mail,) = _sent(smtp_sink).values()
    assert "Friday 26 March 2027 at 19:00" in body(mail)


def test_a_cancelled_workshop_is_told_to_all_who_count_on_it(
    story: Story, upcoming: Workshop, clock: Clock
) -> None:
    donation = story.give(upcoming, language="fr")
    other = book(upcoming, ("Eli", "eli@example.org"))
    book(upcoming, ("Wim", "wim@example.org"), state=BookingState.WAITING, confirmed_at=None)
    before = _event(_sent(story.sink)["dora@example.org"], "REQUEST")
    clock.advance(hours=1)
    for note in ("Ann is ill.", "again"):
        workshops.cancel(upcoming.pk, note=note)
    mails = _sent(story.sink)
    assert set(mails) == {"dora@example.org", "eli@example.org", "wim@example.org"}
    payer = mails["dora@example.org"]
    assert _subject(payer) == "Annulé : Ouvrir une boutique en ligne"
    assert "Et votre don ?" in body(payer)
    assert _link(payer, "b")
    gone = _event(payer, "CANCEL")
    assert gone.uid.value == before.uid.value
    assert int(gone.sequence.value) > int(before.sequence.value)
    for mail in mails.values():
        assert "Ann is ill." in body(mail)
        assert "/j/" not in body(mail)
        assert "List-Unsubscribe" not in mail
    assert "your gift" not in body(mails["eli@example.org"])
    assert "The waiting list is closed." in body(mails["wim@example.org"])
    assert list(mails["wim@example.org"].iter_attachments()) == []
    donation.refresh_from_db()
    assert donation.booking is not None
    assert donation.booking.state == other.state == BookingState.CONFIRMED
    assert not Booking.objects.filter(state=BookingState.WAITING).exists()


def test_who_pays_for_a_workshop_that_was_just_cancelled_is_told_that(
    story: Story, upcoming: Workshop
) -> None:
    donation = story.register(upcoming)
    workshops.cancel(upcoming.pk)
    assert _sent(story.sink) == {}
    story.pay(donation)
    (mail,) = _sent(story.sink).values()
    assert _subject(mail) == "Cancelled: How to open a web shop"
    assert "And your gift?" in body(mail)


def test_a_confirmation_that_waited_until_the_workshop_was_cancelled_is_not_sent(
    workshop: Workshop, smtp_sink: SmtpSink
) -> None:
    confirmations.queue(book(workshop))
    workshops.cancel(workshop.pk)
    (mail,) = _sent(smtp_sink).values()
    assert _subject(mail) == "Cancelled: How to open a web shop"


def test_a_former_holder_who_was_erased_is_not_written_to(
    workshop: Workshop, smtp_sink: SmtpSink
) -> None:
    from events.services import seat_changes

    person = book(workshop).registrations.get()
    gus = seat_changes.NewPerson("Gus", "gus@example.org", "en")
    seat_changes.hand_over(person, gus)
    Message.objects.filter(kind="seat_handed_over").update(ids={})
    assert set(_sent(smtp_sink)) == {"gus@example.org"}


def test_a_seat_given_back_leaves_the_calendar(
    story: Story, upcoming: Workshop, clock: Clock
) -> None:
    donation = story.give(upcoming)
    mail = _sent(story.sink)["dora@example.org"]
    before = _event(mail, "REQUEST")
    clock.advance(minutes=5)
    own = _link(mail, "b").split("/", 3)[3]
    for _ in range(2):
        assert story.client.post(f"/{own}cancel/").status_code == 302
    (mail,) = _sent(story.sink).values()
    assert _subject(mail) == "Your seat is given back: How to open a web shop"
    assert "What you gave stays a gift to charity: water." in body(mail)
    gone = _event(mail, "CANCEL")
    assert int(gone.sequence.value) > int(before.sequence.value)
    clock.advance(minutes=5)
    again = story.give(upcoming)
    assert again.booking_id != donation.booking_id
    taken = _event(_sent(story.sink)["dora@example.org"], "REQUEST")
    assert taken.uid.value == gone.uid.value
    assert int(taken.sequence.value) > int(gone.sequence.value)


def test_the_others_of_a_group_hear_that_their_seats_are_gone(
    workshop: Workshop, smtp_sink: SmtpSink
) -> None:
    booking = book(workshop, *_PEOPLE[:2], state=BookingState.CANCELLED)
    confirmations.queue_given_back(booking)
    mails = _sent(smtp_sink)
    assert _subject(mails["dora@example.org"]) == (
        "Your seats are given back: How to open a web shop"
    )
    eli = mails["eli@example.org"]
    assert "The seat that Dora booked for you is no longer kept" in body(eli)
    assert _event(eli, "CANCEL").attendee.value == "mailto:eli@example.org"
    assert "/b/" not in body(eli)


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


def test_thanks_and_replay(raised: Workshop, clock: Clock) -> None:
    person = book(raised).registrations.get()
    assert render("thank_you", person) is None  # not over yet
    assert render("replay", person) is None
    clock.set(_START + timedelta(hours=2))
    thanks = render("thank_you", person)
    assert thanks is not None
    assert thanks.subject == "Thank you: $890 for charity: water"
    assert "/r/" not in thanks.body
    Workshop.objects.filter(pk=raised.pk).update(replay_url=REPLAY)
    words = {}
    for attended in (None, True, False):
        Registration.objects.filter(pk=person.pk).update(attended=attended)
        mails = [render("thank_you", person), render("replay", person)]
        for mail in mails:
            assert mail is not None
            assert "/r/" in mail.body
            assert REPLAY not in mail.body + str(mail.alternatives[0][0])
            assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        words[attended] = mails[0].body if mails[0] else ""
    assert "Thank you for being part of" in words[None]
    assert "It was good to have you" in words[True]
    assert "It is a pity that you could not come" in words[False]


def test_without_any_gift_the_thanks_name_no_total(db: None, clock: Clock) -> None:
    from tests.support.cast import make_campaign, make_workshop

    over = make_workshop(make_campaign(), starts_at=clock.now() - timedelta(hours=3))
    mail = render("thank_you", book(over).registrations.get())
    assert mail is not None
    assert mail.subject == "Thank you: How to open a web shop"
    assert "raised" not in mail.body.replace("raises", "")


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
    clock.set(_START - timedelta(hours=1))
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
    assert product_clock.now() < _START


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
    booking = book(workshop, _PEOPLE[0], _PEOPLE[1], ("Nan", ""))
    clock.set(_START - timedelta(hours=1))
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


def test_a_payer_who_handed_the_seat_over_still_hears_about_the_gift(
    upcoming: Workshop, story: Story
) -> None:
    from events.services import seat_changes

    donation = story.give(upcoming)
    assert donation.booking is not None
    story.mails()
    gus = seat_changes.NewPerson("Gus", "gus@example.org", "en")
    seat_changes.hand_over(donation.booking.registrations.get(), gus)
    _sent(story.sink)
    workshops.cancel(upcoming.pk)
    mails = _sent(story.sink)
    assert set(mails) == {"dora@example.org", "gus@example.org"}
    assert "And your gift?" in body(mails["dora@example.org"])
    assert list(mails["dora@example.org"].iter_attachments()) == []
    assert "your gift" not in body(mails["gus@example.org"])
    assert _event(mails["gus@example.org"], "CANCEL")


def test_a_refused_bank_debit_takes_the_seat_out_of_the_calendar(
    upcoming: Workshop, story: Story
) -> None:
    Campaign.objects.update(currency="EUR")
    eli = {"person_2_name": "Eli", "person_2_email": "eli@example.org"}
    donation = story.register(upcoming, seats=2, **eli)
    story.pay(donation, method="sepa_debit")
    assert {mail["To"] for mail in story.mails()} == {"dora@example.org", "eli@example.org"}
    story.sandbox.settle_debit(donation.session_id, succeeded=False)
    story.webhooks(donation)
    mails = _sent(story.sink)
    assert set(mails) == {"dora@example.org", "eli@example.org"}
    assert _event(mails["dora@example.org"], "CANCEL")
    friend = mails["eli@example.org"]
    assert _subject(friend) == "Your seat is no longer kept: How to open a web shop"
    assert _event(friend, "CANCEL").attendee.value == "mailto:eli@example.org"


def test_who_asks_for_the_gift_back_is_not_told_that_it_stays(
    upcoming: Workshop, story: Story
) -> None:
    donation = story.give(upcoming)
    mail = _sent(story.sink)["dora@example.org"]
    own = _link(mail, "b").split("/", 3)[3]
    story.client.post(f"/{own}cancel/", {"gift": "ask"})
    donation.refresh_from_db()
    assert donation.refund_asked_at is not None
    (mail,) = _sent(story.sink).values()
    assert "You have asked for your gift back: Alice decides" in body(mail)
    assert "stays a gift" not in body(mail)


def test_who_speaks_hears_of_another_time_and_of_the_end(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    workshop.hosts.create(name="Ann", email="ann@example.org", language="fr")
    for days in (1, 2):
        workshops.reschedule(
            workshop.pk,
            starts_at=_START + timedelta(days=days),
            time_zone="Europe/Paris",
            duration_minutes=120,
        )
    (moved,) = _sent(smtp_sink).values()
    assert _subject(moved) == "Nouvelle date : Ouvrir une boutique en ligne"
    assert "vendredi 26 mars 2027 à 19:00" in body(moved)
    before = _event(moved, "REQUEST")
    assert before.url.value == _link(moved, "h")
    clock.advance(minutes=1)
    workshops.cancel(workshop.pk, note="Ann is ill.")
    (ended,) = _sent(smtp_sink).values()
    assert _subject(ended) == "Annulé : Ouvrir une boutique en ligne"
    assert "Ann is ill." in body(ended)
    assert "/h/" not in body(ended)
    gone = _event(ended, "CANCEL")
    assert gone.uid.value == before.uid.value
    assert int(gone.sequence.value) > int(before.sequence.value)
