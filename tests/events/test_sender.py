"""The sender, with mails that cannot be made or delivered."""

from __future__ import annotations

import smtplib

import pytest
from django.core.mail import EmailMultiAlternatives

from events.models import Message
from events.services.mails import outbox, sender
from events.services.mails.mail_server import RefusedError
from fundraiser.core import clock
from fundraiser.mail_kinds import MailKind


def _thanks(message: Message) -> EmailMultiAlternatives:
    del message
    return EmailMultiAlternatives("Thanks", "Thanks", to=["dora@example.org"])


def _refused(message: Message) -> EmailMultiAlternatives:
    del message
    told = smtplib.SMTPRecipientsRefused({"dora@example.org": (550, b"no such person")})
    raise RefusedError(str(told))


@pytest.mark.django_db
def test_a_kind_that_nobody_renders_does_not_stop_the_others(settings, smtp_sink) -> None:
    settings.MAIL_KINDS = {"thanks": MailKind(f"{__name__}._thanks")}
    outbox.queue(key="older", kind="of another version")
    outbox.queue(key="newer", kind="thanks")
    assert sender.send_due() == 2
    assert len(smtp_sink.messages) == 1
    older = Message.objects.get(key="older")
    assert (older.state, older.attempts) == ("queued", 1)
    assert older.retry_at > clock.now()


@pytest.mark.django_db
def test_a_refusals_reason_is_kept_without_the_address(settings) -> None:
    settings.MAIL_KINDS = {"thanks": MailKind(f"{__name__}._refused")}
    outbox.queue(key="one", kind="thanks")
    sender.send_due()
    kept = Message.objects.get()
    assert kept.state == "set_aside"
    assert "no such person" in kept.error
    assert "dora" not in kept.error


@pytest.mark.django_db
def test_the_mails_of_a_round_go_over_one_connection(settings, smtp_sink, monkeypatch) -> None:
    settings.MAIL_KINDS = {"thanks": MailKind(f"{__name__}._thanks")}
    connect, made = smtplib.SMTP.connect, []

    def counted(self, *args, **kwargs):
        made.append(self)
        return connect(self, *args, **kwargs)

    monkeypatch.setattr(smtplib.SMTP, "connect", counted)
    for key in ("one", "two", "three"):
        outbox.queue(key=key, kind="thanks")
    assert sender.send_due() == 3
    assert (len(smtp_sink.messages), len(made)) == (3, 1)
