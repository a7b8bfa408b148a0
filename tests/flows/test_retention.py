"""What is kept for how long: forgotten by the clock, a batch at a time; amounts never change."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from pytest_django.fixtures import Settings

from donations import tasks
from donations.gateway.stripe import for_workers
from donations.models import Donation, LedgerEntry
from donations.services.person import retention
from events.models import (
    Booking,
    DeliveryProblem,
    Device,
    Message,
    PersonNote,
    Registration,
    WebhookEndpoint,
    Workshop,
)
from events.services.webhooks import outbox
from fundraiser.privacy_settings import RETENTION_DAYS
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.story import Story


@pytest.fixture
def past(story: Story, workshop: Workshop) -> Booking:
    """Dora gave, came, and left an attempt behind; what the mail server said is known."""
    booking = story.give(workshop, email="dora@example.org").booking
    assert booking is not None
    abandoned = story.register(make_workshop(workshop.campaign), email="eve@example.org")
    story.sandbox.expire(abandoned.session_id)
    story.webhooks(abandoned)
    seat = booking.registrations.get()
    Device.objects.create(registration=seat, link_version=1, client_hash="a")
    for number, email in enumerate(("dora@example.org", "eve@example.org")):
        DeliveryProblem.objects.create(email=email, kind="bounced", event_id=str(number))
    story.mails()
    Message.objects.filter(state="sent").update(error="450 dora@example.org is busy")
    return booking


def _addresses() -> set[str]:
    found = set(Donation.objects.values_list("email", flat=True))
    found |= set(Booking.objects.values_list("email", flat=True))
    return (found | set(Registration.objects.values_list("email", flat=True))) - {""}


def test_what_came_to_nothing_goes_and_who_came_stays(
    past: Booking, clock: Clock, story: Story
) -> None:
    entries = list(LedgerEntry.objects.order_by("pk").values())
    tasks.apply_retention()
    assert _addresses() == {"dora@example.org", "eve@example.org"}, "it is too early"
    assert Device.objects.count() == 1

    clock.advance(timedelta(days=50))
    tasks.apply_retention()
    assert _addresses() == {"dora@example.org"}
    assert not Device.objects.exists()
    assert Message.objects.exclude(error="").exists()
    assert DeliveryProblem.objects.get().email == "dora@example.org", "Eve is nobody any more"

    clock.advance(timedelta(days=800))
    tasks.apply_retention()
    assert _addresses() == {"dora@example.org"}, "people stay unless the setting says otherwise"
    assert not Message.objects.exclude(error="").exists()
    assert not DeliveryProblem.objects.exists()
    assert list(LedgerEntry.objects.order_by("pk").values()) == entries


def test_people_go_after_the_time_that_is_set_and_receipts_keep_them(
    past: Booking, clock: Clock, settings: Settings, story: Story
) -> None:
    PersonNote.objects.create(registration=past.registrations.get(), text="Late")
    settings.RETENTION_PERSON_DAYS, settings.RETENTION_RECEIPT_DAYS = 400, 3650
    clock.advance(timedelta(days=420))
    tasks.apply_retention()
    assert _addresses() == {"dora@example.org"}, "a receipt has to be kept"
    settings.RETENTION_RECEIPT_DAYS = 0
    past.workshop.starts_at = clock.now() - timedelta(days=399)
    past.workshop.save()
    tasks.apply_retention()
    assert _addresses() == {"dora@example.org"}, "the workshop is not long enough ago"
    clock.advance(timedelta(days=2))
    amounts = list(Donation.objects.order_by("pk").values_list("amount_minor", "net_minor"))
    tasks.apply_retention()
    assert _addresses() == set()
    assert not PersonNote.objects.exists()
    assert list(Donation.objects.order_by("pk").values_list("amount_minor", "net_minor")) == amounts


def test_each_setting_governs_its_own_kind_and_0_keeps_it_for_ever(
    past: Booking, clock: Clock, settings: Settings
) -> None:
    """The control is within: what is not set at that moment stays."""
    endpoint = WebhookEndpoint.objects.create(
        team=past.workshop.campaign.team, url="https://program.example"
    )
    outbox.tell_test(endpoint)
    for name in RETENTION_DAYS:
        setattr(settings, name, 0)
    clock.advance(timedelta(days=4000))
    assert not any(asdict(retention.apply(gateway=for_workers())).values())
    kinds = {
        "RETENTION_PROBLEM_DAYS": "problems",
        "RETENTION_DEVICE_DAYS": "devices",
        "RETENTION_MAIL_DAYS": "mails",
        "RETENTION_WEBHOOK_DAYS": "webhooks",
        "RETENTION_HISTORY_DAYS": "changes",
        "RETENTION_ABANDONED_DAYS": "attempts",
        "RETENTION_PERSON_DAYS": "people",  # the last one: it takes the others' rows along
    }
    assert RETENTION_DAYS.keys() - kinds.keys() == {"RETENTION_RECEIPT_DAYS"}  # holds back, above
    for name, kind in kinds.items():
        setattr(settings, name, 400)
        done = asdict(retention.apply(gateway=for_workers()))
        assert {one for one, count in done.items() if count} == {kind}
        setattr(settings, name, 0)


def test_a_round_takes_a_batch_and_the_next_one_goes_on(
    past: Booking, clock: Clock, monkeypatch: pytest.MonkeyPatch, story: Story
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 1)
    seat = past.registrations.get()
    for _ in range(2):
        Device.objects.create(registration=seat, link_version=1)
    clock.advance(timedelta(days=50))
    counts = []
    for _ in range(4):
        counts.append(Device.objects.count())
        tasks.apply_retention()
    assert counts == [3, 2, 1, 0]


def test_sessions_that_are_over_go(db: None) -> None:
    for days in (-1, 1):
        session = SessionStore()
        session.set_expiry(86400 * days)
        session["a"] = 1
        session.save()
    tasks.apply_retention()
    assert Session.objects.count() == 1
