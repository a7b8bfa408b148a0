"""People move to another date of their campaign: nobody twice, and only where seats are left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from donations.models import Cancellation, CancellationChoice, Donation
from donations.services import cancellations, invariants, moving
from events.models import Booking, Message, Registration, Workshop
from events.services import access
from events.services.mails import planner
from events.services.seating import moving as bookings_moving
from events.services.seating.seats import FullError
from tests.flows.test_cancelled_choices import cancel, choose, full, of, organizer, refunds, run
from tests.promises.test_p12_line import in_threads, waits
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.outbox import seat
from tests.support.story import Story, body


def post(user: User, booking: Booking, target: Workshop) -> int:
    status: int = post_page(user, booking, target).status_code
    return status


def post_page(user: User, booking: Booking, target: Workshop) -> Any:
    person = booking.registrations.get(position=1)
    path = f"/organize/workshops/{booking.workshop.public_id}/people/{person.public_id}/move/"
    return organizer(user).post(path, {"date": str(target.public_id)})


def told_of_the_new_date(story: Story) -> None:
    """Both got one mail with the new date, and two calendar files: one adds, one takes out."""
    mails = {str(mail["To"]): mail for mail in story.mails()}
    assert set(mails) == {"dora@example.org", "eli@example.org"}
    for mail in mails.values():
        assert "new date" in mail["Subject"]
        assert "Later" in body(mail)
        files = [one for one in mail.iter_attachments() if "calendar" in one.get_content_type()]
        methods = [one.get_param("method") for one in files]
        assert methods == ["REQUEST", "CANCEL"]


def test_a_group_moves_with_its_money_links_and_calendars(
    story: Story, workshop: Workshop, alice: User, clock: Clock
) -> None:
    target = make_workshop(
        workshop.campaign, title="Later", capacity=3, starts_at=clock.now() + timedelta(hours=26)
    )
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=clock.now() + timedelta(hours=25))
    typed = {"seats": 2, "person_2_name": "Eli", "person_2_email": "eli@example.org"}
    donation = story.give(workshop, email="dora@example.org", **typed)
    booking = Booking.objects.get()
    clock.advance(hours=1, seconds=30)
    planner.plan()
    assert Message.objects.filter(kind="reminder", workshop=workshop).exists()
    story.mails()
    page = organizer(alice).get(f"/organize/workshops/{workshop.public_id}/").content.decode()
    assert "/move/" in page

    assert post(alice, booking, target) == 302
    assert post(alice, booking, target) == 302, "a double click"
    booking.refresh_from_db()
    donation.refresh_from_db()
    moved = Booking.objects.get(moved_from=booking)
    assert (booking.state, moved.state, moved.seats) == ("cancelled", "confirmed", 2)
    assert (donation.booking, donation.workshop, donation.net_minor) == (moved, target, 2000)
    workshop.refresh_from_db()
    target.refresh_from_db()
    assert (workshop.seats_taken, target.seats_taken) == (0, 2)

    told_of_the_new_date(story)
    clock.advance(hours=1)
    planner.plan()
    assert Message.objects.filter(kind="reminder", workshop=target).count() == 2, "a day before"
    clock.advance(hours=22, minutes=55)
    planner.plan()
    reminded = [mail for mail in story.mails() if mail["To"] == "dora@example.org"]
    assert not Message.objects.filter(
        kind="reminder", workshop=workshop, due_at__gt=moved.created_at
    )
    assert all("Later" in body(mail) for mail in reminded)
    assert "another date" in story.page(f"/b/{access.booking_link(booking)}/")


def test_no_seat_is_had_where_there_is_none(
    workshop: Workshop, alice: User, bob: User, charlie: User
) -> None:
    (person, *_rest) = seat(workshop, 2, email="dora@example.org")
    booking = person.booking
    full = make_workshop(workshop.campaign, capacity=0)
    foreign = make_workshop(make_campaign())
    past = make_workshop(workshop.campaign, starts_at=workshop.starts_at - timedelta(days=30))
    twin = make_workshop(workshop.campaign)
    line = make_workshop(workshop.campaign, capacity=0)
    waits(line, "wanda")
    Workshop.objects.filter(pk=line.pk).update(capacity=5)
    seat(twin, 1, email="DORA@example.org")
    for target in (full, foreign, past, line, twin):
        assert post(alice, booking, target) == 422
    with pytest.raises(FullError):
        moving.move(booking.pk, full.pk)
    with pytest.raises(FullError):
        moving.move(booking.pk, line.pk)
    for target in (foreign, past, twin):
        with pytest.raises(bookings_moving.CannotMoveError):
            moving.move(booking.pk, target.pk)
    assert post(bob, booking, full) == 403
    assert post(charlie, booking, full) == 404
    assert Booking.objects.filter(moved_from__isnull=False).count() == 0
    assert list(invariants.broken()) == []


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_many_who_move_at_once_and_both_ways_never_take_more_than_there_is() -> None:
    campaign = make_campaign()
    first, second = (make_workshop(campaign, capacity=6) for _ in range(2))
    there, here = seat(first, 6), seat(second, 3)
    calls = [
        lambda pk=one.booking_id: moving.move(pk, second.pk) for one in there for _ in range(2)
    ]
    calls += [lambda pk=one.booking_id: moving.move(pk, first.pk) for one in here]
    errors = in_threads(calls)
    assert [one for one in errors if "CannotMove" not in one] == [], "no deadlock"
    for one in (first, second):
        one.refresh_from_db()
        assert one.seats_taken <= 6
    assert first.seats_taken + second.seats_taken == 9
    assert Registration.objects.filter(booking__state="confirmed").count() == 9
    assert list(invariants.broken()) == []


@pytest.mark.django_db
def test_control_a_move_that_counts_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign()
    first, second = (make_workshop(campaign, capacity=1) for _ in range(2))
    (person,) = seat(first, 1)
    monkeypatch.setattr(bookings_moving.seats, "take", lambda *_: True)
    moving.move(person.booking_id, second.pk)
    assert any("seats taken" in one.promise for one in invariants.broken())


@pytest.mark.parametrize("runs", [0, 1])
def test_who_chose_the_money_back_is_not_moved(
    story: Story, workshop: Workshop, alice: User, runs: int
) -> None:
    target = make_workshop(workshop.campaign)
    full(story, workshop, "rita")
    cancel(alice, workshop)
    choose(story, "rita", "refund")
    for _ in range(runs):
        run()
    answer = post_page(alice, of("rita"), target)
    assert answer.status_code == 422
    assert "chose to have their money back" in answer.content.decode()
    run()
    assert refunds() == {"rita": [2000]}
    assert of("rita").state == "confirmed"
    target.refresh_from_db()
    assert target.seats_taken == 0


@pytest.mark.parametrize("chosen", ["", "keep"])
def test_an_organizers_move_ends_an_open_choice(
    story: Story, workshop: Workshop, alice: User, clock: Clock, chosen: str
) -> None:
    target = make_workshop(workshop.campaign, starts_at=clock.now() + timedelta(days=40))
    full(story, workshop, "nora")
    cancel(alice, workshop)
    if chosen:
        choose(story, "nora", chosen)
    assert post(alice, of("nora"), target) == 302
    choice = CancellationChoice.objects.get()
    moved = Booking.objects.get(workshop=target)
    assert (choice.choice, choice.moved_to, choice.done_at is not None) == ("move", moved, True)
    choose(story, "nora", "refund")
    clock.advance(days=16)
    run()
    assert refunds() == {}
    assert Donation.objects.get().booking == moved
    assert cancellations.progress(Cancellation.objects.get()).moved == 1
