"""Promise 30. After a restore or long outage no stale reminder or news goes out: over an hour
overdue is held for the operator; past the workshop's start is dropped and logged. Confirmations,
receipts, refunds and cancellations still go out."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from events.models import Message, Workshop
from events.services.mails import due, planner, sender
from fundraiser.mail_kinds import MAIL_KINDS
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import addressees, queue_reminders, seat
from tests.support.story import Story

#: Nothing to sign off from: these always go out.
ALWAYS = (
    "confirm_address",
    "confirmation",
    "gift_thanks",
    "processing",
    "payment_failed",
    "payment_problem",
    "refund",
    "receipt",
    "changed",
    "cancelled",
)


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    """In two weeks; three people are reminded an hour before."""
    workshop = make_workshop(make_campaign(), capacity=None, reminder_minutes=[60])
    seat(workshop, 3)
    planner.plan()
    return workshop


def states(kind: str = "reminder") -> set[tuple[str, str]]:
    return set(Message.objects.filter(kind=kind).values_list("state", "error"))


def test_a_reminder_less_than_an_hour_late_goes_out(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    clock.set(workshop.starts_at - timedelta(minutes=1))  # everything stood still for 59 minutes
    planner.plan()
    sender.send_due()
    assert len(smtp_sink.messages) == 3


def test_over_an_hour_late_is_held_until_the_operator_lets_it_go(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    Workshop.objects.update(reminder_minutes=[24 * 60])
    clock.set(workshop.starts_at - timedelta(hours=22, minutes=59))
    planner.plan()
    sender.send_due()
    assert smtp_sink.messages == []
    assert states() == {("held", "over an hour late")}
    clock.advance(hours=5)
    sender.send_due()
    assert states() == {("held", "over an hour late")}  # for ever, not for an hour

    out = StringIO()
    call_command("mails", held="release", stdout=out)
    assert out.getvalue().splitlines()[0] == "release: 3 held"
    sender.send_due()
    assert len(smtp_sink.messages) == 3
    assert states() == {("sent", "")}


def test_what_the_operator_drops_stays_away(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    queue_reminders(
        [one.registrations.get() for one in workshop.bookings.all()],
        due_at=clock.now() - timedelta(minutes=61),
    )
    sender.send_due()
    call_command("mails", held="drop", kind="reminder", stdout=StringIO())
    sender.send_due()
    assert smtp_sink.messages == []
    assert states() == {("dropped", "dropped by an operator")}


def test_past_the_start_a_reminder_is_dropped_and_logged_without_a_name(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.set(workshop.starts_at)
    planner.plan()
    with caplog.at_level(logging.INFO, logger="events.services.mails.sender"):
        sender.send_due()
    assert smtp_sink.messages == []
    assert states() == {("dropped", "the workshop has started")}
    lines = [one for one in caplog.messages if "dropped" in one]
    assert len(lines) == 3
    assert all("the workshop has started" in line and "@" not in line for line in lines)


def test_held_and_let_go_after_the_start_it_is_dropped_all_the_same(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    Workshop.objects.update(reminder_minutes=[180])
    clock.set(workshop.starts_at - timedelta(minutes=100))
    planner.plan()
    sender.send_due()
    assert states() == {("held", "over an hour late")}
    clock.set(workshop.starts_at + timedelta(seconds=1))
    call_command("mails", held="release", stdout=StringIO())
    sender.send_due()
    assert states() == {("dropped", "the workshop has started")}


def test_thanks_and_replay_are_held_too(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    clock.set(workshop.ends_at - timedelta(minutes=5))
    planner.plan()
    sender.send_due()
    Workshop.objects.update(replay_url="https://videos.example.org/1")
    clock.set(workshop.ends_at + timedelta(days=2))
    planner.plan()
    sender.send_due()
    assert states("thank_you") == states("replay") == {("held", "over an hour late")}


def test_restored_from_yesterdays_backup_nothing_goes_out_twice_by_itself(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    """The backup knows nothing of what went out since: neither rows, nor the planner's moment."""
    Workshop.objects.update(replay_url="https://videos.example.org/1")
    clock.set(workshop.starts_at - timedelta(hours=2))
    planner.plan()  # the backup is made here
    clock.advance(days=1)
    planner.plan()
    sender.send_due()
    assert smtp_sink.messages == []
    assert states("replay") == states("thank_you") == {("held", "over an hour late")}
    assert states() == {("dropped", "the workshop has started")}


def test_days_of_failing_do_not_make_a_reminder_fresh(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    """Each pause ends a little later, but how late it is counts from when it was due."""
    queue_reminders(
        [one.registrations.get() for one in workshop.bookings.all()], due_at=clock.now()
    )
    smtp_sink.refuse_with = "451 not now"
    for _ in range(13):
        sender.send_due()
        clock.advance(minutes=5)
    smtp_sink.refuse_with = ""
    clock.advance(hours=2)
    sender.send_due()
    assert smtp_sink.messages == []
    assert states() == {("held", "over an hour late")}


def test_what_always_goes_out_goes_out_after_a_week(
    story: Story, clock: Clock, smtp_sink: SmtpSink
) -> None:
    workshop = make_workshop(make_campaign())
    donation = story.give(workshop)
    story.sandbox.refund(charge=donation.charge_id, amount=500)
    story.webhooks(donation)
    clock.set(workshop.ends_at + timedelta(days=7))
    story.mails()
    sent = set(Message.objects.filter(state="sent").values_list("kind", flat=True))
    assert {"confirmation", "refund"} <= sent


@pytest.mark.parametrize("kind", ALWAYS)
def test_these_kinds_are_never_held(kind: str, workshop: Workshop, clock: Clock) -> None:
    late = Message(kind=kind, workshop=workshop, due_at=clock.now() - timedelta(days=400))
    Workshop.objects.update(state="cancelled")
    assert due.verdict(late, now=clock.now(), stopped=set()) is None


def test_every_kind_has_a_class_that_the_rules_know() -> None:
    known = {"transactional", "reminder", "news", "notice"}
    assert {one.mail_class for one in MAIL_KINDS.values()} == known


def test_an_operator_decides_in_the_admin(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, client: Client
) -> None:
    people = [one.registrations.get() for one in workshop.bookings.order_by("pk")]
    queue_reminders(people, due_at=clock.now() - timedelta(minutes=61))
    sender.send_due()
    client.force_login(User.objects.create_superuser("root", "root@example.org", "long-password"))
    first, second, _third = Message.objects.filter(kind="reminder").order_by("pk")
    address = reverse("admin:events_message_changelist")
    for verb, one in (("release", first), ("drop", second)):
        answer = client.post(address, {"action": verb, "_selected_action": [one.pk]}, follow=True)
        assert "1 mail." in answer.content.decode()
    sender.send_due()
    assert [*Message.objects.order_by("pk").values_list("state", flat=True)] == [
        "sent",
        "dropped",
        "held",
    ]
    assert set(addressees(smtp_sink)) == {people[0].booking.email}


def test_control_without_the_rules_stale_reminders_go_out(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "verdict", lambda *_, **__: None)
    queue_reminders(
        [one.registrations.get() for one in workshop.bookings.all()],
        due_at=clock.now() - timedelta(days=1),
    )
    sender.send_due()
    assert len(smtp_sink.messages) == 3
