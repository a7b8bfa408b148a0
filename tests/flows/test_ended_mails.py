"""What is told where a workshop moves or ends, or a seat does: to whom, with which file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Booking, Campaign, Registration, Workshop
from events.services import workshops
from events.services.seating import confirmations, seat_changes
from events.states import BookingState
from tests.support.attendee_mails import event_of, link_of, sent_by, subject_of
from tests.support.cast import make_campaign, make_workshop
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
def upcoming(db: None) -> Workshop:
    """A workshop in two weeks, where Stripe's clock and ours agree."""
    return sample_workshop(raised_minor=0)


@pytest.fixture
def raised(db: None, clock: Clock) -> Workshop:
    """A workshop whose campaign has raised 890 dollars, as the rollup says."""
    clock.set(START - timedelta(days=10))
    return sample_workshop(starts_at=START)


def test_a_moved_workshop_is_told_to_all_who_count_on_it(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    group = book(workshop, *PEOPLE[:2])
    confirmations.queue(group)
    before = {to: event_of(mail, "REQUEST") for to, mail in sent_by(smtp_sink).items()}
    book(workshop, ("Wim", "wim@example.org"), state=BookingState.WAITING, confirmed_at=None)
    book(workshop, ("Off", "off@example.org"), state=BookingState.CANCELLED)
    clock.advance(hours=1)
    for _ in range(2):
        workshops.reschedule(
            workshop.pk,
            starts_at=START + timedelta(days=7),
            time_zone="Europe/Berlin",
            duration_minutes=90,
        )
    mails = sent_by(smtp_sink)
    assert set(mails) == {"dora@example.org", "eli@example.org", "wim@example.org"}
    for to in ("dora@example.org", "eli@example.org"):
        assert mails[to]["Subject"] == "New time: How to open a web shop"
        assert "Wednesday 31 March 2027 at 20:00 (Berlin)" in body(mails[to])
        assert "1½ hours" in body(mails[to])
        event = event_of(mails[to], "REQUEST")
        assert event.uid.value == before[to].uid.value
        assert int(event.sequence.value) > int(before[to].sequence.value)
        assert event.dtstart.value == START + timedelta(days=7)
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
            starts_at=START + timedelta(days=days),
            time_zone="Europe/Paris",
            duration_minutes=120,
        )
    (mail,) = sent_by(smtp_sink).values()
    assert "Friday 26 March 2027 at 19:00" in body(mail)


def test_a_cancelled_workshop_is_told_to_all_who_count_on_it(
    story: Story, upcoming: Workshop, clock: Clock
) -> None:
    donation = story.give(upcoming, language="fr")
    other = book(upcoming, ("Eli", "eli@example.org"))
    book(upcoming, ("Wim", "wim@example.org"), state=BookingState.WAITING, confirmed_at=None)
    before = event_of(sent_by(story.sink)["dora@example.org"], "REQUEST")
    clock.advance(hours=1)
    for note in ("Ann is ill.", "again"):
        workshops.cancel(upcoming.pk, note=note)
    mails = sent_by(story.sink)
    assert set(mails) == {"dora@example.org", "eli@example.org", "wim@example.org"}
    payer = mails["dora@example.org"]
    assert subject_of(payer) == "Annulé : Ouvrir une boutique en ligne"
    assert "Et votre don ?" in body(payer)
    assert link_of(payer, "b")
    gone = event_of(payer, "CANCEL")
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
    assert sent_by(story.sink) == {}
    story.pay(donation)
    (mail,) = sent_by(story.sink).values()
    assert subject_of(mail) == "Cancelled: How to open a web shop"
    assert "And your gift?" in body(mail)


def test_a_confirmation_that_waited_until_the_workshop_was_cancelled_is_not_sent(
    workshop: Workshop, smtp_sink: SmtpSink
) -> None:
    confirmations.queue(book(workshop))
    workshops.cancel(workshop.pk)
    (mail,) = sent_by(smtp_sink).values()
    assert subject_of(mail) == "Cancelled: How to open a web shop"


def test_a_seat_given_back_leaves_the_calendar(
    story: Story, upcoming: Workshop, clock: Clock
) -> None:
    donation = story.give(upcoming)
    mail = sent_by(story.sink)["dora@example.org"]
    before = event_of(mail, "REQUEST")
    clock.advance(minutes=5)
    own = link_of(mail, "b").split("/", 3)[3]
    for _ in range(2):
        assert story.client.post(f"/{own}cancel/").status_code == 302
    (mail,) = sent_by(story.sink).values()
    assert subject_of(mail) == "Your seat is given back: How to open a web shop"
    assert "What you gave stays a gift to charity: water." in body(mail)
    gone = event_of(mail, "CANCEL")
    assert int(gone.sequence.value) > int(before.sequence.value)
    clock.advance(minutes=5)
    again = story.give(upcoming)
    assert again.booking_id != donation.booking_id
    taken = event_of(sent_by(story.sink)["dora@example.org"], "REQUEST")
    assert taken.uid.value == gone.uid.value
    assert int(taken.sequence.value) > int(gone.sequence.value)


