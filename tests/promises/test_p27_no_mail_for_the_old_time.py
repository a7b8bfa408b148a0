"""Promise 27. Rescheduled, cancelled or refunded before sending: no mail for the old time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from donations.gateway.stripe import for_visitors
from donations.services import cancelling
from events.models import Booking, Message, Registration, Workshop
from events.services import workshops
from events.services.mails import due, planner, sender
from events.states import WorkshopState
from fundraiser.core import clock as product_clock
from fundraiser.core import zones
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import addressees, seat
from tests.support.story import Story, body

OFFSETS = [1440, 60, 10]


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    return make_workshop(make_campaign(), capacity=None, reminder_minutes=OFFSETS)


def move(workshop: Workshop, **step: float) -> Workshop:
    """Reschedule by a step, e.g. ``hours=3``."""
    return workshops.reschedule(
        workshop.pk,
        starts_at=workshop.starts_at + timedelta(**step),
        time_zone=workshop.time_zone,
        duration_minutes=workshop.duration_minutes,
    )


def reminders(sink: SmtpSink) -> list[str]:
    """Return the text of each reminder that arrived; every other kind is left out."""
    kinds = dict(Message.objects.values_list("message_id", "kind"))
    ids = {key.hex: kind for key, kind in kinds.items()}
    return [
        body(mail)
        for mail in sink.messages
        if ids[str(mail["Message-ID"]).strip("<>").partition("@")[0]] == "reminder"
    ]


def plan_at(workshop: Workshop, clock: Clock, minutes: int) -> None:
    """Go to when a reminder is due, and plan it."""
    clock.set(workshop.starts_at - timedelta(minutes=minutes))
    planner.plan()


def test_a_reminder_planned_for_the_old_time_is_not_sent_and_the_new_one_is(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    seat(workshop, 1)
    plan_at(workshop, clock, 60)
    moved = move(workshop, hours=30)
    sender.send_due()
    assert reminders(smtp_sink) == []
    old = Message.objects.get(kind="reminder")
    assert (old.state, old.error) == ("dropped", "another time")
    for minutes in OFFSETS:
        plan_at(moved, clock, minutes)
        sender.send_due()
    said = zones.long_text(moved.starts_at, moved.time_zone, "en").partition(" at ")[0]
    texts = reminders(smtp_sink)
    assert len(texts) == len(OFFSETS)
    assert all(said in text for text in texts)


def test_moved_forward_past_its_reminder_nothing_stale_is_planned(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    """Moved from in two days to in twelve hours: "tomorrow" was due yesterday."""
    seat(workshop, 1)
    clock.set(workshop.starts_at - timedelta(hours=48))
    planner.plan()
    moved = move(workshop, hours=-36)
    planner.plan()
    assert not Message.objects.filter(kind="reminder").exists()
    plan_at(moved, clock, 60)
    assert list(Message.objects.filter(kind="reminder").values_list("key", flat=True)) == [
        f"reminder:{Registration.objects.get().pk}:60:1"
    ]


def test_a_cancelled_workshop_reminds_nobody(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    seat(workshop, 2)
    plan_at(workshop, clock, 60)
    workshops.cancel(workshop.pk)
    sender.send_due()
    planner.plan()
    sender.send_due()
    assert reminders(smtp_sink) == []
    assert Message.objects.filter(kind="cancelled", state="sent").count() == 2


def test_who_gave_the_seat_and_the_money_back_is_not_reminded(
    story: Story, workshop: Workshop, clock: Clock
) -> None:
    donation = story.give(workshop)
    story.mails()
    plan_at(workshop, clock, 1440)
    assert donation.booking is not None
    cancelling.cancel_seat(donation.booking, gateway=for_visitors(), ask_back=True)
    story.sandbox.refund(charge=donation.charge_id, amount=donation.amount_minor)
    story.webhooks(donation)
    story.mails()
    for minutes in OFFSETS:
        plan_at(workshop, clock, minutes)
        story.mails()
    assert {one.state for one in Message.objects.filter(kind="reminder")} == {"dropped"}
    assert Message.objects.filter(kind="reminder").count() == 1


def test_a_reschedule_while_a_batch_waits_for_a_slow_server_is_seen(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat(workshop, 3)
    plan_at(workshop, clock, 60)
    monkeypatch.setattr(sender, "FRESH", 0.001)
    real = sender.reached

    def moves_after_the_first(point: str) -> None:
        if point == "sender:marked" and Workshop.objects.get().schedule_version == 0:
            move(workshop, hours=5)
        real(point)

    monkeypatch.setattr(sender, "reached", moves_after_the_first)
    sender.send_due()
    assert len(reminders(smtp_sink)) == 1


def test_a_registration_after_the_due_time_gets_no_stale_reminder(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock
) -> None:
    clock.set(workshop.starts_at - timedelta(minutes=50))
    seat(workshop, 1, confirmed_at=clock.now())
    Registration.objects.update(created_at=clock.now())
    planner.plan()
    plan_at(workshop, clock, 10)
    sender.send_due()
    assert [one.ids["minutes"] for one in Message.objects.all()] == [10]


def wrong_times(sink: SmtpSink, workshop: Workshop) -> list[str]:
    """Return the reminders that do not tell the workshop's time."""
    said = zones.long_text(workshop.starts_at, workshop.time_zone, "en")
    return [text for text in reminders(sink) if said.partition(" (")[0] not in text]


