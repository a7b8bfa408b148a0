"""Promise 29. SMTP down 6 hours, 421, 5xx, or hanging after DATA: back-off, an end to retries, no
head-of-line blocking."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings as configured
from pytest_django.fixtures import Settings

from events.models import Message, Registration, Workshop
from events.services.mails import mail_server, sender
from tests.support import proxy, smtp_trouble
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import queue_reminders, seat, wrong
from tests.support.smtp_trouble import TroubledServer

PEOPLE = 4


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    return make_workshop(make_campaign(), capacity=None)


@pytest.fixture
def server(settings: Settings) -> Iterator[TroubledServer]:
    """A mail server of its own, which the product sends to."""
    with smtp_trouble.troubled() as (server, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield server


def queued(workshop: Workshop, count: int = PEOPLE, kind: str = "confirmation") -> list[Message]:
    """Put confirmations into the outbox: they always go out, however late."""
    return [
        Message.objects.create(
            key=f"{kind}:{one.booking_id}",
            kind=kind,
            booking=one.booking,
            registration=one,
            workshop=workshop,
            due_at=workshop.starts_at - timedelta(days=10) + timedelta(seconds=position),
        )
        for position, one in enumerate(seat(workshop, count))
    ]


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Message.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


@pytest.fixture
def at_last(workshop: Workshop, clock: Clock) -> list[Message]:
    """Four confirmations that are due."""
    clock.set(workshop.starts_at - timedelta(days=9))
    return queued(workshop)


def rounds(clock: Clock, until: datetime, step: timedelta) -> int:
    """Let the sender have its rounds until a moment; return how many."""
    count = 0
    while clock.now() < until:
        sender.send_due()
        clock.advance(step)
        count += 1
    return count


@pytest.mark.parametrize("trouble", ["refused", proxy.RESET, "421 at the greeting", "421 at DATA"])
def test_six_hours_without_a_server_lose_nothing_and_burn_nothing(
    *,
    trouble: str,
    at_last: list[Message],
    smtp_sink: SmtpSink,
    clock: Clock,
    settings: Settings,
) -> None:
    good_port = configured.EMAIL_PORT
    ends = clock.now() + timedelta(hours=6)
    step = timedelta(minutes=5)
    with (
        proxy.in_front_of(f"smtp://127.0.0.1:{good_port}") as between,
        smtp_trouble.troubled() as (bad, bad_port),
    ):
        bad.greeting = "421 too busy"
        between.become(proxy.RESET)
        ports = {"refused": 1, proxy.RESET: between.port, "421 at the greeting": bad_port}
        settings.EMAIL_PORT = ports.get(trouble, good_port)
        smtp_sink.refuse_with = "421 closing" if trouble == "421 at DATA" else ""
        rounds(clock, ends, step)
        assert states() == {"queued": PEOPLE}
        attempts = list(Message.objects.values_list("attempts", flat=True))
        # Where the server never heard of a mail, no attempt counts.
        assert max(attempts) == 0 or trouble == "421 at DATA"
        settings.EMAIL_PORT, smtp_sink.refuse_with = good_port, ""
        rounds(clock, ends + timedelta(hours=1, minutes=1), step)
    wanted = {one.booking.email for one in at_last if one.booking}
    assert wrong(smtp_sink, wanted) == []


def test_all_senders_rest_while_the_server_is_down(
    at_last: list[Message], smtp_sink: SmtpSink, clock: Clock, settings: Settings
) -> None:
    with smtp_trouble.troubled() as (bad, port):
        bad.greeting = "421 too busy"
        settings.EMAIL_PORT = port
        for _ in range(20):  # as many wake-ups as mails were queued meanwhile
            sender.send_due()
        assert bad.connections == 1
        clock.advance(sender.REST)
        sender.send_due()
        assert bad.connections == 2


@pytest.mark.parametrize("answer", ["550 no such user", "553 not allowed"])
def test_a_refusal_for_ever_sets_one_aside_with_its_reason(
    answer: str, at_last: list[Message], server: TroubledServer
) -> None:
    first = at_last[0]
    assert first.booking is not None
    server.refusals = {first.booking.email: answer}
    sender.send_due()
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("set_aside", 1)
    assert answer[:3] in first.error
    assert first.booking.email not in first.error
    assert states() == {"set_aside": 1, "sent": PEOPLE - 1}
    assert server.hellos == server.connections == 1


def test_a_refusal_for_now_is_tried_later_and_later_and_ends(
    at_last: list[Message], server: TroubledServer, clock: Clock
) -> None:
    first = at_last[0]
    assert first.booking is not None
    server.refusals = {first.booking.email: "451 greylisted"}
    sender.send_due()
    assert states() == {"queued": 1, "sent": PEOPLE - 1}  # nobody waits behind it
    pauses = []
    while first.state in {"queued", "sending"}:
        first.refresh_from_db()
        if first.retry_at and first.state == "queued":
            pauses.append((first.retry_at - clock.now()).total_seconds())
            clock.set(first.retry_at)
        sender.send_due()
    assert pauses[:4] == [30, 60, 120, 240]
    assert max(pauses) == 3600
    assert pauses == sorted(pauses)
    assert (first.state, first.attempts) == ("set_aside", sender.MAXIMUM_ATTEMPTS)
    assert len(pauses) == sender.MAXIMUM_ATTEMPTS - 1
    assert 20 <= sum(pauses) / 3600 <= 30  # hours


@pytest.mark.parametrize("mode", [smtp_trouble.HANG_AFTER_DATA, smtp_trouble.DRIP])
def test_a_server_that_hangs_after_data_costs_one_mail_one_deadline(
    *,
    mode: str,
    at_last: list[Message],
    server: TroubledServer,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail_server, "DEADLINE", 1.5)
    server.mode = mode
    began = time.monotonic()
    sender.send_due()
    assert time.monotonic() - began < 6
    first, *others = at_last
    first.refresh_from_db()
    # It may have been taken: it is tried again later, with the same Message-ID.
    assert (first.state, first.attempts) == ("queued", 1)
    assert first.retry_at == clock.now() + timedelta(seconds=30)
    for one in others:  # nobody waits behind it, and nothing of theirs is burnt
        one.refresh_from_db()
        assert (one.state, one.attempts, one.retry_at) == ("queued", 0, None)
    server.mode = smtp_trouble.PASS
    clock.advance(sender.REST)
    sender.send_due()
    assert states() == {"queued": 1, "sent": PEOPLE - 1}


def test_a_mail_at_which_the_server_always_hangs_does_not_stop_the_others(
    workshop: Workshop,
    server: TroubledServer,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each round meets the oldest that may be tried: the bad one waits for its own pause."""
    monkeypatch.setattr(mail_server, "DEADLINE", 0.6)
    clock.set(workshop.starts_at - timedelta(days=9))
    bad, *_ = queued(workshop)
    assert bad.booking is not None
    server.refusals = {bad.booking.email: "421 go away"}
    for _ in range(3):
        sender.send_due()
        clock.advance(sender.REST)
    assert states() == {"queued": 1, "sent": PEOPLE - 1}


