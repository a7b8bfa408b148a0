"""Who holds a booking and wants its workshop waits for nobody who queues mails that name both.

PostgreSQL looks at the rows that a new mail names when its transaction commits (FOR KEY SHARE).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from donations.models import Donation
from donations.services import locking, settlement
from donations.states import Purpose
from events.models import Booking, Message, Registration, Workshop
from events.services import workshops
from events.services.mails import announcements, planner
from events.services.seating import confirmations, seat_changes
from fundraiser.core import clock
from tests.support.cast import make_campaign, make_workshop
from tests.support.mail_samples import book, pay
from tests.support.outbox import seat
from tests.support.threads import together

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]

PEOPLE = 9


@pytest.fixture
def shop() -> Workshop:
    """A workshop in an hour with seated people: their reminders are due."""
    shop = make_workshop(
        make_campaign(),
        capacity=None,
        starts_at=clock.now() + timedelta(hours=1),
        reminder_minutes=[60],
    )
    seat(shop, PEOPLE)
    return shop


@contextmanager
def _elsewhere(work: Callable[[threading.Event], None]) -> Iterator[Future[None]]:
    """Run ``work`` in a thread of its own, up to where it sets its event; join it at the end."""
    held = threading.Event()

    def run() -> None:
        try:
            work(held)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(run)
        assert held.wait(10)
        yield done


def _settling(shop: Workshop, *, no_key: bool) -> Callable[[threading.Event], None]:
    """Lock a booking, and a moment later its workshop, as settlement does."""
    booking = Booking.objects.order_by("pk")[PEOPLE // 2].pk

    def work(held: threading.Event) -> None:
        with transaction.atomic():
            Booking.objects.select_for_update(no_key=no_key).get(pk=booking)
            held.set()
            time.sleep(0.6)
            Workshop.objects.select_for_update(no_key=no_key).get(pk=shop.pk)

    return work


def _plan(_shop: Workshop) -> None:
    planner.plan.__wrapped__()  # type: ignore[attr-defined]  # without its second try


def _announce(shop: Workshop) -> None:
    author = User.objects.create_user("alice@example.org")
    draft = announcements.draft(
        workshop=shop, author=author, audience="everybody", subject="Hello", body="Bring paper."
    )
    announcements.send.__wrapped__(draft)  # type: ignore[attr-defined]


def _cancel(shop: Workshop) -> None:
    workshops.cancel(shop.pk)


@pytest.mark.parametrize("work", [_plan, _announce, _cancel])
def test_mails_for_everybody_and_a_settlement_do_not_wait_for_each_other(
    shop: Workshop, work: Callable[[Workshop], None]
) -> None:
    with _elsewhere(_settling(shop, no_key=True)) as settled:
        work(shop)
        settled.result(10)
    assert Message.objects.count() == PEOPLE


@pytest.mark.parametrize("work", [_plan, _announce])
def test_control_locks_on_keys_would_end_one_of_them(
    shop: Workshop, work: Callable[[Workshop], None]
) -> None:
    ended = []
    with _elsewhere(_settling(shop, no_key=False)) as settled:
        for wait in (lambda: work(shop), lambda: settled.result(10)):
            try:
                wait()
            except OperationalError as error:
                ended.append(str(error))
    assert len(ended) == 1
    assert "deadlock" in ended[0]


def test_every_lock_leaves_the_row_s_key_alone() -> None:
    root = Path(__file__).resolve().parents[2]
    locks = [
        (path.name, call)
        for app in ("events", "donations")
        for path in (root / app).rglob("*.py")
        for call in re.findall(r"select_for_update\(.*", path.read_text())
    ]
    assert len(locks) > 20
    keys = [name for name, call in locks if "no_key=True" not in call]
    # Where the money lands: whoever begins to give refers to the campaign, and has to wait there.
    assert keys == ["places.py"]


def _delete_somebody() -> None:
    def work() -> None:
        Registration.objects.filter(pk=Registration.objects.order_by("pk")[0].pk).delete()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)


def _with_a_seat_given_back_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody's row be deleted once between the planner's INSERT and its commit."""
    passed: list[str] = []

    def reached(name: str) -> None:
        if name == "planner:inserted" and not passed:
            passed.append(name)
            _delete_somebody()

    monkeypatch.setattr(planner, "reached", reached)


