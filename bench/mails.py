"""Mails to the local mailbox: four sender processes as a share of a bare loop on a kept connection.

The outbox holds the confirmations of as many bookings, each with its text, HTML and calendar file.
The bare loop sends one of these very mails again and again with smtplib, rendered beforehand; it
runs before and after, and the mean is the base. Each sender runs ``sender.send_due`` once, as the
worker's task does; starting its process does not count.
"""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator

from django.conf import settings

from bench import data
from bench.house import House
from bench.rows import Row, share
from bench.usage import measured
from donations.services import attendee_emails
from events.models import Message, Workshop
from events.states import MessageState

_COUNT = 1000
_SENDERS = 4
#: What the senders send before they are measured (bench.sending).
_WARM = 5 * _SENDERS
_BARE_SECONDS = 2.0


def run(house: House) -> Iterator[Row]:
    """Measure both ways of sending."""
    workshop = data.workshop(data.campaign(), capacity=None)
    data.seat(workshop, _COUNT + _WARM)
    data.tidy()
    queued = _queue(workshop)
    example = attendee_emails.confirmation(queued[0])
    assert example is not None
    content = b"\r\n".join(example.message().as_bytes().splitlines())
    before = _bare(content)
    with measured([house.database_pid]) as database:
        seconds, cpu_seconds = _send(house)
    after = _bare(content)
    sent = Message.objects.filter(workshop=workshop, state=MessageState.SENT).count()
    assert sent == _COUNT + _WARM, f"{sent} of {_COUNT + _WARM} were sent"
    base = (f"bare smtplib, {len(content)} bytes each", (before + after) / 2)
    cpu_ms = (cpu_seconds + database.seconds) / _COUNT * 1000
    name = f"mails, {_SENDERS} senders ({cpu_ms:.1f} ms CPU each)"
    yield share(name, _COUNT / seconds, "mails/s", base, 0.50)


def _queue(workshop: Workshop) -> list[Message]:
    """Queue a confirmation for each booking; no worker is woken."""
    rows = workshop.bookings.select_related("workshop__campaign__team").order_by("pk")
    return Message.objects.bulk_create(
        Message(key=f"bench:{booking.pk}", kind="confirmation", booking=booking, workshop=workshop)
        for booking in rows
    )


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
