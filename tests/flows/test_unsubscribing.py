"""No more mails like this one: the page, the one-click POST of RFC 8058, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from events.models import Message, Registration, Workshop
from events.services import access
from events.services.mails import outbox, planner, sender
from events.services.mails.emails import unsubscribe_url
from events.services.seating import seat_changes
from events.states import MailClass
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import seat
from tests.support.story import body, plain


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    return make_workshop(
        make_campaign(), capacity=None, reminder_minutes=[60, 10], replay_url="https://v.example/1"
    )


@pytest.fixture
def person(workshop: Workshop) -> Registration:
    (one,) = seat(workshop, 1, email="dora@example.org", wants_news=True)
    return one


def path(person: Registration, mail_class: str = MailClass.REMINDER) -> str:
    """Return the path of the address in the mail."""
    return "/" + unsubscribe_url(person, mail_class).split("/", 3)[3]


def test_a_reminder_carries_it_and_one_click_ends_reminders(
    client: Client, workshop: Workshop, person: Registration, smtp_sink: SmtpSink, clock: Clock
) -> None:
    clock.set(workshop.starts_at - timedelta(minutes=60))
    planner.plan()
    sender.send_due()
    (mail,) = smtp_sink.messages
    address = str(mail["List-Unsubscribe"]).strip(" <>")
    assert address == unsubscribe_url(person, MailClass.REMINDER)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # As a mail program posts it: no cookie, no token, no language.
    program = Client(enforce_csrf_checks=True)
    answer = program.post(path(person), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert answer.cookies == {}
    person.refresh_from_db()
    assert (person.wants_reminders, person.wants_news) == (False, True)
    clock.set(workshop.starts_at - timedelta(minutes=10))
    planner.plan()
    sender.send_due()
    assert len(smtp_sink.messages) == 1


def test_a_reminder_in_the_outbox_is_dropped_when_its_reader_ends_them(
    client: Client, workshop: Workshop, person: Registration, smtp_sink: SmtpSink, clock: Clock
) -> None:
    clock.set(workshop.starts_at - timedelta(minutes=60))
    planner.plan()
    client.post(path(person))
    sender.send_due()
    assert smtp_sink.messages == []
    assert Message.objects.get().error == "unsubscribed"


def test_looking_changes_nothing_and_the_page_has_a_way_back(
    client: Client, workshop: Workshop, person: Registration
) -> None:
    page = client.get(path(person)).content.decode()
    assert workshop.title in page
    person.refresh_from_db()
    assert person.wants_reminders
    page = client.post(path(person)).content.decode()
    assert "Done: no more of these" in page
    assert 'name="again"' in page
    page = client.post(path(person), {"again": "yes"}).content.decode()
    assert "You get them again" in page
    person.refresh_from_db()
    assert person.wants_reminders


def test_the_page_speaks_french(client: Client, person: Registration) -> None:
    answer = client.get(path(person), headers={"Accept-Language": "fr"})
    assert "rappels" in plain(answer.content.decode())


def test_news_end_for_every_workshop_of_the_team_and_for_no_other_team(
    client: Client, workshop: Workshop, person: Registration
) -> None:
    sibling = make_workshop(make_campaign(team=workshop.campaign.team))
    (same,) = seat(sibling, 1, email="DORA@example.org")
    (other_team,) = seat(make_workshop(make_campaign()), 1, email="dora@example.org")
    (other_person,) = seat(sibling, 1, email="erik@example.org")
    client.post(path(person, MailClass.NEWS), {"List-Unsubscribe": "One-Click"})
    wants = {
        one.pk: (one.wants_news, one.wants_reminders) for one in Registration.objects.order_by("pk")
    }
    assert wants == {
        person.pk: (False, True),
        same.pk: (False, True),
        other_team.pk: (True, True),
        other_person.pk: (True, True),
    }
    person.booking.refresh_from_db()
    assert not person.booking.wants_news  # "write to me about the next workshops", too


def test_after_that_no_thanks_and_no_replay(
    client: Client, workshop: Workshop, person: Registration, smtp_sink: SmtpSink, clock: Clock
) -> None:
    client.post(path(person, MailClass.NEWS))
    planner.plan()
    clock.set(workshop.ends_at + timedelta(minutes=1))
    planner.plan()
    sender.send_due()
    assert set(Message.objects.values_list("kind", "state")) == {
        ("reminder", "dropped"),
    }
    assert smtp_sink.messages == []


def test_a_revoked_or_forged_link_ends_nothing(client: Client, person: Registration) -> None:
    address = path(person)
    Registration.objects.update(link_version=2)
    assert client.post(address).status_code == 404
    assert client.post(address[:-3] + "xx/").status_code == 404
    person.refresh_from_db()
    assert person.wants_reminders


def _replaced(person: Registration) -> None:
    """Replace a link as services/devices.py does where it is used at two places."""
    version = person.link_version + 1
    Registration.objects.filter(pk=person.pk).update(link_version=version)
    outbox.queue(key=f"fresh_link:{person.pk}:{version}", kind="fresh_link", registration=person)
    person.refresh_from_db()


def test_a_link_that_was_replaced_still_ends_mails(
    client: Client, person: Registration, smtp_sink: SmtpSink
) -> None:
    address = path(person)
    _replaced(person)
    assert client.post(address).status_code == 200
    person.refresh_from_db()
    assert not person.wants_reminders
    sender.send_due()
    (mail,) = smtp_sink.messages
    assert f"/b/{access.booking_link(person.booking)}/" in body(mail), "the way to change things"


def test_the_mail_with_a_fresh_link_has_the_page_of_who_did_not_book(
    person: Registration, smtp_sink: SmtpSink
) -> None:
    Registration.objects.update(name="Noor", email="noor@example.org")
    person.refresh_from_db()
    old = access.registration_link(person, access.SEAT_LINK)
    _replaced(person)
    sender.send_due()
    (mail,) = smtp_sink.messages
    for kind in ("plain", "html"):
        assert f"/s/{access.registration_link(person, access.SEAT_LINK)}/" in body(mail, kind)
        assert old not in body(mail, kind)


def test_control_a_former_holder_ends_no_mails_of_the_new_one(
    client: Client, workshop: Workshop, person: Registration
) -> None:
    address = path(person)
    _replaced(person)
    second = path(person)
    new = seat_changes.NewPerson("Noor", "noor@example.org", "en")
    held = seat_changes.hand_over(person, new)
    _replaced(held)
    assert [client.post(one).status_code for one in (address, second)] == [404, 404]
    assert Registration.objects.get(pk=person.pk).wants_reminders
    assert client.post(path(held)).status_code == 200
