"""People who come along: their mails, their page, and what becomes of them with their payer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.services.mails import team_emails
from donations.services.person import lost_links
from events.models import Booking, Person, Registration, Workshop
from events.services import access, workshops
from events.services.mails import announcements
from events.states import BookingState
from fundraiser.core import clock
from tests.support.mail_samples import book, render, sample_workshop
from tests.support.story import Story, body

PEOPLE = (("Dora", "dora@example.org"), ("Emil", "emil@example.org"))
STATES = [
    (BookingState.CONFIRMED, {}),
    (BookingState.WAITING, {"confirmed_at": None}),
    (BookingState.HELD, {"confirmed_at": None, "offered": True}),
]


@pytest.fixture
def workshop(db: None) -> Workshop:
    return sample_workshop(raised_minor=0)


def _pair(workshop: Workshop, state: BookingState, values: dict[str, Any]) -> Booking:
    values = dict(values)
    if values.pop("offered", False):
        end = clock.now() + timedelta(hours=3)
        values |= {"offered_at": clock.now(), "hold_expires_at": end}
    return book(workshop, *PEOPLE, state=state, **values)


@pytest.mark.parametrize(("state", "values"), STATES)
@pytest.mark.parametrize("change", ["changed", "cancelled"])
def test_a_companion_hears_of_a_change_once_there_is_a_seat_and_never_gets_the_payers_link(
    story: Story, workshop: Workshop, state: BookingState, values: dict[str, Any], change: str
) -> None:
    _pair(workshop, state, values)
    if change == "changed":
        starts_at = workshop.starts_at + timedelta(hours=1)
        zone, minutes = workshop.time_zone, workshop.duration_minutes
        workshops.reschedule(
            workshop.pk, starts_at=starts_at, time_zone=zone, duration_minutes=minutes
        )
    else:
        workshops.cancel(workshop.pk)
    mails = {str(mail["To"]): mail for mail in story.mails()}
    seated = state == BookingState.CONFIRMED
    assert set(mails) == ({"dora@example.org", "emil@example.org"} if seated else {PEOPLE[0][1]})
    assert "/b/" in body(mails["dora@example.org"])
    for kind in ("plain", "html") if seated else ():
        assert "/b/" not in body(mails["emil@example.org"], kind)
        assert change == "cancelled" or "/s/" in body(mails["emil@example.org"], kind)


@pytest.mark.parametrize(("state", "values"), STATES[1:])
def test_a_mail_that_was_queued_for_a_companion_without_a_seat_does_not_leave(
    workshop: Workshop, state: BookingState, values: dict[str, Any]
) -> None:
    dora, emil = _pair(workshop, state, values).registrations.order_by("position")
    assert render("changed", emil) is None
    assert render("changed", dora) is not None


def test_an_organizers_message_to_who_waits_goes_to_the_payer(
    workshop: Workshop, alice: User
) -> None:
    emil = _pair(workshop, *STATES[1]).registrations.get(position=2)
    assert [one.name for one in announcements.recipients(workshop, "waiting")] == ["Dora"]
    written = announcements.draft(
        workshop=workshop, author=alice, audience="waiting", subject="Hi", body="See {link}"
    )
    assert "/b/" not in team_emails.announcement_mail(written, emil).body


def test_the_page_of_one_seat_of_several_speaks_of_one(story: Story, workshop: Workshop) -> None:
    booking = book(workshop, *PEOPLE, ("", "nameless@example.org"))
    shown = {}
    for person in Registration.objects.filter(booking=booking):
        link = access.registration_link(person, access.SEAT_LINK)
        shown[person.position] = story.page(f"/s/{link}/")
    for page in shown.values():
        assert "<dd>3" not in page
        assert "<dt>Seats</dt>" not in page
    assert "<dd>Emil</dd>" in shown[2]
    assert "<dt>Seat</dt><dd>1</dd>" in shown[3]
    assert "<dt>Seats</dt><dd>3 · " in story.page(f"/b/{access.booking_link(booking)}/")


@pytest.mark.parametrize(("state", "values"), STATES)
def test_who_is_erased_waits_no_more_and_keeps_no_seat_for_others(
    story: Story, workshop: Workshop, state: BookingState, values: dict[str, Any]
) -> None:
    booking = _pair(workshop, state, values)
    lost_links.ask("dora@example.org", "en")
    own = f"/p/{access.person_link(Person.objects.get())}/"
    typed = {"typed": "dora@example.org"}
    assert story.client.post(f"{own}erase/", typed).status_code == 200
    booking.refresh_from_db()
    workshop.refresh_from_db()
    seated = state == BookingState.CONFIRMED
    assert booking.state == (BookingState.CONFIRMED if seated else BookingState.CANCELLED)
    assert workshop.seats_taken == (1 if seated else 0)
