"""Promise 25. Beat dead, or running three times: nothing lost, nothing doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from events import tasks
from events.models import Message, Workshop
from events.services.mails import claims, planner, sender
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import seat, wrong
from tests.support.site import StartProcess, wait_for
from tests.support.threads import together

PEOPLE = 60
OFFSETS = [24 * 60, 60, 10]

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def workshop(transactional_db: None, clock: Clock) -> Workshop:
    """In two weeks; planned for so far."""
    workshop = make_workshop(make_campaign(), capacity=None, reminder_minutes=OFFSETS)
    planner.plan()
    return workshop


def addresses(workshop: Workshop) -> set[str]:
    return set(workshop.bookings.values_list("email", flat=True))


def test_the_schedule_has_all_tasks_and_they_exist() -> None:
    ours = {one.name for one in (tasks.plan_messages, tasks.send_due_messages, tasks.send_webhooks)}
    assert ours == {name for name in settings.CELERY_BEAT_SCHEDULE if name.startswith("events.")}
    assert settings.CELERY_BEAT_SCHEDULE["events.plan_messages"]["schedule"] <= 60


def test_three_beats_tick_everything_three_times_at_once(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    seat(workshop, PEOPLE)
    for minutes in OFFSETS:
        smtp_sink.clear()
        clock.set(workshop.starts_at - timedelta(minutes=minutes))
        planned = together(3, tasks.plan_messages)
        assert sum(planned) == PEOPLE
        sent = together(3, tasks.send_due_messages)
        assert sum(sent) == PEOPLE
        assert wrong(smtp_sink, addresses(workshop)) == []
    assert Message.objects.count() == PEOPLE * len(OFFSETS)


def test_beat_dead_for_fifty_minutes_and_then_everything_goes_out_once(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    seat(workshop, PEOPLE)
    clock.set(workshop.starts_at - timedelta(minutes=60) + timedelta(minutes=50))
    together(3, tasks.plan_messages)
    together(3, tasks.send_due_messages)
    # The day before's is far too late: it is there, and held for the operator.
    by_state = {
        (one["ids__minutes"], one["state"])
        for one in Message.objects.values("ids__minutes", "state").distinct()
    }
    assert by_state == {(24 * 60, "held"), (60, "sent"), (10, "sent")}
    assert len(smtp_sink.messages) == 2 * PEOPLE


def test_who_registered_while_beat_was_dead_is_reminded_too(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    seat(workshop, PEOPLE, confirmed_at=workshop.starts_at - timedelta(minutes=70))
    clock.set(workshop.starts_at - timedelta(minutes=30))
    planner.plan()
    sender.send_due()
    assert wrong(smtp_sink, addresses(workshop)) == []


def test_drain_beside_a_worker_and_three_beats_doubles_nothing(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, start_process: StartProcess
) -> None:
    """The real processes: a worker, three beats, and ``drain`` beside them."""
    seat(workshop, PEOPLE)
    Workshop.objects.update(starts_at=clock.now() + timedelta(minutes=59))
    worker, *_ = [start_process(name) for name in ("worker", "beat", "beat", "beat")]
    wait_for(lambda: "ready" in worker.output(), seconds=40, what="the worker's start")
    together(2, lambda: call_command("drain", once=True))
    wait_for(
        lambda: Message.objects.filter(state="sent", ids__minutes=60).count() == PEOPLE,
        seconds=60,
        what="every reminder",
    )
    assert len(smtp_sink.messages) == PEOPLE
    # Each was claimed once, whoever did it.
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_control_without_the_keys_three_planners_double(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat(workshop, 2)
    Workshop.objects.update(reminder_minutes=[10])
    clock.set(workshop.starts_at - timedelta(minutes=10))
    loose = planner._REMINDERS.replace(
        "|| workshop.schedule_version,\n        'reminder'",
        "|| workshop.schedule_version || gen_random_uuid(),\n        'reminder'",
    )
    assert loose != planner._REMINDERS
    monkeypatch.setattr(planner, "_REMINDERS", loose)
    for _ in range(3):
        planner.plan()
    sender.send_due()
    assert "4 doubled" in wrong(smtp_sink, addresses(workshop))


def test_control_without_the_lock_three_senders_double(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat(workshop, 20)
    Workshop.objects.update(reminder_minutes=[10])
    clock.set(workshop.starts_at - timedelta(minutes=10))
    planner.plan()

    def careless(limit: int) -> list[Message]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        found = list(Message.objects.filter(state="queued", due_at__lte=clock.now())[:limit])
        for one in found:
            one.lease_until = clock.now() + claims.LEASE
        claims.load(found)
        return found

    monkeypatch.setattr(claims, "take", careless)
    monkeypatch.setattr(
        claims, "mark_sent", lambda one: claims.finish(one, "sent", sent_at=one.due_at)
    )
    together(3, tasks.send_due_messages)
    assert any("doubled" in text for text in wrong(smtp_sink, addresses(workshop)))