class Changes(RuleBasedStateMachine):
    """Any order of moving, cancelling seats, planning, sending and waiting."""

    sink: SmtpSink
    clock: Clock

    @initialize()
    def begin(self) -> None:
        Message.objects.all().delete()
        Booking.objects.all().delete()
        Workshop.objects.update(seats_taken=0)
        self.sink.clear()
        self.clock.set(product_clock.now() + timedelta(days=1))
        campaign = make_campaign()
        self.workshop = make_workshop(
            campaign,
            starts_at=self.clock.now() + timedelta(hours=26),
            capacity=None,
            reminder_minutes=OFFSETS,
        )
        seat(self.workshop, 2, time_zone="Europe/Paris")

    @rule(hours=st.sampled_from([-5, -1, 1, 30]))
    def move(self, hours: int) -> None:
        self.workshop.refresh_from_db()
        if self.workshop.state == WorkshopState.PUBLISHED:
            self.workshop = move(self.workshop, hours=hours)

    @rule()
    def give_a_seat_back(self) -> None:
        first = Booking.objects.filter(state="confirmed").first()
        if first is not None:
            cancelling.cancel_seat(first, gateway=for_visitors())

    @rule(minutes=st.sampled_from([1, 5, 50, 600]))
    def wait(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule()
    def plan(self) -> None:
        planner.plan()

    @rule()
    def send(self) -> None:
        self.workshop.refresh_from_db()
        self.sink.clear()
        seated = set(Booking.objects.filter(state="confirmed").values_list("email", flat=True))
        sender.send_due()
        assert wrong_times(self.sink, self.workshop) == []
        if reminders(self.sink):
            assert self.clock.now() < self.workshop.starts_at
        others = Message.objects.exclude(kind="reminder").exists()
        assert others or set(addressees(self.sink)) <= seated


def run_changes(sink: SmtpSink, clock: Clock, examples: int, steps: int) -> None:
    class Bound(Changes):
        pass

    Bound.sink, Bound.clock = sink, clock
    run_state_machine_as_test(
        Bound,
        settings=hypothesis_settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_in_any_order_of_changes(db: None, smtp_sink: SmtpSink, clock: Clock) -> None:
    run_changes(smtp_sink, clock, examples=8, steps=15)


@pytest.mark.slow
def test_in_any_order_of_changes_for_long(db: None, smtp_sink: SmtpSink, clock: Clock) -> None:
    run_changes(smtp_sink, clock, examples=100, steps=30)


def test_control_without_the_rules_a_mail_for_the_old_time_is_seen(
    workshop: Workshop, smtp_sink: SmtpSink, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat(workshop, 1, time_zone="Europe/Paris")
    plan_at(workshop, clock, 60)
    rendered = sender._rendered(Message.objects.get())
    moved = move(workshop, hours=30)
    monkeypatch.setattr(due, "verdict", lambda *_, **__: None)
    monkeypatch.setattr(sender, "_rendered", lambda message: rendered)
    assert rendered is not None
    rendered.extra_headers["Message-ID"] = f"<{Message.objects.first().message_id.hex}@x>"
    sender.send_due(limit=2)
    assert wrong_times(smtp_sink, moved) != []
