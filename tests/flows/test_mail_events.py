"""Bounces and complaints, posted as the providers document it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from events.models import DeliveryProblem, Message, Registration, Workshop
from events.services.mails import planner, problems, sender
from fundraiser import mail_provider
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import seat

SECRET = "provider:one-long-random-word"


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    return make_workshop(make_campaign(), capacity=None, reminder_minutes=[60, 10])


@pytest.fixture
def person(workshop: Workshop) -> Registration:
    (one,) = seat(workshop, 1, email="dora@example.org")
    return one


@pytest.fixture
def sent(workshop: Workshop, person: Registration, smtp_sink: SmtpSink, clock: Clock) -> Message:
    """The reminder of an hour before, which went out."""
    clock.set(workshop.starts_at - timedelta(minutes=60))
    planner.plan()
    sender.send_due()
    return Message.objects.get(state="sent")


def configure(settings: Settings, provider: str, **more: str) -> None:
    settings.ANYMAIL_PROVIDER = provider
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = more


def post(provider: str, event: dict[str, Any], secret: str = SECRET) -> int:
    """Post one event as the provider does; return the status."""
    word = base64.b64encode(secret.encode()).decode()
    answer = Client(enforce_csrf_checks=True).post(
        f"/anymail/{provider}/tracking/",
        json.dumps(event),
        content_type="application/json",
        headers={"Authorization": f"Basic {word}"},
    )
    return answer.status_code


def postmark(kind: str = "HardBounce", number: int = 4323372036854775807, **more: Any) -> Any:
    """A bounce as postmarkapp.com/developer/webhooks/bounce-webhook shows it."""
    return {
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "MessageStream": "outbound",
        "ID": number,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": "dora@example.org",
        "From": "no-reply@example.org",
        "BouncedAt": "2026-11-05T16:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Tomorrow",
        **more,
    }


def mailgun(message_id: str, key: str, **more: Any) -> dict[str, Any]:
    """A permanent failure as documentation.mailgun.com/docs/mailgun/user-manual/events shows it."""
    token, stamp = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0", "1529006854"
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": 1521233195.375624,
            "recipient": "dora@example.org",
            "log-level": "error",
            "delivery-status": {"code": 550, "message": "", "description": "No such mailbox"},
            "message": {"headers": {"message-id": message_id, "to": "dora@example.org"}},
            "user-variables": {},
            "tags": [],
            "flags": {},
            **more,
        },
    }


def test_a_hard_bounce_stops_reminders_but_nothing_that_matters(
    *,
    settings: Settings,
    workshop: Workshop,
    person: Registration,
    sent: Message,
    smtp_sink: SmtpSink,
    clock: Clock,
) -> None:
    configure(settings, "postmark")
    assert post("postmark", postmark(Metadata={"message": sent.message_id.hex})) == 200
    problem = DeliveryProblem.objects.get()
    assert (problem.kind, problem.permanent, problem.message) == ("bounced", True, sent)
    assert problems.of(["Dora@Example.org"]) == {"dora@example.org": [problem]}

    smtp_sink.clear()
    clock.set(workshop.starts_at - timedelta(minutes=10))
    planner.plan()
    Message.objects.create(
        key="confirmation:again", kind="confirmation", booking=person.booking, workshop=workshop
    )
    sender.send_due()
    assert [*Message.objects.order_by("pk").values_list("kind", "state")] == [
        ("reminder", "sent"),
        ("reminder", "dropped"),
        ("confirmation", "sent"),
    ]
    assert Message.objects.get(state="dropped").error == "the address is gone"

    assert problems.forgive("DORA@example.org") == 1
    assert problems.stopped(["dora@example.org"]) == set()


def test_told_ten_times_it_is_stored_once(settings: Settings, sent: Message) -> None:
    configure(settings, "postmark")
    assert {post("postmark", postmark()) for _ in range(10)} == {200}
    assert DeliveryProblem.objects.count() == 1
    assert post("postmark", postmark(number=5)) == 200
    assert DeliveryProblem.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "stored", "stops"),
    [
        ("HardBounce", ("bounced", True), True),
        ("SoftBounce", ("bounced", False), False),
        ("SpamComplaint", ("complained", True), True),
        ("BadEmailAddress", ("rejected", True), True),
        ("Transient", None, False),
    ],
)
def test_what_is_for_good_stops_and_what_passes_does_not(
    *, kind: str, stored: tuple[str, bool] | None, stops: bool, settings: Settings, sent: Message
) -> None:
    configure(settings, "postmark")
    assert post("postmark", postmark(kind)) == 200
    found = DeliveryProblem.objects.values_list("kind", "permanent").first()
    assert found == stored
    assert bool(problems.stopped(["dora@example.org"])) == stops


def test_mailguns_event_is_matched_by_our_message_id_and_needs_its_signature(
    settings: Settings, sent: Message
) -> None:
    configure(settings, "mailgun", MAILGUN_WEBHOOK_SIGNING_KEY="key-one")
    ours = f"{sent.message_id.hex}@example.org"
    assert post("mailgun", mailgun(ours, "another-key")) == 400
    assert not DeliveryProblem.objects.exists()
    assert post("mailgun", mailgun(ours, "key-one")) == 200
    assert DeliveryProblem.objects.get().message == sent


@pytest.mark.parametrize("provider", ["postmark", "sendgrid", "mandrill", "sparkpost", ""])
def test_a_mail_by_smtp_names_itself_to_the_provider(
    provider: str, settings: Settings, person: Registration, smtp_sink: SmtpSink, clock: Clock
) -> None:
    settings.ANYMAIL_PROVIDER = provider
    clock.set(person.booking.workshop.starts_at - timedelta(minutes=60))
    planner.plan()
    sender.send_due()
    (mail,) = smtp_sink.messages
    number = Message.objects.get(state="sent").message_id.hex
    others = [str(value) for name, value in mail.items() if name != "Message-ID"]
    assert sum(number in value for value in others) == bool(provider)


@pytest.mark.parametrize("secret", ["", "provider:wrong", "provider"])
def test_who_does_not_know_the_secret_is_refused(
    secret: str, settings: Settings, sent: Message
) -> None:
    configure(settings, "postmark")
    assert post("postmark", postmark(), secret=secret) == 400
    assert not DeliveryProblem.objects.exists()


def test_without_a_secret_or_for_another_provider_there_is_no_such_address(
    settings: Settings, sent: Message
) -> None:
    assert post("postmark", postmark()) == 404
    configure(settings, "postmark")
    assert post("mailgun", mailgun("x@y", "key")) == 404
    settings.ANYMAIL_WEBHOOK_SECRET = ""
    assert post("postmark", postmark()) == 404


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "null", '{"RecordType": 1}', "\x00"])
def test_what_cannot_be_read_is_refused_and_stores_nothing(
    body: str, settings: Settings, db: None
) -> None:
    configure(settings, "postmark")
    word = base64.b64encode(SECRET.encode()).decode()
    answer = Client().post(
        "/anymail/postmark/tracking/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Basic {word}"},
    )
    assert answer.status_code in {200, 400}
    assert not DeliveryProblem.objects.exists()


def test_a_provider_without_its_secret_stops_the_start() -> None:
    def told(provider: str, secret: str = "", **others: str) -> list[str]:
        found = mail_provider.contradictions(
            provider=provider, secret=secret, backend="smtp", others=others
        )
        return list(found)

    assert told("") == []
    assert told("postmark", "a:b") == []
    assert "ANYMAIL_WEBHOOK_SECRET" in told("postmark")[0]
    assert "ANYMAIL_PROVIDER" in told("postmarkk", "a:b")[0]
    assert "ANYMAIL_PROVIDER" in told("", "a:b")[0]
    assert "ANYMAIL_PROVIDER" in told("", MAILGUN_API_KEY="x")[0]
