"""Reminders to the local mailbox: four sender processes as a share of a bare loop.

The planner puts a reminder for each seat into the outbox: 2,000, with ``--full`` 10,000. The bare
loop sends one of these very mails again and again with smtplib over a kept connection, rendered
beforehand; it runs before and after, and the mean is the base. Each sender runs
``sender.send_due`` once, as the worker's task does; starting its process does not count.
"""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from bench import data
from bench.house import House
from bench.rows import Row, share
from bench.usage import measured
from donations.services.mails import attendee_emails
from events.models import Message, Registration, Workshop
from events.services.mails import planner
from events.states import MessageState
from fundraiser.core import clock

_SENDERS = 4
#: What the senders send before they are measured (bench.sending).
_WARM = 5 * _SENDERS
_BARE_SECONDS = 2.0


def run(house: House, *, full: bool = False) -> Iterator[Row]:
    """Measure both ways of sending."""
    count = 10_000 if full else 2_000
    workshop = _due_workshop(count + _WARM)
    planned = planner.plan()
    assert planned == count + _WARM, f"{planned} of {count + _WARM} were planned"
    data.tidy()
    content = _example(workshop)
    before = _bare(content)
    with measured([house.database_pid]) as database:
        seconds, cpu_seconds = _send(house)
    after = _bare(content)
    sent = Message.objects.filter(workshop=workshop, state=MessageState.SENT).count()
    assert sent == count + _WARM, f"{sent} of {count + _WARM} were sent"
    base = (f"bare smtplib, {len(content)} bytes each", (before + after) / 2)
    cpu_ms = (cpu_seconds + database.seconds) / count * 1000
    name = f"{count} reminders, {_SENDERS} senders ({cpu_ms:.1f} ms CPU each)"
    yield share(name, count / seconds, "mails/s", base, 0.50)


def _due_workshop(people: int) -> Workshop:
    """Return a workshop whose reminder is due a minute ago for so many people."""
    workshop = data.workshop(data.campaign(), capacity=None)
    data.seat(workshop, people)
    earlier = clock.now() - timedelta(days=1)
    workshop.bookings.update(confirmed_at=earlier)
    Registration.objects.filter(booking__workshop=workshop).update(created_at=earlier)
    workshop.starts_at = clock.now() + timedelta(minutes=59)
    workshop.reminder_minutes = [60]
    workshop.save(update_fields=["starts_at", "reminder_minutes"])
    return workshop


def _example(workshop: Workshop) -> bytes:
    """Return one of the mails as it goes over the wire."""
    rows = Message.objects.select_related(
        "booking__workshop__campaign__team", "registration__booking__workshop__campaign__team"
    )
    message = rows.filter(workshop=workshop).first()
    assert message is not None
    mail = attendee_emails.reminder(message)
    assert mail is not None
    return b"\r\n".join(mail.message().as_bytes().splitlines())


def _bare(content: bytes) -> float:
    """Return how many mails a second a bare loop sends."""
    count = 0
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as connection:
        started = time.perf_counter()
        while (passed := time.perf_counter() - started) < _BARE_SECONDS:
            connection.sendmail("bench@example.org", ["dora@example.org"], content)
            count += 1
    return count / passed


def _send(house: House) -> tuple[float, float]:
    """Let the senders empty the outbox; return wall and CPU seconds."""
    command = [sys.executable, "-m", "bench.sending"]
    senders = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=house.environment,
            text=True,
        )
        for _ in range(_SENDERS)
    ]
    for one in senders:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    started = time.perf_counter()
    for one in senders:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate()[0].split() for one in senders]
    seconds = max(float(words[0]) for words in told) - started
    return seconds, sum(float(words[1]) for words in told)
