"""A workshop moved or cancelled, by the services and by hand in Django's admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.forms import SplitDateTimeField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from events.models import Booking, Message, Registration, Workshop
from events.services import workshops
from events.states import BookingState
from fundraiser.core import clock
from tests.support.cast import make_campaign
from tests.support.mail_samples import book, sample_workshop
from tests.support.outbox import seat

_START = datetime(2031, 3, 24, 18, 0, tzinfo=UTC)


@pytest.fixture
def workshop(db: None) -> Workshop:
    made = sample_workshop(raised_minor=0, starts_at=_START)
    book(made)
    return made


def _queued() -> list[str]:
    return sorted(Message.objects.values_list("kind", flat=True))


def _move(workshop: Workshop, **values: Any) -> Workshop:
    wanted = {"starts_at": _START, "time_zone": "Europe/Paris", "duration_minutes": 120}
    return workshops.reschedule(workshop.pk, **{**wanted, **values})


def test_the_same_time_again_is_no_change(workshop: Workshop) -> None:
    content = workshop.campaign.content_version
    assert _move(workshop).schedule_version == 0
    workshop.campaign.refresh_from_db()
    assert workshop.campaign.content_version == content
    assert _queued() == []


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": _START + timedelta(days=1)},
        {"time_zone": "Europe/London"},
        {"duration_minutes": 90},
    ],
)
def test_each_part_of_the_schedule_is_a_change(workshop: Workshop, change: dict[str, Any]) -> None:
    for _ in range(2):
        moved = _move(workshop, **change)
    assert moved.schedule_version == 1
    (message,) = Message.objects.all()
    assert message.key == f"changed:{message.registration_id}:1"
    assert message.schedule_version == 1
    workshop.campaign.refresh_from_db()
    assert workshop.campaign.content_version == 2


def test_who_speaks_hears_of_it_too(workshop: Workshop) -> None:
    host = workshop.hosts.create(name="Ann", email="ann@example.org")
    for days in (1, 1, 2):
        _move(workshop, starts_at=_START + timedelta(days=days))
    workshops.cancel(workshop.pk)
    workshops.cancel(workshop.pk)
    keys = Message.objects.filter(kind__startswith="host_").order_by("pk")
    assert list(keys.values_list("key", flat=True)) == [
        f"host_changed:{host.pk}:1",
        f"host_changed:{host.pk}:2",
        f"host_cancelled:{host.pk}:3",
    ]


def test_nobody_hears_of_a_time_that_is_past_or_of_a_draft(workshop: Workshop) -> None:
    _move(workshop, starts_at=clock.now() - timedelta(days=2))
    Workshop.objects.filter(pk=workshop.pk).update(state="draft")
    _move(workshop)
    assert _queued() == []


def test_a_move_that_cannot_be_changes_nothing(workshop: Workshop) -> None:
    with pytest.raises(workshops.ZoneError):
        _move(workshop, time_zone="Nowhere/Town")
    workshops.cancel(workshop.pk)
    with pytest.raises(workshops.CancelledError):
        _move(workshop, duration_minutes=90)
    workshop.refresh_from_db()
    assert (workshop.duration_minutes, workshop.time_zone) == (120, "Europe/Paris")
    assert _queued() == ["cancelled"]


def test_cancelling_ends_the_line_and_keeps_the_seats(workshop: Workshop) -> None:
    waits = book(workshop, state=BookingState.WAITING, confirmed_at=None)
    offer = {"offered_at": clock.now(), "hold_expires_at": clock.now() + timedelta(hours=1)}
    kept = book(workshop, state=BookingState.HELD, confirmed_at=None, **offer)
    pays = book(workshop, state=BookingState.HELD, confirmed_at=None)
    for note in ("Ann is ill.", "another"):
        ended = workshops.cancel(workshop.pk, note=note)
    assert (ended.state, ended.cancel_note) == ("cancelled", "Ann is ill.")
    assert ended.cancelled_at is not None
    assert ended.seats_taken == 2  # the confirmed one, and who is paying
    for one, state in ((waits, "expired"), (kept, "expired"), (pays, "held")):
        one.refresh_from_db()
        assert one.state == state
    assert _queued() == ["cancelled"] * 3


@pytest.fixture
def admin_client(client: Client, django_user_model: type[User]) -> Client:
    client.force_login(django_user_model.objects.create_superuser("root"))
    return client


def _form(client: Client, workshop: Workshop) -> tuple[str, dict[str, Any]]:
    """Return the address of a workshop's form in the admin, and what it would post."""
    path = f"/admin/events/workshop/{workshop.pk}/change/"
    form = client.get(path).context["adminform"].form
    posted: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, SplitDateTimeField):
            parts = [f"{value:%Y-%m-%d}", f"{value:%H:%M:%S}"] if value else ["", ""]
            posted |= {f"{bound.name}_{n}": part for n, part in enumerate(parts)}
        elif value is not None and value is not False:
            posted[bound.name] = value
    return path, posted


