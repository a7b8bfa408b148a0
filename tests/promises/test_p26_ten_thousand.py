"""Promise 26. 10,000 reminders, 4 senders: each exactly once without faults."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from events.models import Message, Workshop
from events.services.mails import claims, planner, sender
from fundraiser.core import clock as product_clock
from fundraiser.local.places import ROOT
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import seat, wrong
from tests.support.site import child_environment

SENDERS = 4

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def due_workshop(people: int) -> Workshop:
    """Return a workshop whose people are to be reminded now."""
    workshop = make_workshop(
        make_campaign(),
        starts_at=product_clock.now() + timedelta(minutes=59),
        capacity=None,
        reminder_minutes=[60],
    )
    seat(workshop, people)
    return workshop


def drain_by_four() -> list[str]:
    """Let four processes empty the outbox at once; return what each printed."""
    command = [sys.executable, "manage.py", "drain", "--once"]
    running = [
        subprocess.Popen(
            command, env=child_environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(SENDERS)
    ]
    told = [one.communicate(timeout=900)[0] for one in running]
    assert [one.returncode for one in running] == [0] * SENDERS
    return told


def each_exactly_once(sink: SmtpSink, people: int) -> None:
    workshop = due_workshop(people)
    assert planner.plan() == people
    told = drain_by_four()
    counts = [int(re.findall(r"mails=(\d+)", text)[0]) for text in told]
    assert sum(counts) == people
    assert sum(count > 0 for count in counts) >= 2, counts
    assert wrong(sink, set(workshop.bookings.values_list("email", flat=True))) == []
    assert len(sink.messages) == people
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_four_hundred_by_four_senders(smtp_sink: SmtpSink) -> None:
    each_exactly_once(smtp_sink, 400)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_thousand_by_four_senders(smtp_sink: SmtpSink) -> None:
    each_exactly_once(smtp_sink, 10_000)


def test_a_rate_cap_holds_for_all_senders_together(
    smtp_sink: SmtpSink, settings: Settings, clock: Clock
) -> None:
    due_workshop(50)
    planner.plan()
    settings.MAILS_PER_MINUTE = 20
    assert [sender.send_due() for _ in range(3)] == [20, 0, 0]
    clock.advance(seconds=59)
    assert sender.send_due() == 0
    clock.advance(seconds=2)
    assert sender.send_due() == 20
    clock.advance(seconds=61)
    assert (sender.send_due(), len(smtp_sink.messages)) == (10, 50)


def test_control_a_mail_sent_twice_or_not_at_all_is_seen(smtp_sink: SmtpSink) -> None:
    workshop = due_workshop(5)
    planner.plan()
    wanted = set(workshop.bookings.values_list("email", flat=True))
    (first, *_) = claims.take(1)
    claims.mark_sent(first)
    sender.send_due()
    assert "1 lost" in wrong(smtp_sink, wanted)
    Message.objects.update(state="queued", sent_at=None)
    sender.send_due()
    assert "4 doubled" in wrong(smtp_sink, wanted)
