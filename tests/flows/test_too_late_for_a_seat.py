"""Who comes too late for the last seat is told so before anything is locked, or written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donations.gateway.stripe import for_visitors
from events.models import Workshop
from events.services import access
from events.services.seating import seats
from tests.support.cast import make_campaign, make_gift, make_workshop, start
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db

_LOCKS = ("UPDATE", "INSERT", "pg_advisory", "FOR NO KEY")


@pytest.fixture
def full(sandbox: SandboxControl) -> Workshop:
    """A workshop whose only seat is held by somebody else's open payment."""
    workshop = make_workshop(make_campaign(), capacity=1)
    start(workshop, make_gift(), for_visitors())
    return access.workshop_for_visitor(workshop.campaign.slug, workshop.slug)


def _locking(workshop: Workshop) -> list[str]:
    """Return the statements that lock or write while a newcomer is refused."""
    with CaptureQueriesContext(connection) as asked, pytest.raises(seats.FullError):
        start(workshop, make_gift(), for_visitors())
    return [one["sql"] for one in asked if any(word in one["sql"] for word in _LOCKS)]


def test_a_newcomer_is_refused_before_anything_is_locked(full: Workshop) -> None:
    assert _locking(full) == []


def test_control_without_it_the_database_refuses_and_locks(
    full: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "refuse_full", lambda _workshop: None)
    assert len(_locking(full)) >= 2


def test_who_holds_the_last_seat_goes_on_with_it(sandbox: SandboxControl) -> None:
    workshop = make_workshop(make_campaign(), capacity=1)
    gift = make_gift()
    first = start(workshop, gift, for_visitors())
    read = access.workshop_for_visitor(workshop.campaign.slug, workshop.slug)
    assert read.seats_left == 0
    assert start(read, gift, for_visitors()).pk == first.pk
    other = make_gift(3000, visit=gift.visit, name=gift.payer.name, email=gift.payer.email)
    changed = start(read, other, for_visitors())
    assert (changed.amount_minor, changed.booking_id) == (3000, first.booking_id)