def test_the_admin_saves_without_a_word_where_the_time_stays(
    admin_client: Client, workshop: Workshop
) -> None:
    path, posted = _form(admin_client, workshop)
    answer = admin_client.post(path, {**posted, "title": "Another title"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    workshop.refresh_from_db()
    assert (workshop.title, workshop.schedule_version) == ("Another title", 0)
    assert _queued() == []


def test_a_time_changed_in_the_admin_is_told(
    admin_client: Client,
    workshop: Workshop,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    path, posted = _form(admin_client, workshop)
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(path, {**posted, "starts_at_0": "2031-03-25", "title": "New"})
    assert answer.status_code == 302
    workshop.refresh_from_db()
    assert workshop.starts_at == _START + timedelta(days=1)
    assert (workshop.title, workshop.schedule_version) == ("New", 1)
    assert _queued() == ["changed"]


def test_the_admin_refuses_what_is_no_zone(admin_client: Client, workshop: Workshop) -> None:
    path, posted = _form(admin_client, workshop)
    answer = admin_client.post(path, {**posted, "time_zone": "Nowhere/Town"})
    assert "time_zone" in answer.context["adminform"].form.errors
    assert _queued() == []


def test_nobody_cancels_by_choosing_a_state_or_moves_bookings_to_another_charity(
    admin_client: Client, workshop: Workshop
) -> None:
    path, posted = _form(admin_client, workshop)
    assert "campaign" not in posted
    other = make_campaign()
    admin_client.post(path, {**posted, "campaign": str(other.pk)})
    answer = admin_client.post(path, {**posted, "state": "cancelled"})
    assert "state" in answer.context["adminform"].form.errors
    workshop.refresh_from_db()
    assert workshop.state == "published"
    assert workshop.campaign_id != other.pk
    assert _queued() == []


def test_the_admin_cancels_after_asking_what_to_say(
    admin_client: Client, workshop: Workshop
) -> None:
    chosen = {"action": "cancel", "_selected_action": [str(workshop.pk)]}
    asked = admin_client.post("/admin/events/workshop/", chosen)
    assert "How to open a web shop" in asked.content.decode()
    workshop.refresh_from_db()
    assert workshop.state == "published"
    said = {**chosen, "confirmed": "yes", "note": "Ann is ill."}
    for _ in range(2):
        assert admin_client.post("/admin/events/workshop/", said).status_code == 302
    workshop.refresh_from_db()
    assert (workshop.state, workshop.cancel_note) == ("cancelled", "Ann is ill.")
    assert _queued() == ["cancelled"]
    path, posted = _form(admin_client, workshop)
    assert not {"state", "starts_at_0", "time_zone"} & set(posted)
    revived = {**posted, "state": "published", "starts_at_0": "2031-03-25", "title": "Late"}
    assert admin_client.post(path, revived).status_code == 302
    workshop.refresh_from_db()
    assert (workshop.state, workshop.title) == ("cancelled", "Late")
    assert workshop.starts_at == _START


def _payers_who_handed_over(workshop: Workshop, count: int) -> None:
    for person in seat(workshop, count):
        Registration.objects.filter(pk=person.pk).update(name="Noor", email="noor@example.org")


def test_payers_without_their_seat_are_told_in_one_go_and_erased_ones_not(
    workshop: Workshop,
) -> None:
    _payers_who_handed_over(workshop, 5)
    erased = Booking.objects.latest("pk")
    Booking.objects.filter(pk=erased.pk).update(email="", name="")
    with CaptureQueriesContext(connection) as queries:
        workshops.cancel(workshop.pk)
    inserts = [one for one in queries if 'INSERT INTO "events_message"' in one["sql"]]
    assert len(inserts) == 2, "one for the people, one for the payers"
    told = Message.objects.filter(key__startswith="cancelled:booking:")
    assert told.count() == 4
    assert not told.filter(booking=erased).exists()