def test_the_others_of_a_group_hear_that_their_seats_are_gone(
    workshop: Workshop, smtp_sink: SmtpSink
) -> None:
    booking = book(workshop, *PEOPLE[:2], state=BookingState.CANCELLED)
    confirmations.queue_given_back(booking)
    mails = sent_by(smtp_sink)
    assert subject_of(mails["dora@example.org"]) == (
        "Your seats are given back: How to open a web shop"
    )
    eli = mails["eli@example.org"]
    assert "The seat that Dora booked for you is no longer kept" in body(eli)
    assert event_of(eli, "CANCEL").attendee.value == "mailto:eli@example.org"
    assert "/b/" not in body(eli)


def test_thanks_and_replay(raised: Workshop, clock: Clock) -> None:
    person = book(raised).registrations.get()
    assert render("thank_you", person) is None  # not over yet
    assert render("replay", person) is None
    clock.set(START + timedelta(hours=2))
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
    over = make_workshop(make_campaign(), starts_at=clock.now() - timedelta(hours=3))
    mail = render("thank_you", book(over).registrations.get())
    assert mail is not None
    assert mail.subject == "Thank you: How to open a web shop"
    assert "raised" not in mail.body.replace("raises", "")


def test_a_payer_who_handed_the_seat_over_still_hears_about_the_gift(
    upcoming: Workshop, story: Story
) -> None:
    donation = story.give(upcoming)
    assert donation.booking is not None
    story.mails()
    gus = seat_changes.NewPerson("Gus", "gus@example.org", "en")
    seat_changes.hand_over(donation.booking.registrations.get(), gus)
    sent_by(story.sink)
    workshops.cancel(upcoming.pk)
    mails = sent_by(story.sink)
    assert set(mails) == {"dora@example.org", "gus@example.org"}
    assert "And your gift?" in body(mails["dora@example.org"])
    assert list(mails["dora@example.org"].iter_attachments()) == []
    assert "your gift" not in body(mails["gus@example.org"])
    assert event_of(mails["gus@example.org"], "CANCEL")


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
    mails = sent_by(story.sink)
    assert set(mails) == {"dora@example.org", "eli@example.org"}
    assert event_of(mails["dora@example.org"], "CANCEL")
    friend = mails["eli@example.org"]
    assert subject_of(friend) == "Your seat is no longer kept: How to open a web shop"
    assert event_of(friend, "CANCEL").attendee.value == "mailto:eli@example.org"


def test_who_asks_for_the_gift_back_is_not_told_that_it_stays(
    upcoming: Workshop, story: Story
) -> None:
    donation = story.give(upcoming)
    mail = sent_by(story.sink)["dora@example.org"]
    own = link_of(mail, "b").split("/", 3)[3]
    story.client.post(f"/{own}cancel/", {"gift": "ask"})
    donation.refresh_from_db()
    assert donation.refund_asked_at is not None
    (mail,) = sent_by(story.sink).values()
    assert "You have asked for your gift back: Alice decides" in body(mail)
    assert "stays a gift" not in body(mail)


def test_who_speaks_hears_of_another_time_and_of_the_end(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    workshop.hosts.create(name="Ann", email="ann@example.org", language="fr")
    for days in (1, 2):
        workshops.reschedule(
            workshop.pk,
            starts_at=START + timedelta(days=days),
            time_zone="Europe/Paris",
            duration_minutes=120,
        )
    (moved,) = sent_by(smtp_sink).values()
    assert subject_of(moved) == "Nouvelle date : Ouvrir une boutique en ligne"
    assert "vendredi 26 mars 2027 à 19:00" in body(moved)
    before = event_of(moved, "REQUEST")
    assert before.url.value == link_of(moved, "h")
    clock.advance(minutes=1)
    workshops.cancel(workshop.pk, note="Ann is ill.")
    (ended,) = sent_by(smtp_sink).values()
    assert subject_of(ended) == "Annulé : Ouvrir une boutique en ligne"
    assert "Ann is ill." in body(ended)
    assert "/h/" not in body(ended)
    gone = event_of(ended, "CANCEL")
    assert gone.uid.value == before.uid.value
    assert int(gone.sequence.value) > int(before.sequence.value)
