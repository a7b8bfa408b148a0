"""Promise 10. Never more than ``capacity`` seats under 500 concurrent buyers (capacity 1, 50, 499):
exactly min(500, capacity) win, no deadlock."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from donations.models import Donation
from donations.services import invariants
from events.models import Booking, Registration, Workshop
from events.services.seating import seats
from events.states import SEAT_HOLDING
from fundraiser.core import clock
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.race import Answer, Call, at_once, form

BUYERS = 500
#: A page of an organizer's own says why; a bare error page would not have these words.
FULL = "The last seat has just gone"


def problems(workshop: Workshop, *, buyers: int) -> list[str]:
    """Return what contradicts "exactly min(buyers, capacity) seats are held"."""
    workshop.refresh_from_db()
    assert workshop.capacity is not None
    wanted = min(buyers, workshop.capacity)
    bookings = Booking.objects.filter(workshop=workshop, state__in=SEAT_HOLDING)
    found = {
        "seats of bookings": bookings.aggregate(Sum("seats"))["seats__sum"] or 0,
        "registrations": Registration.objects.filter(booking__in=bookings).count(),
        "seats_taken": workshop.seats_taken,
    }
    wrong = [f"{name}: {count} instead of {wanted}" for name, count in found.items()]
    broken = [str(one) for one in invariants.broken()]
    return [text for text, count in zip(wrong, found.values(), strict=True) if count != wanted] + (
        broken
    )


def _buyers(workshop: Workshop) -> list[Call]:
    path = f"/c/{workshop.campaign.slug}/{workshop.slug}/"
    return [
        form(path, give_form(name=f"Buyer {number}", email=f"buyer{number}@example.org"))
        for number in range(BUYERS)
    ]


def _again_until_answered(site: str, calls: list[Call], answers: list[Answer]) -> list[Answer]:
    """Send the forms of those again who were told that Stripe did not answer, as the page says."""
    for _ in range(10):
        unanswered = [number for number, one in enumerate(answers) if one.status == 503]
        if not unanswered:
            break
        again = at_once(site, [calls[number] for number in unanswered], parallel=4)
        for number, answer in zip(unanswered, again, strict=False):
            answers[number] = answer
    return answers


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("capacity", [1, 50, 499])
def test_of_500_buyers_at_once_exactly_as_many_win_as_there_are_seats(
    capacity: int, sandbox: object, start_web: object
) -> None:
    workshop = make_workshop(make_campaign(), capacity=capacity)
    web = start_web()
    calls = _buyers(workshop)

    first = at_once(web.url, calls)

    assert {one.status for one in first} <= {302, 409, 503}, web.output()[-2000:]
    # Whoever was told that Stripe did not answer has a seat already: nobody else may get it.
    assert sum(one.status in {302, 503} for one in first) == capacity
    assert problems(workshop, buyers=BUYERS) == []
    answers = _again_until_answered(web.url, calls, list(first))
    assert Counter(one.status for one in answers) == {302: capacity, 409: BUYERS - capacity}
    assert problems(workshop, buyers=BUYERS) == []
    pages = {one.headers["location"] for one in answers if one.status == 302}
    assert len(pages) == capacity
    assert all(page.startswith(f"{settings.STRIPE_API_BASE}/pay/cs_test_") for page in pages)
    assert all(FULL in one.text for one in answers if one.status == 409)
    assert Donation.objects.filter(state="open", session_id__isnull=False).count() == capacity
    assert "deadlock" not in web.output()
    assert "Traceback" not in web.output()


def _hold_in_threads(workshop: Workshop, buyers: int) -> None:
    end = clock.now() + timedelta(hours=1)

    def buy(number: int) -> None:
        payer = seats.Payer(f"Buyer {number}", f"buyer{number}@example.org", "en")
        try:
            with transaction.atomic():
                seats.hold(workshop=workshop, payer=payer, nonce=uuid.uuid4(), hold_expires_at=end)
        except (seats.FullError, IntegrityError):
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(buyers) as pool:
        list(pool.map(buy, range(buyers)))


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_control_reading_before_writing_oversells_and_the_check_says_so(
    monkeypatch: pytest.MonkeyPatch, broken_on_purpose: None
) -> None:
    buyers = 8
    everybody_has_read = threading.Barrier(buyers)

    def weakened(workshop_id: int, wanted: int) -> bool:
        row = Workshop.objects.get(pk=workshop_id)
        assert row.capacity is not None
        everybody_has_read.wait(20)
        if row.seats_taken + wanted > row.capacity:
            return False
        Workshop.objects.filter(pk=workshop_id).update(seats_taken=row.seats_taken + wanted)
        return True

    workshop = make_workshop(make_campaign(), capacity=3)
    monkeypatch.setattr(seats, "take", weakened)
    _hold_in_threads(workshop, buyers)
    found = problems(workshop, buyers=buyers)
    assert "seats of bookings: 8 instead of 3" in found
    assert any("seats taken equal the registrations" in one for one in found)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_the_same_threads_with_the_real_take_are_all_right() -> None:
    workshop = make_workshop(make_campaign(), capacity=3)
    _hold_in_threads(workshop, 8)
    assert problems(workshop, buyers=8) == []


@pytest.mark.django_db
def test_the_database_itself_refuses_one_seat_too_many(workshop: Workshop) -> None:
    rows = Workshop.objects.filter(pk=workshop.pk)
    refused = pytest.raises(IntegrityError, match="workshop_seats_within_capacity")
    with refused, transaction.atomic():
        rows.update(seats_taken=11)
    assert rows.get().seats_taken == 0
