"""A workshop is cancelled at the moment when somebody's seat is being settled: both get through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from events.models import Booking, Message, Workshop
from events.services import workshops
from tests.support.mail_samples import book, sample_workshop

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def settling(booking: Booking, has_booking: threading.Event, go_on: threading.Event) -> str:
    """Lock booking, then workshop, as settlement does; return how that ended."""
    try:
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=booking.pk)
            has_booking.set()
            go_on.wait(1)
            Workshop.objects.select_for_update().get(pk=booking.workshop_id)
    except OperationalError:
        return "deadlock"
    else:
        return "done"
    finally:
        connection.close()


def cancelling(workshop: Workshop, has_booking: threading.Event, go_on: threading.Event) -> str:
    """Cancel the workshop as soon as the other one has the booking; return how that ended."""
    try:
        has_booking.wait(10)
        threading.Timer(0.5, go_on.set).start()
        workshops.cancel(workshop.pk)
    except OperationalError:
        return "deadlock"
    else:
        return "done"
    finally:
        connection.close()


def _race() -> set[str]:
    workshop = sample_workshop(raised_minor=0)
    booking = book(workshop)
    events = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        runs: list[tuple[Callable[..., str], object]] = [
            (settling, booking),
            (cancelling, workshop),
        ]
        return {one.result() for one in [pool.submit(work, row, *events) for work, row in runs]}


def test_settling_a_seat_and_cancelling_its_workshop_wait_for_each_other() -> None:
    assert _race() == {"done"}
    assert Message.objects.filter(kind="cancelled").count() == 1
    assert Workshop.objects.get().state == "cancelled"


def test_control_with_the_workshop_locked_first_they_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def workshop_first(workshop_id: int, change: Callable[..., None]) -> Workshop:
        with transaction.atomic():
            workshop = workshops._locked(workshop_id)
            change(workshop, list(workshops._people(workshop)))
            return workshop

    monkeypatch.setattr(workshops, "_with_everybody", workshop_first)
    assert "deadlock" in _race()
