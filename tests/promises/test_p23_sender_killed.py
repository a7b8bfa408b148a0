"""Promise 23. SIGKILL at any of the kill points of planner and sender: nothing lost, at most one
duplicate per killed in-flight message, with the identical Message-ID."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from events.models import Message, SharedMoment
from events.services.mails import claims, planner, sender
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.killing import killed_command
from tests.support.mail import SmtpSink
from tests.support.outbox import seat, wrong

PLANNER = ("planner:inserted", "planner:committed")
SENDER = ("sender:claimed", "sender:rendered", "sender:sent", "sender:marked")
#: tests/promises/test_kill_points.py holds these against what is declared.
POINTS = (*PLANNER, *SENDER)
#: More than one batch, so that a kill meets a claim of many.
PEOPLE = sender.BATCH + 5

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wanted(transactional_db: None, clock: Clock) -> set[str]:
    """The addresses of people whose reminder is due a minute ago, and not planned yet."""
    campaign = make_campaign()
    starts_at = clock.now() + timedelta(minutes=59)
    workshop = make_workshop(
        campaign, starts_at=starts_at, capacity=None, reminder_minutes=[60], zero_allowed=True
    )
    return {one.booking.email for one in seat(workshop, PEOPLE)}


def send_everything(clock: Clock) -> None:
    """Let the leases of the dead end, then plan and send what is left."""
    clock.advance(2 * claims.LEASE)  # theirs began by the machine's clock, a little later
    planner.plan()
    sender.send_due()


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_process_loses_nothing_and_doubles_at_most_one(
    point: str, wanted: set[str], smtp_sink: SmtpSink, clock: Clock
) -> None:
    killed_command("drain", point)
    if point == "planner:inserted":
        assert not Message.objects.exists()  # nothing was committed, the moment neither
    else:
        assert Message.objects.count() == PEOPLE
    if point in SENDER:
        assert sender.send_due() == PEOPLE - sender.BATCH  # the others are leased to the dead one
    send_everything(clock)
    doubled = 1 if point == "sender:sent" else 0
    assert wrong(smtp_sink, wanted, duplicates=doubled) == []
    assert len(smtp_sink.messages) == PEOPLE + doubled


def test_killed_again_and_again_each_death_doubles_at_most_one(
    wanted: set[str], smtp_sink: SmtpSink, clock: Clock
) -> None:
    for _ in range(3):
        killed_command("drain", "sender:sent")
        Message.objects.filter(state="sending").update(lease_until=clock.now())
        clock.advance(seconds=1)
    send_everything(clock)
    assert wrong(smtp_sink, wanted, duplicates=3) == []
    # One mail in hand is the one that was sent: a dead sender's are taken one at a time.
    assert Message.objects.filter(attempts__gt=2).count() <= 3


def test_a_mail_that_kills_every_sender_is_set_aside_and_delays_no_other(
    wanted: set[str], smtp_sink: SmtpSink, clock: Clock
) -> None:
    planner.plan()
    poison = Message.objects.order_by("pk").first()
    assert poison is not None
    Message.objects.filter(pk=poison.pk).update(
        state="sending", attempts=sender.MAXIMUM_ATTEMPTS, lease_until=clock.now()
    )
    sender.send_due()
    poison.refresh_from_db()
    assert (poison.state, poison.error) == ("set_aside", "its senders died, again and again")
    assert Message.objects.filter(state="sent").count() == PEOPLE - 1


def test_control_a_new_message_id_at_each_try_is_seen(
    wanted: set[str], smtp_sink: SmtpSink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_command("drain", "sender:sent")
    real = sender._rendered

    def anonymous(message: Any) -> Any:
        mail = real(message)
        assert mail is not None
        del mail.extra_headers["Message-ID"]
        return mail

    monkeypatch.setattr(sender, "_rendered", anonymous)
    send_everything(clock)
    assert wrong(smtp_sink, wanted, duplicates=1) == ["a duplicate has another Message-ID"]


def test_control_a_planner_that_moves_on_before_it_inserts_is_seen(
    wanted: set[str], smtp_sink: SmtpSink, clock: Clock
) -> None:
    clock.advance(minutes=10)
    SharedMoment.objects.update_or_create(
        name=planner._PLANNED_UNTIL, defaults={"at": clock.now() + planner.HORIZON}
    )
    send_everything(clock)
    assert wrong(smtp_sink, wanted) == [f"{PEOPLE} lost"]


def test_control_a_sender_that_marks_before_it_sends_is_seen(
    wanted: set[str], smtp_sink: SmtpSink, clock: Clock
) -> None:
    planner.plan()
    for message in claims.take(1):
        claims.mark_sent(message)  # and dies
    send_everything(clock)
    assert wrong(smtp_sink, wanted) == ["1 lost"]