def test_ten_reminders_that_are_put_off_keep_no_confirmation_waiting(
    workshop: Workshop, server: TroubledServer, clock: Clock
) -> None:
    clock.set(workshop.starts_at - timedelta(hours=1))
    people: list[Registration] = seat(workshop, 30)
    queue_reminders(people, due_at=clock.now() - timedelta(minutes=9))
    ticket = Message.objects.create(
        key="confirmation:1", kind="confirmation", booking=people[0].booking, workshop=workshop
    )
    assert sender.send_due(limit=1) == 1
    ticket.refresh_from_db()
    assert ticket.state == "sent"


def test_control_a_sender_that_counts_what_it_put_back_is_seen(
    at_last: list[Message],
    smtp_sink: SmtpSink,
    clock: Clock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.EMAIL_PORT = 1
    monkeypatch.setattr(
        sender.claims, "put_back", lambda rows: [sender._later(one, OSError()) for one in rows]
    )
    rounds(clock, clock.now() + timedelta(hours=36), timedelta(hours=1))
    assert states() == {"set_aside": PEOPLE}


def test_control_without_the_watch_a_hanging_server_holds_the_sender(
    at_last: list[Message],
    server: TroubledServer,
    clock: Clock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail_server, "DEADLINE", 0.6)
    monkeypatch.setattr(mail_server.MailServer, "_watch", lambda self: None)
    server.mode = smtp_trouble.DRIP
    began = time.monotonic()
    threading.Timer(4, server.stopping.set).start()
    sender.send_due(limit=1)
    assert time.monotonic() - began > 3.5
