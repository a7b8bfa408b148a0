"""Promise 23. SIGKILL at any of the kill points of planner and sender: nothing lost, at most one
duplicate per killed in-flight message, with the identical Message-ID."""

from __future__ import annotations

from typing import Any

import pytest

from events.models import Message, Workshop
from events.services import sender
from tests.promises.test_p14_capacity_cut import hold
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.killing import killed_command

SENDER = ("sender:claimed", "sender:rendered", "sender:sent", "sender:marked")
#: tests/promises/test_kill_points.py holds these against what is declared.
POINTS = SENDER

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three_mails(transactional_db: None) -> Workshop:
    """Three mails to be sent."""
    workshop = make_workshop(make_campaign(), zero_allowed=True)
    for _ in range(3):
        hold(workshop, 1)
    return workshop


def wrong(sink: Any, *, duplicates: int) -> list[str]:
    """Return what is lost, or doubled more than ``duplicates`` times, or doubled unrecognisably."""
    wanted = Message.objects.count()
    ids = [str(mail["Message-ID"]) for mail in sink.messages]
    receivers = {address for one in sink.recipients for address in one}
    found = []
    if len(receivers) < wanted:
        found.append(f"{wanted - len(receivers)} lost")
    if len(ids) > wanted + duplicates:
        found.append(f"{len(ids) - wanted} duplicates")
    if len(set(ids)) != len(receivers):
        found.append("a duplicate has another Message-ID")
    unsent = Message.objects.exclude(state="sent").count()
    return found + ([f"{unsent} not marked as sent"] if unsent else [])


@pytest.mark.parametrize("point", SENDER)
def test_a_killed_sender_loses_nothing_and_doubles_at_most_one(
    point: str, three_mails: Workshop, smtp_sink: Any, clock: Clock
) -> None:
    killed_command("drain", point)
    assert sender.send_due() < 3  # the claimed one is still leased to the dead sender
    clock.advance(2 * sender.LEASE)
    sender.send_due()
    assert wrong(smtp_sink, duplicates=1 if point == "sender:sent" else 0) == []
    assert len(smtp_sink.messages) == (4 if point == "sender:sent" else 3)


def test_control_a_new_message_id_at_each_try_is_seen(
    three_mails: Workshop, smtp_sink: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_command("drain", "sender:sent")
    clock.advance(2 * sender.LEASE)
    monkeypatch.setattr(sender, "_identified", lambda mail, message: mail)
    sender.send_due()
    assert wrong(smtp_sink, duplicates=1) == ["a duplicate has another Message-ID"]