def test_a_person_who_is_gone_costs_the_others_no_reminder(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_a_seat_given_back_meanwhile(monkeypatch)
    assert planner.plan() == PEOPLE - 1
    assert Message.objects.filter(kind="reminder").count() == PEOPLE - 1


def test_control_without_the_second_try_all_is_lost(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_a_seat_given_back_meanwhile(monkeypatch)
    with pytest.raises(IntegrityError):
        _plan(shop)
    assert not Message.objects.exists()


def _two_attempts() -> tuple[int, int]:
    """Return two attempts at one booking: one that ended, and one that can be paid."""
    booking = book(make_workshop(make_campaign()), state="held", confirmed_at=None)
    ended, running = pay(booking), None
    Donation.objects.filter(pk=ended.pk).update(state="expired", charge_id=None, net_minor=0)
    running = pay(booking)
    Donation.objects.filter(pk=running.pk).update(state="open", net_minor=0)
    return ended.pk, running.pk


def _late_money(ended: int, running: int) -> Callable[[threading.Event], None]:
    """Settle money of the attempt that ended: the running one gives way (seating.claim_seat)."""

    def work(held: threading.Event) -> None:
        with transaction.atomic():
            settlement._locked(ended)
            held.set()
            time.sleep(0.6)
            Donation.objects.filter(pk=running).update(purpose=Purpose.GIFT)

    return work


def test_two_attempts_at_one_booking_are_settled_one_after_the_other() -> None:
    ended, running = _two_attempts()
    with _elsewhere(_late_money(ended, running)) as late:
        with transaction.atomic():
            assert settlement._locked(running).purpose == Purpose.GIFT
        late.result(10)


def test_control_each_locking_its_own_alone_would_end_one_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def alone(donation_id: int) -> Donation:
        return Donation.objects.select_for_update(no_key=True).get(pk=donation_id)

    monkeypatch.setattr(locking, "with_siblings", alone)
    ended, running = _two_attempts()
    failed = 0
    with _elsewhere(_late_money(ended, running)) as late:
        try:
            with transaction.atomic():
                settlement._locked(running)
        except OperationalError:
            failed += 1
        try:
            late.result(10)
        except OperationalError:
            failed += 1
    assert failed == 1


def _given_back_by_many(shop: Workshop) -> tuple[list[bool], Booking]:
    booking = book(shop, ("Dora", "dora@example.org"), ("Noor", "noor@example.org"), ("Eli", ""))
    noor = booking.registrations.get(position=2)
    done = together(4, lambda: seat_changes.give_one_back(noor))
    booking.refresh_from_db()
    return done, booking


def test_one_seat_given_back_by_many_clicks_is_one_seat() -> None:
    shop = make_workshop(make_campaign())
    done, booking = _given_back_by_many(shop)
    shop.refresh_from_db()
    assert done == [True] * 4
    assert (booking.seats, booking.registrations.count(), shop.seats_taken) == (2, 2, 2)
    assert Message.objects.filter(kind="seat_given_back").count() == 1


def test_control_counting_each_click_would_oversell(monkeypatch: pytest.MonkeyPatch) -> None:
    def counting(registration: Registration) -> bool:
        with transaction.atomic():
            Booking.objects.select_for_update(no_key=True).get(pk=registration.booking_id)
            Registration.objects.filter(pk=registration.pk).delete()
            Booking.objects.filter(pk=registration.booking_id).update(seats=F("seats") - 1)
        return True

    monkeypatch.setattr(seat_changes, "give_one_back", counting)
    monkeypatch.setattr(confirmations, "queue_taken_out", lambda _person: None)
    shop = make_workshop(make_campaign())
    with pytest.raises(IntegrityError):  # no booking without a seat: the CHECK behind it
        _given_back_by_many(shop)
