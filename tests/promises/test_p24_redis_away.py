"""Promise 24. Redis flushed at any moment, or down for 30 minutes: every reminder still goes out,
at most 60 s late after recovery."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings

from events.models import Message, Workshop
from events.services.mails import outbox, planner, sender
from fundraiser.celery import app
from fundraiser.core import clock as product_clock
from tests.support import proxy
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import seat, wrong
from tests.support.proxy import TcpProxy
from tests.support.site import RunningProcess, StartProcess, wait_for

PEOPLE = 40
#: Seconds that a reminder may be late once Redis is back.
LATE = 60

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def between() -> Iterator[TcpProxy]:
    """A proxy in front of Redis, through which the worker and the beat go."""
    with proxy.in_front_of(settings.REDIS_URL) as between:
        yield between


def start_both(start_process: StartProcess, between: TcpProxy) -> list[RunningProcess]:
    """Start the worker and the beat behind the proxy."""
    parts = urlsplit(settings.REDIS_URL)
    address = settings.REDIS_URL.replace(f":{parts.port}", f":{between.port}")
    running = [start_process(name, REDIS_URL=address) for name in ("worker", "beat")]
    wait_for(lambda: "ready" in running[0].output(), seconds=40, what="the worker's start")
    return running


def due_workshop(delay: timedelta) -> Workshop:
    """Return a workshop whose people are to be reminded in ``delay``."""
    starts_at = product_clock.now() + timedelta(minutes=60) + delay
    workshop = make_workshop(
        make_campaign(), starts_at=starts_at, capacity=None, reminder_minutes=[60]
    )
    seat(workshop, PEOPLE)
    return workshop


def all_sent() -> bool:
    return Message.objects.filter(state="sent").count() == PEOPLE


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "trouble", [pytest.param(proxy.RESET, marks=pytest.mark.slow), proxy.BLACK_HOLE]
)
def test_reminders_that_fell_due_without_redis_go_out_within_a_minute_of_its_return(
    *, trouble: str, smtp_sink: SmtpSink, start_process: StartProcess, between: TcpProxy
) -> None:
    start_both(start_process, between)
    between.become(trouble)
    workshop = due_workshop(timedelta(seconds=5))
    time.sleep(25)  # shorter than 30 minutes; the long version runs on the test's clock below
    between.become(proxy.RESET)
    assert smtp_sink.messages == []
    between.become(proxy.PASS)
    back_at = time.monotonic()
    wait_for(all_sent, seconds=LATE, what="every reminder")
    assert time.monotonic() - back_at <= LATE
    assert wrong(smtp_sink, set(workshop.bookings.values_list("email", flat=True))) == []


@pytest.mark.timeout(240)
def test_flushed_while_they_are_sent_loses_nothing(
    smtp_sink: SmtpSink, start_process: StartProcess, between: TcpProxy
) -> None:
    start_both(start_process, between)
    workshop = due_workshop(timedelta(seconds=1))
    ends = time.monotonic() + LATE + 10
    while not all_sent() and time.monotonic() < ends:
        redis.Redis.from_url(settings.REDIS_URL).flushdb()
        time.sleep(0.5)
    assert wrong(smtp_sink, set(workshop.bookings.values_list("email", flat=True))) == []


def test_thirty_minutes_without_a_wake_up_or_a_tick(smtp_sink: SmtpSink, clock: Clock) -> None:
    """With Redis away nothing runs at all; the first tick after it does everything."""
    workshop = make_workshop(make_campaign(), capacity=None, reminder_minutes=[60, 45])
    planner.plan()
    seat(workshop, PEOPLE)
    clock.set(workshop.starts_at - timedelta(minutes=62))
    planner.plan()
    clock.advance(minutes=30)
    planner.plan()
    sender.send_due()
    assert len(smtp_sink.messages) == 2 * PEOPLE


def test_without_redis_a_mail_is_queued_at_once_and_drain_sends_it(
    smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop = due_workshop(timedelta())

    def gone(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(app, "send_task", gone)
    began = time.monotonic()
    booking = workshop.bookings.first()
    assert booking is not None
    outbox.queue(key="confirmation:1", kind="confirmation", booking=booking)
    assert time.monotonic() - began < 1
    sender.send_due()
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize("flushed", [True, False])
def test_control_a_sender_that_only_listens_to_redis_loses_them(
    *, flushed: bool, smtp_sink: SmtpSink, start_process: StartProcess
) -> None:
    """A worker without a beat is woken by Redis alone: what was flushed is never sent.

    The worker starts after the flush, so that it cannot have taken the wake-up before it.
    """
    workshop = due_workshop(timedelta(seconds=-5))
    planner.plan()
    if flushed:
        redis.Redis.from_url(settings.REDIS_URL).flushdb()
    worker = start_process("worker")
    wait_for(lambda: "ready" in worker.output(), seconds=40, what="the worker's start")
    if flushed:
        time.sleep(6)
    else:
        wait_for(all_sent, seconds=LATE, what="every reminder")
    lost = wrong(smtp_sink, set(workshop.bookings.values_list("email", flat=True)))
    assert (f"{PEOPLE} lost" in lost) is flushed
